// SAS-02: who speaks first is the mechanism's to say, and an initial response that may be there is
// heard, an empty one ("=") too. It is judged by the server's first word in the exchange.
#include <utility>

#include "properties/sas/opening.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Sas02 {
  using State = PerSession<Opening>;  // of the exchange whose first answer is due

  static Outcome step(State& state, const trace::Event& e) {
    Opening* const s = e.point == trace::Point::client ? state.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *s = Opening::any;
    if (!of_exchange(e)) return not_concerned;
    if (e.kind == Kind::command) *s = opening_of(e);
    if (e.kind == Kind::continuation) return challenged(std::exchange(*s, Opening::any), e);
    if (e.kind == Kind::completion) return completed(std::exchange(*s, Opening::any), e);
    return not_concerned;
  }
};

}  // namespace

extern const Property sas_02 = make_property<Sas02>(
    {.id = "SAS-02",
     .statement = "Whoever speaks first in a mechanism does, and an initial response is heard "
                  "where it may be there and refused where it may not.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "RFC 4422 §3.3, RFC 4959 §3, RFC 5034 §4"});

}  // namespace sallyport::properties
