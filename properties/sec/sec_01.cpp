// SEC-01: a secret stays where it belongs. The observer knows every user's, and tells where one
// stands that has no business there.
#include "properties/identity.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Sec01 {
  using State = PerSession<std::uint8_t>;  // a secret was presented in the session

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::disclosed) {
      if (e.point == trace::Point::client) return violated("a secret is said to a client");
      if (e.point == trace::Point::backend) {
        return violated("a secret goes to a back-end outside of an authentication");
      }
      return violated("a secret stands in the log");
    }
    std::uint8_t* const presented = state.find(e.session);
    if (presented == nullptr) return not_concerned;
    if (e.point == trace::Point::client) {
      if (e.kind == Kind::opened || e.kind == Kind::closed) *presented = 0;
      if (e.kind == Kind::command || e.kind == Kind::response) {
        if (e.secret != 0) *presented = 1;
      }
    }
    const bool said = e.kind == Kind::log || e.kind == Kind::completion;
    return said && *presented != 0 ? upheld : not_concerned;
  }
};

}  // namespace

extern const Property sec_01 = make_property<Sec01>(
    {.id = "SEC-01",
     .statement =
         "A password or token stands nowhere but in the authentication that it is for: not "
         "in an answer, not in another command, not in the log.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::inside,
     .source = "CVE-2025-53859, CWE-532"});

}  // namespace sallyport::properties
