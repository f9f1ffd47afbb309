// What stands under a connection.
#pragma once

#include "trace/event.hpp"

namespace sallyport::properties {

enum class Channel : std::uint8_t {
  unseen,  // its beginning was: TLS may stand
  clear,
  unverified,  // TLS, and the peer isn't as it has to be
  verified,
};

/// Follows one event of the connection.
constexpr void follow(Channel& channel, const trace::Event& e) {
  using trace::Kind;
  if (e.kind == Kind::opened) channel = Channel::clear;
  if (e.kind == Kind::closed) channel = Channel::unseen;
  if (e.kind == Kind::tls) channel = e.valid ? Channel::verified : Channel::unverified;
}

/// A connection, and whether its last list says LOGINDISABLED. Lists are forgotten when TLS begins;
/// one in an OK may be that of the state behind it.
struct Leg {
  Channel channel = Channel::unseen;
  std::uint8_t login_disabled = 0;

  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    follow(channel, e);
    if (e.kind == Kind::opened || e.kind == Kind::closed || e.kind == Kind::tls) login_disabled = 0;
    if (e.kind != Kind::offer || e.source == trace::OfferSource::code) return;
    login_disabled = e.capabilities.has(trace::Capability::login_disabled) ? 1 : 0;
  }
};

}  // namespace sallyport::properties
