// FLT-03: a front-end tries again once at most, and only what can't have had an effect: a login of
// which no credential had gone out. Refused is refused, and a client's command is sent once.
#include "properties/flt/retries.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Flt03 {
  struct State {
    PerLink<Sent> links;
    PerSession<Retries> sessions;
  };

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    Sent* const k = state.links.find(e.link);
    const bool client = e.point == trace::Point::client;
    Retries* const own = state.sessions.find(e.session);
    Retries* const s = own != nullptr ? own : state.sessions.find(holder(state.links, e));
    if (client && s != nullptr) return s->step(e) ? upheld : not_concerned;
    const bool died = e.kind == Kind::closed && e.from_server;
    if (k == nullptr) return not_concerned;
    if (s != nullptr && (e.kind == Kind::failure || died)) s->fail(*k);
    if (e.point != trace::Point::backend) return not_concerned;
    const Outcome outcome = s != nullptr ? judged(s->say(e)) : not_concerned;
    if (k->step(e) && s != nullptr && s->logins.any()) s->refused = 1;
    return outcome;
  }
};

}  // namespace

extern const Property flt_03 = make_property<Flt03>(
    {.id = "FLT-03",
     .statement = "Behind a failure a login is tried again at most once, and only if no credential "
                  "had gone out; a refused login and a command never are.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::backend_wire,
     .source = "Cyrus #172 and #173, Dovecot 33a318c9e6"});

}  // namespace sallyport::properties
