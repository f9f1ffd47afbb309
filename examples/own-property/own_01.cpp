// OWN-01: one operator's own rule. Whoever is told four times that a password is wrong gets banned
// by their firewall, so the gate has to end the session before.
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

constexpr std::uint8_t most = 3;

struct Own01 {
  struct State {
    PerSession<std::uint8_t> failures;  // stops one beyond what is allowed
  };

  static Outcome step(State& state, const trace::Event& e) {
    std::uint8_t* const failures = state.failures.find(e.session);
    if (failures == nullptr || e.point != trace::Point::client) return not_concerned;
    if (e.kind == trace::Kind::opened) *failures = 0;
    if (e.kind != trace::Kind::completion || e.code != trace::Code::authentication_failed) {
      return not_concerned;
    }
    if (*failures <= most) ++*failures;
    return *failures > most ? violated("a session fails to log in for the fourth time") : upheld;
  }
};

}  // namespace

extern const Property own_01 = make_property<Own01>(
    {.id = "OWN-01",
     .statement = "No session is told more than three times that its password is wrong.",
     .kind = PropertyKind::safety,
     .severity = Severity::low,
     .needs = Needs::client_wire,
     .source = "our own ban rule"});

}  // namespace sallyport::properties
