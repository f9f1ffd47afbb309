// ISO-05: what a cache of users holds is found under the whole name, in canonical form, and under
// nothing else. The entry tells for whom it was made.
#include "properties/claims.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

struct Iso05 {
  using State = PerSession<Claim>;

  static Outcome step(State& state, const trace::Event& e) {
    Claim* const claim = state.find(e.session);
    if (claim == nullptr) return not_concerned;
    if (e.point == trace::Point::client) claim->step(e);
    const std::uint32_t made_for = half(identity_of(e.user));
    if (e.kind != trace::Kind::cached || made_for == 0) return not_concerned;
    if (claim->blurred != 0 || claim->who() == 0) return not_concerned;
    return made_for == claim->who() || made_for == claim->agent()
               ? upheld
               : violated("a session is served by what was cached for another user");
  }
};

}  // namespace

extern const Property iso_05 = make_property<Iso05>(
    {.id = "ISO-05",
     .statement = "A session is served from a cache only by an entry that was made for the user "
                  "that it presents.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::inside,
     .source = "CVE-2007-6598, CVE-2025-30189"});

}  // namespace sallyport::properties
