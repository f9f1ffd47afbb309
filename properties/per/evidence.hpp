// What PER-05 knows of one connection to a back-end: who was accepted on it, and in which session.
#pragma once

#include <algorithm>

#include "properties/leases.hpp"

namespace sallyport::properties {

struct Accepted : Owned {
  std::uint64_t secret = 0;               // with this; 0: none was seen
  std::uint32_t of = trace::no_session;   // the session that leased it then, until its client is
                                          // answered
  std::uint32_t seen_from_the_start = 0;  // else it may be logged in without our knowing
};

enum class Evidence : std::uint8_t { unknown, missing, other_user, given };

/// What a connection says for an authentication of `e`, which its client is told to have succeeded:
/// either the back-end has just accepted it, or it has accepted the very same user and secret
/// before.
[[nodiscard]] constexpr Evidence evidence_of(const Accepted& link, const trace::Event& e) {
  const std::uint64_t user = identity_of(e.user);
  if (link.of == e.session) {
    const bool same = user == 0 || link.user == 0 || user == link.user;
    return same ? Evidence::given : Evidence::other_user;
  }
  if (user != 0 && user == link.user && e.secret != 0 && e.secret == link.secret) {
    return Evidence::given;
  }
  return link.seen_from_the_start != 0 ? Evidence::missing : Evidence::unknown;
}

/// The best that any connection leased by the session says; unknown where it leases none.
[[nodiscard]] constexpr Evidence evidence_of(const PerLink<Accepted>& links,
                                             const trace::Event& e) {
  Evidence best = Evidence::unknown;
  for (const Accepted& link : links.slots) {
    if (link.holder == e.session) best = std::max(best, evidence_of(link, e));
  }
  return best;
}

[[nodiscard]] constexpr Outcome judged(Evidence evidence) {
  switch (evidence) {
    case Evidence::unknown:
      return not_concerned;
    case Evidence::missing:
      return violated("a login is accepted on the strength of a pooled connection alone");
    case Evidence::other_user:
      return violated("the back-end accepted another user than the client presented");
    case Evidence::given:
      return upheld;
  }
  return not_concerned;
}

inline void follow_evidence(PerLink<Accepted>& links, const trace::Event& e) {
  using trace::Kind;
  follow_owners(links, e);
  // The client is answered, or is another one: what was accepted before doesn't speak for the next.
  const bool answered = e.kind == Kind::completion && authenticates(e);
  if (e.point == trace::Point::client &&
      (answered || e.kind == Kind::opened || e.kind == Kind::closed)) {
    for (Accepted& link : links.slots) {
      if (link.of == e.session) link.of = trace::no_session;
    }
  }
  Accepted* const link = e.point == trace::Point::backend ? links.find(e.link) : nullptr;
  if (link == nullptr) return;
  if (e.kind == Kind::opened || e.kind == Kind::closed) {
    link->secret = 0;
    link->of = trace::no_session;
    link->seen_from_the_start = e.kind == Kind::opened ? 1 : 0;
  }
  if (logs_in(e)) {
    link->secret = e.secret;
    link->of = static_cast<std::uint32_t>(link->holder);
  }
}

}  // namespace sallyport::properties
