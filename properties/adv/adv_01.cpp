// ADV-01: no list offers NTLM, in any state.
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

struct Adv01 {
  struct State {
    std::uint8_t stateless = 0;  // every list is judged by itself
  };

  static Outcome step(State& /*state*/, const trace::Event& e) {
    if (e.kind != trace::Kind::offer || e.point != trace::Point::client) return not_concerned;
    if (!(e.mechanisms & trace::ntlm_like).empty()) {
      return violated("a list offers NTLM, which needs a persistent connection");
    }
    return upheld;
  }
};

}  // namespace

extern const Property adv_01 = make_property<Adv01>(
    {.id = "ADV-01",
     .statement = "A front-end never offers NTLM, nor GSS-SPNEGO which can select it, in any list "
                  "and any state.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "KB 306874"});

}  // namespace sallyport::properties
