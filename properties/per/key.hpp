// What PER-06 keeps of a connection: all that the login on it rested on.
#pragma once

#include "properties/claims.hpp"
#include "properties/leases.hpp"

namespace sallyport::properties {

struct Keyed : Leased {
  std::uint32_t user = 0;  // as in Claim
  std::uint32_t authcid = 0;
  std::uint32_t secret = 0;
  trace::Mechanism mechanism = trace::Mechanism::none;
  std::uint8_t tls = 0;
  std::uint8_t known = 0;
  std::uint8_t fresh = 0;  // logged in under the lease that it has now

  /// LOGIN, USER and PASS, and the mechanisms that show the password are one way to log in: a name
  /// and a password are all that any of them says.
  static constexpr trace::Mechanism way(trace::Mechanism mechanism) {
    using trace::Mechanism;
    return mechanism == Mechanism::none || mechanism == Mechanism::login ? Mechanism::plain
                                                                         : mechanism;
  }

  constexpr void forget() {
    user = authcid = secret = 0;
    mechanism = trace::Mechanism::none;
    tls = known = fresh = 0;
  }
  /// A back-end has accepted a login on it, for the session that claims this.
  constexpr void take(const Claim& claim) {
    forget();
    fresh = 1;
    if (claim.blurred != 0 || claim.who() == 0) return;
    user = claim.who();
    authcid = claim.agent();
    secret = claim.secret;
    mechanism = way(claim.mechanism);
    tls = claim.tls;
    known = 1;
  }

  /// What differs, in words; empty where nothing does.
  [[nodiscard]] constexpr std::string_view difference(const Claim& claim) const {
    if (user != claim.who()) return "a connection is reused for another user";
    if (authcid != claim.agent()) return "a connection is reused for another authenticated party";
    if (mechanism != way(claim.mechanism)) return "a connection is reused for another mechanism";
    if (secret != claim.secret) return "a connection is reused for another secret";
    if (tls != claim.tls) return "a connection is reused across the client's TLS";
    return {};
  }
};

/// The pooled connection that a client's login rests on; null where a connection was logged in for
/// this very login.
[[nodiscard]] constexpr const Keyed* reused_for(const PerLink<Keyed>& links,
                                                const trace::Event& e) {
  const Keyed* reused = nullptr;
  for (const Keyed& link : links.slots) {
    if (link.holder != e.session) continue;
    if (link.fresh != 0) return nullptr;
    if (link.known != 0) reused = &link;
  }
  return reused;
}

}  // namespace sallyport::properties
