// ADV-05: one state, one list. Greeting, CAPABILITY, response codes, CAPA and AUTH say the same of
// how to log in as long as neither TLS nor a login came between.
#include "properties/adv/shown_lists.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Capability;
using trace::Kind;

struct Adv05 {
  struct Session {
    ShownLists lists;
    std::uint32_t tls = 0;
  };
  using State = PerSession<Session>;

  static Outcome step(State& state, const trace::Event& e) {
    Session* const s = e.point == trace::Point::client ? state.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *s = {};
    if (e.kind == Kind::tls) s->tls = 1;
    const ShownLists::Agreement agreement = s->lists.step(e);
    if (e.kind != Kind::offer) return not_concerned;
    if (e.capabilities.has(Capability::literal_plus) &&
        e.capabilities.has(Capability::literal_minus)) {
      return violated("a list shows LITERAL+ and LITERAL- together");
    }
    if (s->tls != 0 && e.capabilities.has(Capability::starttls)) {
      return violated("a list shows STARTTLS under TLS");
    }
    if (agreement == ShownLists::Agreement::different) {
      return violated("two lists of one state say different things of how to log in");
    }
    return agreement == ShownLists::Agreement::equal || s->tls != 0 ? upheld : not_concerned;
  }
};

}  // namespace

extern const Property adv_05 = make_property<Adv05>(
    {.id = "ADV-05",
     .statement = "All lists that a client is shown in one state agree on how to log in; LITERAL+ "
                  "and LITERAL- exclude each other, as do STARTTLS and TLS.",
     .kind = PropertyKind::safety,
     .severity = Severity::low,
     .needs = Needs::client_wire,
     .source = "RFC 3501 §6.2.1, RFC 7888 §5, RFC 2449 §5"});

}  // namespace sallyport::properties
