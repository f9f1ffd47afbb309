// FLT-01: a login whose back-end or verifier fails has failed, unless a back-end accepts it
// afterwards. Either way it ends, and the connection that failed isn't used again.
#include "properties/flt/failures.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Flt01 {
  using State = Failures;

  static Outcome step(State& state, const trace::Event& e) {
    const Wreck* const k = e.kind == Kind::lease ? state.links.find(e.link) : nullptr;
    state.follow(e);
    const bool useless = k != nullptr && k->is_useless();
    if (useless) return violated("a connection that failed is leased again");
    if (e.kind == Kind::quiescent) {
      if (!take_overdue(state.sessions)) return not_concerned;
      return violated("a login that has failed is not answered");
    }
    Doubt* const s = e.point == trace::Point::client ? state.sessions.find(e.session) : nullptr;
    const Doubt::End end = s == nullptr ? Doubt::End::none : s->step(e);
    if (end == Doubt::End::none) return not_concerned;
    return end == Doubt::End::settled ? upheld : violated("a login that has failed succeeds");
  }
};

}  // namespace

extern const Property flt_01 = make_property<Flt01>(
    {.id = "FLT-01",
     .statement = "A login whose back-end or verifier fails ends, and not well unless a back-end "
                  "accepts it afterwards.",
     .kind = PropertyKind::liveness,
     .severity = Severity::medium,
     .needs = Needs::backend_wire,
     .source = "CVE-2019-11494, Dovecot a319c3201b"});

}  // namespace sallyport::properties
