// PER-05: nobody is logged in by what another session left behind on a pooled connection.
#include "properties/per/evidence.hpp"
#include "properties/stm/states.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Per05 {
  enum class Login : std::uint8_t { unknown, none, done };
  struct State {
    PerLink<Accepted> links;
    PerSession<Login> logins;
    trace::MechanismSet terminated;  // verified by the front-end itself, which is evidence enough
  };

  static Outcome step(State& state, const trace::Event& e) {
    const Evidence evidence = logs_in(e) ? evidence_of(state.links, e) : Evidence::unknown;
    follow_evidence(state.links, e);
    if (e.kind == Kind::policy) state.terminated = e.terminated;
    Login* const s = e.point == trace::Point::client ? state.logins.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    if (e.kind == Kind::opened) *s = Login::none;
    if (e.kind == Kind::closed) *s = Login::unknown;
    if (e.kind == Kind::greeting && e.status == trace::Status::preauth) *s = Login::done;
    if (e.kind != Kind::completion) return not_concerned;
    if (logs_in(e)) {
      *s = Login::done;
      const bool own = evidence == Evidence::missing && state.terminated.has(e.mechanism);
      return own ? not_concerned : judged(evidence);
    }
    if (*s != Login::none || !reaches_a_mailbox(e)) return not_concerned;
    return e.status == trace::Status::ok
               ? violated("a session that never logged in is served from a mailbox")
               : upheld;
  }
};

}  // namespace

extern const Property per_05 = make_property<Per05>(
    {.id = "PER-05",
     .statement =
         "A session's authentication rests on evidence given inside it, never on the state "
         "of a pooled connection.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "CVE-2015-3143"});

}  // namespace sallyport::properties
