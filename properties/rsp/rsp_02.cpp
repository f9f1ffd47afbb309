// RSP-02: what a client sends runs once and in order, whichever side of the hand-off it arrived on.
// Commands are followed from the client's wire to that of the connection its session leases.
#include "properties/leases.hpp"
#include "properties/rsp/hand_over.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Rsp02 {
  struct State {
    PerLink<Leased> links;
    PerSession<HandOver> sessions;
  };

  static Outcome from_backend(State& state, const trace::Event& e) {
    HandOver* const s = state.sessions.find(holder(state.links, e));
    if (s != nullptr && e.kind == Kind::closed) s->lose_sight();  // it may be tried elsewhere
    if (!asks(e) || !runs_behind(e)) return not_concerned;
    if (s != nullptr) return s->runs(e);
    for (HandOver& each : state.sessions.slots) each.lose_sight();  // anybody's
    return not_concerned;
  }

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    if (e.kind == Kind::failure) {
      for (const trace::SessionId id : {e.session, holder(state.links, e)}) {
        if (HandOver* const s = state.sessions.find(id)) s->lose_sight();
      }
    }
    if (e.kind == Kind::quiescent) {
      for (HandOver& s : state.sessions.slots) s.rest();
    }
    if (e.point == trace::Point::backend) return from_backend(state, e);
    HandOver* const s = e.point == trace::Point::client ? state.sessions.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    bool leases = false;
    for (const Leased& link : state.links.slots) leases = leases || link.holder == e.session;
    return s->from_client(e, leases);
  }
};

}  // namespace

extern const Property rsp_02 = make_property<Rsp02>(
    {.id = "RSP-02",
     .statement = "What a client sends about its login runs at the back-end exactly once, and in "
                  "the order in which it was sent.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "Dovecot 52d11b4eaf"});

}  // namespace sallyport::properties
