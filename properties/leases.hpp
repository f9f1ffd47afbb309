// Who has the use of which back-end connection, and as whom each connection is logged in: what the
// properties over both wires have in common.
#pragma once

#include "properties/property.hpp"
#include "properties/stm/states.hpp"

namespace sallyport::properties {

/// Ids in a monitor's state are stored plus one, so that zero means none.
struct LinkFacts {
  std::uint64_t own = 0;     // digest of the user who is logged in on it; 0: nobody, or unknown
  std::uint64_t secret = 0;  // with this
  std::uint64_t holder = 0;  // the session that leases it, plus one
};

struct Leases {
  PerLink<LinkFacts> links;

  void step(const trace::Event& e) {
    LinkFacts* const link = links.find(e.link);
    if (link == nullptr) return;
    using trace::Kind;
    if (e.kind == Kind::lease) link->holder = std::uint64_t{e.session} + 1;
    if (e.kind == Kind::release) link->holder = 0;
    if (e.point != trace::Point::backend) return;
    if (e.kind == Kind::opened || e.kind == Kind::closed) link->own = link->secret = 0;
    if (e.kind == Kind::completion && e.status == trace::Status::ok && authenticates(e)) {
      link->own = e.user.empty() ? 0 : trace::digest_of(e.user);
      link->secret = e.secret;
    }
  }

  /// The session that leases the event's connection; no_session where none does.
  [[nodiscard]] trace::SessionId holder(const trace::Event& e) {
    const LinkFacts* const link = links.find(e.link);
    if (link == nullptr || link->holder == 0) return trace::no_session;
    return static_cast<trace::SessionId>(link->holder - 1);
  }

  /// The connection that `session` leases; null where it leases none.
  [[nodiscard]] LinkFacts* leased_by(trace::SessionId session) {
    for (LinkFacts& link : links.slots) {
      if (link.holder == std::uint64_t{session} + 1) return &link;
    }
    return nullptr;
  }
};

}  // namespace sallyport::properties
