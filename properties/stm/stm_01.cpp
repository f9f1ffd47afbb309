// STM-01: commands take effect only in their states. A command is judged when it is completed, in
// the state after all earlier completions: what the client believed when it sent it doesn't count.
#include "properties/property.hpp"
#include "properties/stm/states.hpp"

namespace sallyport::properties {
namespace {

struct Stm01 {
  using State = PerSession<Standing>;

  static Outcome step(State& state, const trace::Event& e) {
    Standing* const s = e.point == trace::Point::client ? state.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    const bool forbidden = e.kind == trace::Kind::completion && s->forbids(e);
    s->step(e);
    if (!forbidden) return not_concerned;
    return e.status == trace::Status::ok
               ? violated("a command takes effect in a state in which it is not legal")
               : upheld;
  }
};

}  // namespace

extern const Property stm_01 = make_property<Stm01>(
    {.id = "STM-01",
     .statement = "A command takes effect only in the states in which it is legal.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "RFC 3501 §6, RFC 1939 §4 and §5, RFC 2595 §4"});

}  // namespace sallyport::properties
