// STM-05: an authentication that ended without success, and a TLS start, leave nothing behind. The
// next line is a command again, and what was said of a user is forgotten.
#include "properties/property.hpp"
#include "properties/stm/aftermath.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Stm05 {
  using State = PerSession<Aftermath>;

  static Outcome step(State& state, const trace::Event& e) {
    Aftermath* const s = state.find(e.session);
    if (e.kind == Kind::quiescent) {
      bool any = false;
      for (Aftermath& each : state.slots) any = each.take_refused() || any;
      return any ? violated("the line behind an authentication is not read as a command")
                 : not_concerned;
    }
    if (e.kind == Kind::failure) {
      for (Aftermath& each : state.slots) {
        if (s == nullptr || s == &each) each.stop();
      }
    }
    if (s == nullptr || e.point != trace::Point::client) return not_concerned;
    switch (s->step(e)) {
      case Aftermath::Seen::nothing:
        return not_concerned;
      case Aftermath::Seen::clean:
        return upheld;
      case Aftermath::Seen::challenge:
        return violated("the line behind an authentication is taken for a response");
      case Aftermath::Seen::old_name:
        return violated("PASS is accepted for a name that had been given before");
    }
    return not_concerned;
  }
};

}  // namespace

extern const Property stm_05 = make_property<Stm05>(
    {.id = "STM-05",
     .statement = "After an authentication without success, or a TLS start, the next line is a "
                  "command, and nothing that was said of a user counts any more.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "Dovecot d0ea7f9f45, RFC 1939 §7"});

}  // namespace sallyport::properties
