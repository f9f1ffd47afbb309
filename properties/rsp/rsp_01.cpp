// RSP-01: one completion per command.
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;
using trace::Verb;

struct Rsp01 {
  struct Session {
    std::uint64_t in_flight = 0;  // a bit per slot
    std::uint8_t literal = 0;     // a literal was announced and not answered
    std::uint8_t asked = 0;       // it is the client's turn: a challenge is out
    std::uint8_t leaving = 0;     // behind LOGOUT or QUIT nothing needs an answer
    std::uint8_t unused[5] = {};
  };
  using State = PerSession<Session>;

  static Outcome at_rest(State& state) {
    Outcome outcome = not_concerned;
    for (Session& s : state.slots) {
      const bool owes = s.literal != 0 || (s.in_flight != 0 && s.asked == 0);
      if (!owes) continue;
      s.in_flight = 0;
      s.literal = 0;
      outcome = violated("a command was never completed");
    }
    return outcome;
  }

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::quiescent) return at_rest(state);
    Session* const s = state.find(e.session);
    if (s == nullptr || e.point != trace::Point::client) return not_concerned;
    const std::uint64_t bit = e.command < 64 ? std::uint64_t{1} << e.command : 0;
    switch (e.kind) {
      case Kind::opened:
      case Kind::closed:
        *s = {};
        return not_concerned;
      case Kind::command:
        s->literal = 0;
        if (s->leaving == 0) s->in_flight |= bit;
        if (e.verb == Verb::logout || e.verb == Verb::quit) s->leaving = 1;
        return not_concerned;
      case Kind::literal:
        s->literal = 1;
        return not_concerned;
      case Kind::continuation:
        s->asked = s->literal == 0 ? 1 : 0;
        s->literal = 0;
        return not_concerned;
      case Kind::response:
        s->asked = 0;
        return not_concerned;
      case Kind::completion:
        s->asked = 0;
        s->in_flight &= ~bit;
        if (e.command != trace::no_command) return upheld;
        return violated("a completion answers no command that is in flight");
      default:
        return not_concerned;
    }
  }
};

}  // namespace

extern const Property rsp_01 = make_property<Rsp01>(
    {.id = "RSP-01",
     .statement =
         "Every command is completed exactly once, under its own tag and not before it was "
         "sent.",
     .kind = PropertyKind::liveness,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "RFC 3501 §2.2.2 and §7.1, RFC 1939 §3"});

}  // namespace sallyport::properties
