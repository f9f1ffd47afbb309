// RES-02: guessing is slow and comes to an end. A failed login is answered after its delay; after
// some of them, or some lines of no command, or one of a browser, the session is over.
#include <utility>

#include "properties/property.hpp"
#include "properties/res/patience.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Res02 {
  struct State {
    Limits limits;
    PerSession<Patience> sessions;
  };

  static Outcome at_rest(State& state) {
    bool early = false, borne = false;
    for (Patience& s : state.sessions.slots) {
      borne = s.is_beyond(state.limits) || borne;
      early = std::exchange(s.early, std::uint8_t{0}) != 0 || early;
      s.browser = 0;
    }
    if (early) return violated("a failed login is answered before its time");
    return borne ? violated("a session goes on beyond what is to be borne") : not_concerned;
  }

  static Outcome step(State& state, const trace::Event& e) {
    state.limits.step(e);
    if (e.kind == Kind::quiescent) return at_rest(state);
    Patience* const s = state.sessions.find(e.session);
    for (Patience& each : state.sessions.slots) {
      if (e.kind == Kind::elapsed) each.elapse(e.amount, state.limits);
      if (e.kind == Kind::failure && (s == nullptr || s == &each)) each.excuse();
    }
    if (s == nullptr || e.point != trace::Point::client) return not_concerned;
    if (e.kind == Kind::closed || e.kind == Kind::bye) {
      const bool in_time = s->is_at_limit(state.limits) && (e.kind == Kind::bye || e.from_server);
      *s = {};
      return in_time ? upheld : not_concerned;
    }
    return s->step(e, state.limits) ? upheld : not_concerned;
  }
};

}  // namespace

extern const Property res_02 = make_property<Res02>(
    {.id = "RES-02",
     .statement = "A failed login is answered after its delay, and a session ends at its limit of "
                  "failures or errors, or when it speaks HTTP.",
     .kind = PropertyKind::liveness,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "CVE-2021-3618"});

}  // namespace sallyport::properties
