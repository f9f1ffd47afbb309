// STM-06: how a back-end greets is between it and the front-end. PREAUTH says that the connection
// needs no login, and nothing of the client; a back-end that says BYE has accepted nobody.
#include "properties/doubts.hpp"
#include "properties/stm/reception.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Stm06 {
  struct State {
    PerLink<Reception> links;
    PerSession<Doubt> sessions;
  };

  static void follow(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    Reception* const k = state.links.find(e.link);
    const bool leased = e.kind == Kind::lease;
    if (k == nullptr || (e.point != trace::Point::backend && !leased)) return;
    const bool before = k->is_no_login();
    if (!leased) k->step(e);
    Doubt* const s = state.sessions.find(holder(state.links, e));
    if (s == nullptr) return;
    if (k->is_no_login() && (leased || !before)) s->raise();
    if (logs_in(e)) s->accept();
    if (leased && k->accepted != 0) s->rely();
  }

  static Outcome step(State& state, const trace::Event& e) {
    follow(state, e);
    Doubt* const s = e.point == trace::Point::client ? state.sessions.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    const bool greeted = e.kind == Kind::greeting || e.kind == Kind::untagged;
    if (greeted && e.status == trace::Status::preauth && any_preauth(state.links)) {
      return violated("a client is greeted as the front-end was");
    }
    const Doubt::End end = s->step(e);
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
