// ADV-01: no list names NTLM. A list is judged by itself, wherever it stands: greeting, CAPABILITY,
// response code, CAPA, or POP3's bare AUTH.
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

struct Adv01 {
  static Outcome step(const trace::Event& e) {
    if (e.kind != trace::Kind::offer || e.point != trace::Point::client) return not_concerned;
    if (e.mechanisms.has(trace::Mechanism::ntlm)) return violated("a list offers NTLM");
    if (e.mechanisms.has(trace::Mechanism::gss_spnego)) {
      return violated("a list offers GSS-SPNEGO, by which NTLM can be selected");
    }
    return upheld;
  }
};

}  // namespace

extern const Property adv_01 = make_property<Adv01>(
    {.id = "ADV-01",
     .statement = "No list that a client is shown, in any state, offers NTLM or GSS-SPNEGO, which "
                  "can select it.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "KB 306874"});

}  // namespace sallyport::properties
