// What TLS-07 knows of a session: its channel, and to which channel the client's proof is bound.
#pragma once

#include "properties/direction.hpp"
#include "properties/identity.hpp"
#include "properties/tls/channel.hpp"

namespace sallyport::properties {

inline constexpr trace::MechanismSet bound_to_channel{trace::Mechanism::scram_sha_1_plus,
                                                      trace::Mechanism::scram_sha_256_plus};

struct Binding {
  enum class Proof : std::uint8_t { none, right, wrong };

  std::uint64_t of_channel = 0;                         // 0 under TLS: not known
  trace::Mechanism mechanism = trace::Mechanism::none;  // of the exchange that is under way
  Proof proof = Proof::none;
  Channel channel = Channel::unseen;
  std::uint8_t unused[5] = {};

  [[nodiscard]] constexpr bool is_known() const {
    return channel == Channel::clear || (channel != Channel::unseen && of_channel != 0);
  }

  /// Follows one event of the client's wire, but for the completion of the exchange.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *this = {};
    follow(channel, e);
    if (e.kind == Kind::tls) of_channel = e.binding;
    if (asks(e) && authenticates(e) && mechanism == trace::Mechanism::none) {
      mechanism = e.mechanism;
      proof = Proof::none;
    }
    if (e.kind == Kind::response && e.blob == trace::Blob::scram_client_final) {
      proof = e.binding != 0 && e.binding == of_channel ? Proof::right : Proof::wrong;
    }
  }

  /// Is the proof of the exchange that ends here bound to this channel?
  constexpr bool take_right() {
    const bool right = proof == Proof::right && channel != Channel::clear;
    mechanism = trace::Mechanism::none;
    proof = Proof::none;
    return right;
  }
};

}  // namespace sallyport::properties
