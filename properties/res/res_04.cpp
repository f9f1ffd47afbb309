// RES-04: an authentication that came to nothing leaves nothing. Whoever starts and cancels it over
// and over finds the front-end as it was: no octets held, no connection of the pool kept.
#include <algorithm>

#include "properties/property.hpp"
#include "properties/res/residue.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Res04 {
  using State = PerSession<Residue>;
  using Found = Residue::Found;

  static Outcome rest(State& state) {
    Found worst = Found::nothing;
    for (Residue& each : state.slots) worst = std::max(worst, each.rest());
    if (worst == Found::nothing) return not_concerned;
    if (worst == Found::none_left) return upheld;
    return worst == Found::lease ? violated("failed authentications keep connections leased")
                                 : violated("failed authentications leave octets held");
  }

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::quiescent) return rest(state);
    Residue* const s = state.find(e.session);
    const bool lease = e.kind == Kind::lease;
    const bool backend = e.point == trace::Point::backend;
    const bool free = lease || e.kind == Kind::release || (backend && e.kind == Kind::closed);
    if (free) {
      for (Residue& each : state.slots) each.release(e.link);
    }
    if (s == nullptr) return not_concerned;
    if (lease) s->lease(e.link);
    if (e.kind == Kind::held) s->held = e.amount;
    if (e.point == trace::Point::client) s->step(e);
    return not_concerned;
  }
};

}  // namespace

extern const Property res_04 = make_property<Res04>(
    {.id = "RES-04",
     .statement = "An authentication that fails or is cancelled leaves nothing held and no "
                  "connection leased.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::inside,
     .source = "CVE-2017-15132"});

}  // namespace sallyport::properties
