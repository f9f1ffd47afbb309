// ISO-07: what one client sends harms no other. A client whose turn it is to speak, or who has all
// his answers, isn't refused or hung up on while another sends what can't be read.
#include <utility>

#include "properties/iso/bystander.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Iso07 {
  struct State {
    PerSession<Bystander> sessions;
    std::uint64_t excused = 0;  // something else may end a session: a failure, or time
  };

  static Outcome at_rest(State& state) {
    bool tried = false;
    for (const Bystander& s : state.sessions.slots) {
      tried = tried || (s.rests() && others_spoil(state.sessions, &s));
    }
    for (Bystander& s : state.sessions.slots) s.spoils = 0;
    return std::exchange(state.excused, 0) == 0 && tried ? upheld : not_concerned;
  }

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::quiescent) return at_rest(state);
    if (e.kind == Kind::failure || e.kind == Kind::elapsed) state.excused = 1;
    Bystander* const s = e.point == trace::Point::client ? state.sessions.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    const bool harmed =
        state.excused == 0 && s->rests() && ends_something(e) && others_spoil(state.sessions, s);
    s->step(e);
    return harmed ? violated("what one client sends ends another's exchange or session")
                  : not_concerned;
  }
};

}  // namespace

extern const Property iso_07 = make_property<Iso07>(
    {.id = "ISO-07",
     .statement = "What one client sends, however malformed, fails no other client.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "CVE-2025-59028"});

}  // namespace sallyport::properties
