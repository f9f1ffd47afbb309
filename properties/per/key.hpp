// What PER-06 compares: all that a login rests on, as a client presented it and as it was when a
// connection was logged in.
#pragma once

#include <algorithm>
#include <utility>

#include "properties/claims.hpp"
#include "properties/leases.hpp"

namespace sallyport::properties {

struct Key {
  std::uint32_t user = 0;  // as in Claim
  std::uint32_t authcid = 0;
  std::uint32_t secret = 0;
  trace::Mechanism mechanism = trace::Mechanism::none;
  std::uint8_t tls = 0;
  std::uint8_t known = 0;
  std::uint8_t fresh = 0;  // of a connection: see Keyed

  /// Unknown where it is open who is meant.
  static constexpr Key of(const Claim& claim) {
    if (claim.blurred != 0 || claim.who() == 0) return {};
    return {.user = claim.who(),
            .authcid = claim.agent(),
            .secret = claim.secret,
            .mechanism = way(claim.mechanism),
            .tls = claim.tls,
            .known = 1};
  }

  /// LOGIN, USER and PASS, and the mechanisms that show the password are one way to log in: a name
  /// and a password are all that any of them says.
  static constexpr trace::Mechanism way(trace::Mechanism mechanism) {
    using trace::Mechanism;
    return mechanism == Mechanism::none || mechanism == Mechanism::login ? Mechanism::plain
                                                                         : mechanism;
  }

  /// What differs, in words; empty where nothing does.
  [[nodiscard]] constexpr std::string_view difference(const Key& other) const {
    if (user != other.user) return "a connection is reused for another user";
    if (authcid != other.authcid) return "a connection is reused for another authenticated party";
    if (mechanism != other.mechanism) return "a connection is reused for another mechanism";
    if (secret != other.secret) return "a connection is reused for another secret";
    if (tls != other.tls) return "a connection is reused across the client's TLS";
    return {};
  }
};

/// What a connection was logged in by. `fresh`: under the lease that it had last, for this session
/// (+ 1). While nothing is known, `secret` is what the login under way on it shows.
struct Keyed : Leased {
  Key key;

  /// Follows one event of the back-end's wire; `claim` is the leasing session's, if there is one.
  constexpr void step(const trace::Event& e, const Claim* claim) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed) key = {};
    const bool shows = e.kind == Kind::command || e.kind == Kind::response;
    if (shows && e.secret != 0 && key.known == 0) key.secret = half(e.secret);
    if (logs_in(e)) {
      take(claim != nullptr ? *claim : Claim{});
    } else if (e.kind == Kind::completion && key.known == 0) {
      key.secret = 0;
    }
  }
  [[nodiscard]] constexpr bool is_fresh_for(std::uint64_t session) const {
    return key.fresh == session + 1;
  }

  /// Serves a client who was let in by `other`.
  [[nodiscard]] constexpr Outcome judge(const Key& other) const {
    if (key.fresh != 0 || key.known == 0 || other.known == 0) return not_concerned;
    const std::string_view difference = key.difference(other);
    return difference.empty() ? upheld : violated(difference);
  }

 private:
  /// A back-end has accepted a login on it, for the session that claims this. On another secret
  /// than the client's: then it was for somebody else, or it is the front-end's own, and nothing
  /// is known.
  constexpr void take(const Claim& claim) {
    const std::uint32_t shown = key.known == 0 ? key.secret : 0;
    const bool others = shown != 0 && claim.secret != 0 && shown != claim.secret;
    key = others ? Key{} : Key::of(claim);
    key.fresh = static_cast<std::uint8_t>(std::min<std::uint64_t>(holder, max_sessions) + 1);
  }
};

struct Pool {
  PerLink<Keyed> links;
  PerSession<Claim> claims;
  PerSession<std::uint16_t> admitted;  // told OK before anything was seen of a connection

  /// Follows one event of a client's wire. Whoever was admitted keeps his claim.
  constexpr void step(Claim& claim, const trace::Event& e) {
    using trace::Kind;
    const bool opens = e.kind == Kind::opened;
    if (opens || e.kind == Kind::closed || (asks(e) && authenticates(e))) take_admitted(e.session);
    for (Keyed& link : links.slots) {
      if (opens && link.is_fresh_for(e.session)) link.key.fresh = 0;
    }
    std::uint16_t& late = *admitted.find(e.session);
    if (logs_in(e) && Key::of(claim).known != 0 && !is_known_for(e.session)) late = 1;
    if (late == 0) claim.step(e);
  }

  /// What an admitted client presented, once.
  constexpr Key take_admitted(trace::SessionId session) {
    std::uint16_t* const late = admitted.find(session);
    if (late == nullptr || std::exchange(*late, 0) == 0) return {};
    Claim& claim = *claims.find(session);
    return Key::of(std::exchange(claim, {.certificate = claim.certificate, .tls = claim.tls}));
  }

  /// The pooled connection that a client's login rests on; null where a connection was logged in
  /// for this very login, or none is leased.
  [[nodiscard]] constexpr const Keyed* reused_for(trace::SessionId session) const {
    const Keyed* reused = nullptr;
    for (const Keyed& link : links.slots) {
      if (link.holder != session) continue;
      if (link.key.fresh != 0) return nullptr;
      if (link.key.known != 0) reused = &link;
    }
    return reused;
  }

 private:
  [[nodiscard]] constexpr bool is_known_for(trace::SessionId session) const {
    const auto fresh = [session](const Keyed& link) { return link.is_fresh_for(session); };
    return reused_for(session) != nullptr || std::ranges::any_of(links.slots, fresh);
  }
};

}  // namespace sallyport::properties
