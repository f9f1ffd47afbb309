// ISO-03: a connection goes back to the pool as clean as its login left it, or is closed. Who left
// it otherwise may come back to it; nobody else may, and once he is gone it has to be closed.
#include "properties/iso/leftovers.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Iso03 {
  struct State {
    PerLink<Leftovers> links;
    PerSession<Presence> clients;
    std::uint32_t unused = 0;
  };

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::quiescent && take_left(state.links)) {
      return violated("a connection stays open with what a session left on it");
    }
    if (e.point == trace::Point::client) {
      Presence* const client = state.clients.find(e.session);
      if (client != nullptr) follow(*client, e);
      if (e.kind == Kind::closed) leave(state.links, e.session);
    }
    const std::uint64_t before = holder(state.links, e);
    follow_leases(state.links, e);
    Leftovers* const link = e.point == trace::Point::client ? nullptr : state.links.find(e.link);
    if (link == nullptr) return not_concerned;
    if (e.kind == Kind::release) {
      const Presence* const client = state.clients.find(e.session);
      const bool gone = client == nullptr || *client == Presence::gone;
      return link->release(gone ? Leftovers::gone : e.session) ? upheld : not_concerned;
    }
    if (e.kind == Kind::lease && link->lease(e.session, before)) {
      return violated("a connection serves a session with what another left on it");
    }
    if (e.point != trace::Point::backend) return not_concerned;
    const bool cleared = e.kind == Kind::closed && link->left_by != Leftovers::nobody;
    const Presence* const client = state.clients.find(holder(state.links, e));
    link->step(e, client != nullptr && *client == Presence::enables);
    return cleared ? upheld : not_concerned;
  }
};

}  // namespace

extern const Property iso_03 = make_property<Iso03>(
    {.id = "ISO-03",
     .statement =
         "A connection that a session leaves with a command, a mailbox or anything else of "
         "its own on it is closed, and serves nobody else.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "CVE-2003-0904, Dovecot 52d11b4eaf"});

}  // namespace sallyport::properties
