// ADV-02: what isn't offered isn't started. An exchange counts as not offered if its mechanism was
// in no list when the command was read, nor in a list that came before the answer: a list in the OK
// itself speaks of the time after login.
#include "properties/direction.hpp"
#include "properties/offers.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;
using trace::Verb;

struct Adv02 {
  struct Session {
    Offers offers;
    std::uint32_t command = trace::no_command;  // in flight, for a mechanism that isn't offered
  };
  using State = PerSession<Session>;

  static Outcome step(State& state, const trace::Event& e) {
    Session* const s = e.point == trace::Point::client ? state.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    s->offers.step(e);
    if (e.kind == Kind::opened || e.kind == Kind::closed) s->command = trace::no_command;
    const bool starts = (e.verb == Verb::authenticate || e.verb == Verb::auth) &&
                        e.mechanism != trace::Mechanism::none;
    if (!starts || e.command == trace::no_command) return not_concerned;
    const bool lacking = s->offers.lacks(e.mechanism, e.protocol);
    if (asks(e) && lacking) s->command = e.command;
    const bool answer = e.kind == Kind::continuation || e.kind == Kind::completion;
    if (!answer || s->command != e.command) return not_concerned;
    s->command = trace::no_command;
    if (!lacking) return not_concerned;
    if (e.kind == Kind::continuation) return violated("a mechanism that isn't offered is begun");
    return e.status == trace::Status::ok ? violated("a mechanism that isn't offered is accepted")
                                         : upheld;
  }
};

}  // namespace

extern const Property adv_02 = make_property<Adv02>(
    {.id = "ADV-02",
     .statement = "A mechanism that is not offered at the time is never started.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "RFC 3501 §6.2.2"});

}  // namespace sallyport::properties
