// STM-01: commands take effect only in their states.
#include "properties/property.hpp"
#include "properties/stm/states.hpp"

namespace sallyport::properties {
namespace {

struct Stm01 {
  using State = PerSession<Standing>;

  static Outcome step(State& state, const trace::Event& e) {
    Standing* const standing = state.find(e.session);
    if (standing == nullptr || e.point != trace::Point::client) return not_concerned;
    const Standing before = *standing;
    standing->step(e);
    if (e.kind != trace::Kind::completion || e.command == trace::no_command || before.allows(e)) {
      return not_concerned;
    }
    return e.status == trace::Status::ok
               ? violated("a command took effect in a state where it is not legal")
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
     .source = "RFC 3501 §3 and §6, RFC 1939 §4, RFC 2595 §4"});

}  // namespace sallyport::properties
