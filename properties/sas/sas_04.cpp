// SAS-04: a message has the room that the standard gives it, whatever a command may have. The
// driver vouches for the user; beyond the limit that it states a line fails like any other.
#include "properties/property.hpp"
#include "properties/sas/long_line.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Sas04 {
  struct State {
    std::uint32_t limit = 0;  // 0: none was stated
    PerSession<LongLine> sessions;
  };

  static Outcome at_rest(State& state) {
    Outcome outcome = not_concerned;
    for (LongLine& s : state.sessions.slots) {
      const Outcome own = s.rest();
      if (own.exercised()) outcome = own;
    }
    return outcome;
  }

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::quiescent) return at_rest(state);
    if (e.kind == Kind::limit && e.limit == trace::Limit::exchange_octets) state.limit = e.amount;
    LongLine* const s = state.sessions.find(e.session);
    if (e.kind == Kind::failure) {  // one that names no session may concern any of them
      for (LongLine& each : state.sessions.slots) {
        if (e.session == trace::no_session || &each == s) each.stop();
      }
    }
    if (s == nullptr) return not_concerned;
    if (e.kind == Kind::attempt) s->announce(e);
    return e.point == trace::Point::client ? s->step(e, state.limit) : not_concerned;
  }
};

}  // namespace

extern const Property sas_04 = make_property<Sas04>(
    {.id = "SAS-04",
     .statement = "A line of an exchange may be as long as the limit for it, which is not that of "
                  "commands; a longer one fails.",
     .kind = PropertyKind::liveness,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "RFC 5034 §4, Dovecot 6c55437036"});

}  // namespace sallyport::properties
