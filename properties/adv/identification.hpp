// ID in the form that nobody may refuse (RFC 2971 §3.1), sent where it is offered.
#pragma once

#include "properties/offers.hpp"

namespace sallyport::properties {

struct Identification {
  enum class End : std::uint8_t { none, answered, refused };

  trace::CommandSlot command = trace::no_command;  // in flight
  std::uint8_t unused[3] = {};

  /// Follows one event of the client's wire.
  constexpr End step(const Offers& offers, const trace::Event& e) {
    using trace::Kind;
    constexpr std::uint64_t nil = trace::digest_of("ID NIL");
    if (e.kind == Kind::opened || e.kind == Kind::closed || e.kind == Kind::tls) *this = {};
    const bool offered = offers.capabilities.has(trace::Capability::id);
    if (e.kind == Kind::command && e.digest == nil && offered) command = e.command;
    const bool ours = command != trace::no_command && e.command == command;
    if (e.kind != Kind::completion || !ours) return End::none;
    *this = {};
    return e.status == trace::Status::ok ? End::answered : End::refused;
  }
};

}  // namespace sallyport::properties
