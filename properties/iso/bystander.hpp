// A session beside which another may send what can't be read: ISO-07's state of one.
#pragma once

#include "properties/property.hpp"
#include "properties/rsp/obligations.hpp"

namespace sallyport::properties {

struct Bystander {
  Obligations owed;  // by the server
  std::uint32_t here = 0;
  std::uint32_t spoils = 0;  // it sent what can't be read since everything last came to rest

  /// It isn't the server's turn, and nothing is open that may still be refused.
  [[nodiscard]] constexpr bool rests() const {
    return here != 0 && spoils == 0 && (owed.owed & ~owed.asked) == 0 && owed.literal == 0 &&
           owed.lenient == 0 && owed.over == 0;
  }

  /// Follows one event of the client's wire.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    owed.step(e);
    if (e.kind == Kind::opened) *this = {.owed = {}, .here = 1, .spoils = spoils};
    if (e.kind == Kind::closed) here = 0;
    const bool message = e.blob == trace::Blob::invalid || e.blob == trace::Blob::malformed;
    if ((e.kind == Kind::malformed || message) && !e.from_server) spoils = 1;
  }
};

/// Another session than `one` sent what can't be read.
[[nodiscard]] constexpr bool others_spoil(const PerSession<Bystander>& sessions,
                                          const Bystander* one) {
  for (const Bystander& each : sessions.slots) {
    if (&each != one && each.spoils != 0) return true;
  }
  return false;
}

/// A server's word that ends a session, or what is under way in it.
[[nodiscard]] constexpr bool ends_something(const trace::Event& e) {
  using trace::Kind;
  if (e.kind == Kind::closed) return e.from_server;
  return e.kind == Kind::bye || (e.kind == Kind::completion && e.status != trace::Status::ok);
}

}  // namespace sallyport::properties
