// What FLT-04 knows of a connection to a back-end: what it offers, and what in its words is amiss.
#pragma once

#include "properties/credentials.hpp"
#include "properties/leases.hpp"

namespace sallyport::properties {

struct Trust : Leased {
  enum class Amiss : std::uint8_t {
    nothing,
    list,   // an empty one
    words,  // no protocol, or a "+" that nobody asked for
  };

  trace::MechanismSet listed;
  std::uint8_t saw_list = 0;
  Amiss amiss = Amiss::nothing;
  std::uint8_t accepted = 0;    // a login: what comes now belongs to its user
  std::uint8_t challenges = 0;  // of the exchange, up to two

  /// Follows one event of the back-end's wire.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    // What came before TLS is forgotten, too.
    if (e.kind == Kind::opened || e.kind == Kind::closed || e.kind == Kind::tls) {
      const Leased leased{.holder = holder};
      *this = {};
      holder = leased.holder;
    }
    if (e.kind == Kind::offer) see(e);
    if (asks(e)) challenges = 0;
    if (accepted == 0 && e.kind == Kind::malformed && e.from_server) amiss = Amiss::words;
    if (e.kind == Kind::continuation) {
      if (accepted == 0 && is_unasked(e)) amiss = Amiss::words;
      if (challenges < 2) ++challenges;
    }
    if (logs_in(e)) accepted = 1;
  }

 private:
  constexpr void see(const trace::Event& e) {
    const bool is_imap = e.protocol == trace::Protocol::imap;
    listed = is_imap ? e.mechanisms : listed | e.mechanisms;
    saw_list = 1;
    const bool empty = is_imap && e.mechanisms.empty() && e.capabilities.empty();
    if (accepted == 0 && amiss != Amiss::words) amiss = empty ? Amiss::list : Amiss::nothing;
  }

  /// Leave for a literal has no slot, and no text that says anything. PLAIN has one message.
  [[nodiscard]] constexpr bool is_unasked(const trace::Event& e) const {
    if (e.command == trace::no_command) return e.blob != trace::Blob::none;
    return e.mechanism == trace::Mechanism::plain && challenges > 0;
  }
};

[[nodiscard]] constexpr bool begins_mechanism(const trace::Event& e) {
  const bool exchange = e.verb == trace::Verb::authenticate || e.verb == trace::Verb::auth;
  return asks(e) && exchange && e.mechanism != trace::Mechanism::none;
}

/// Is the mechanism one that the back-end shows, and one of those configured? Empty: not known.
/// Behind a login it is the client's own, for the back-end to refuse.
[[nodiscard]] constexpr Outcome judged(const Trust& link, trace::MechanismSet configured,
                                       trace::Mechanism mechanism) {
  if (link.accepted != 0) return not_concerned;
  if (link.saw_list != 0 && !link.listed.has(mechanism)) {
    return violated("a mechanism is begun that the back-end does not show");
  }
  if (!configured.empty() && !configured.has(mechanism)) {
    return violated("a mechanism is begun that is not configured for back-ends");
  }
  return link.saw_list != 0 ? upheld : not_concerned;
}

}  // namespace sallyport::properties
