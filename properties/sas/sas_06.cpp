// SAS-06: a proof is good once. It answers a nonce, so the same octets prove nothing to the next.
#include <utility>

#include "properties/property.hpp"
#include "properties/sas/messages.hpp"
#include "trace/persistence.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Sas06 {
  using State = PerSession<std::uint8_t>;  // the exchange's proof had been shown before

  // EXTERNAL's message is a name: what proves it is the certificate.
  static bool proves_once(trace::Mechanism mechanism) {
    const trace::MechanismFacts* const known = trace::facts(mechanism);
    return known != nullptr && known->persistence != trace::PersistenceClass::replayable &&
           mechanism != trace::Mechanism::external;
  }

  static Outcome step(State& state, const trace::Event& e) {
    std::uint8_t* const s = e.point == trace::Point::client ? state.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *s = 0;
    if (is_message(e) && e.repeated && proves_once(e.mechanism)) *s = 1;
    if (e.kind != Kind::completion || !of_exchange(e)) return not_concerned;
    if (std::exchange(*s, 0) == 0) return not_concerned;
    return e.status == trace::Status::ok ? violated("a proof is accepted a second time") : upheld;
  }
};

}  // namespace

extern const Property sas_06 =
    make_property<Sas06>({.id = "SAS-06",
                          .statement = "A proof that answers a nonce is accepted at most once.",
                          .kind = PropertyKind::safety,
                          .severity = Severity::high,
                          .needs = Needs::client_wire,
                          .source = "CVE-2026-27855, RFC 2195 §2, RFC 5802 §5.1"});

}  // namespace sallyport::properties
