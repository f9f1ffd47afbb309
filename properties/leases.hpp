// Who has the use of which connection of the pool, and as whom each is logged in: what the
// properties over both wires have in common. A monitor's per-link state derives from one of the
// structs below and passes its events to the function of the same name.
#pragma once

#include "properties/identity.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {

struct Leased {
  std::uint64_t holder = trace::no_session;  // the session that leases it
};

struct Owned : Leased {
  std::uint64_t user = 0;  // who is logged in on it: identity_of; 0: nobody, or unknown
};

/// A lease ends with its release, with the next one, or with its session at the latest.
template <class Link>
void follow_leases(PerLink<Link>& links, const trace::Event& e) {
  using trace::Kind;
  if (e.point == trace::Point::client && e.kind == Kind::opened) {
    for (Link& link : links.slots) {
      if (link.holder == e.session) link.holder = trace::no_session;
    }
  }
  Link* const link = links.find(e.link);
  if (link == nullptr) return;
  if (e.kind == Kind::lease) link->holder = e.session;
  if (e.kind == Kind::release) link->holder = trace::no_session;
}

template <class Link>
void follow_owners(PerLink<Link>& links, const trace::Event& e) {
  follow_leases(links, e);
  Link* const link = e.point == trace::Point::backend ? links.find(e.link) : nullptr;
  if (link == nullptr) return;
  if (e.kind == trace::Kind::opened || e.kind == trace::Kind::closed) link->user = 0;
  if (logs_in(e)) link->user = identity_of(e.user);
}

/// The session that leases the connection of `e`; no_session where none does.
template <class Link>
[[nodiscard]] trace::SessionId holder(PerLink<Link>& links, const trace::Event& e) {
  const Link* const link = links.find(e.link);
  return link == nullptr ? trace::no_session : static_cast<trace::SessionId>(link->holder);
}

/// Who is logged in on a connection that `session` leases; 0 where nobody is known to be.
template <class Link>
[[nodiscard]] std::uint64_t user_behind(const PerLink<Link>& links, trace::SessionId session) {
  std::uint64_t user = 0;
  for (const Link& link : links.slots) {
    if (link.holder == session && link.user != 0) user = link.user;
  }
  return user;
}

}  // namespace sallyport::properties
