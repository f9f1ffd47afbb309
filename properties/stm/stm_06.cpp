// STM-06: how a back-end greets is between it and the front-end. PREAUTH says that the connection
// needs no login, and nothing of the client; a back-end that says BYE has accepted nobody.
#include "properties/stm/reception.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Stm06 {
  using State = Receptions;

  static Outcome step(State& state, const trace::Event& e) {
    state.follow(e);
    Doubt* const s = e.point == trace::Point::client ? state.sessions.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    const bool greeted = e.kind == Kind::greeting || e.kind == Kind::untagged;
    if (greeted && e.status == trace::Status::preauth && state.any_preauth(e.session)) {
      return violated("a client is greeted as the front-end was");
    }
    const Doubt::End end = s->step(e);
    state.forget(e.session);
    if (end == Doubt::End::none) return not_concerned;
    return end == Doubt::End::settled ? upheld : violated("a back-end's greeting logs a client in");
  }
};

}  // namespace

extern const Property stm_06 =
    make_property<Stm06>({.id = "STM-06",
                          .statement = "A back-end's greeting, PREAUTH or BYE, never becomes the "
                                       "state of a client's session.",
                          .kind = PropertyKind::safety,
                          .severity = Severity::high,
                          .needs = Needs::backend_wire,
                          .applies = Applies::imap,
                          .source = "CVE-2020-14093"});

}  // namespace sallyport::properties
