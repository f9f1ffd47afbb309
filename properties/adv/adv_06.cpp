// ADV-06: a back-end's lists stay behind. Copied is what a client is shown, what the front-end is
// not configured to show, and what some back-end showed before.
#include "properties/adv/login_terms.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

constexpr LoginTerms everything{.mechanisms = trace::MechanismSet::from_bits(0xffffffff),
                                .capabilities = trace::CapabilitySet::from_bits(0xffffffff)};

struct Adv06 {
  struct State {
    LoginTerms backends;  // shown by any back-end so far
    Policy policy;        // of sessions that have none of their own
    PerSession<Policy> policies;
  };

  static Outcome step(State& state, const trace::Event& e) {
    Policy* const own = state.policies.find(e.session);
    if (e.kind == Kind::policy) {
      const Policy policy{.terms = terms_of(e), .known = 1};
      if (own != nullptr) *own = policy;
      if (e.session == trace::no_session) state = {.backends = state.backends, .policy = policy};
      return not_concerned;
    }
    if (e.kind == Kind::offer && e.point == trace::Point::backend) {
      state.backends = state.backends | terms_of(e);
    }
    if (e.point != trace::Point::client || own == nullptr) return not_concerned;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *own = {};
    if (e.kind == Kind::tls) *own = {.terms = everything, .known = 1};  // until its policy is said
    const Policy& policy = own->known != 0 ? *own : state.policy;
    const LoginTerms foreign = state.backends - policy.terms;
    if (e.kind != Kind::offer || policy.known == 0 || foreign.empty()) return not_concerned;
    const LoginTerms copied = foreign & terms_of(e);
    if (!copied.mechanisms.empty()) {
      return violated("a list shows a mechanism that only a back-end offers");
    }
    return copied.empty() ? upheld
                          : violated("a list shows STARTTLS or LOGINDISABLED as a back-end does");
  }
};

}  // namespace

extern const Property adv_06 = make_property<Adv06>(
    {.id = "ADV-06",
     .statement = "The mechanisms, STARTTLS and LOGINDISABLED in what a client is shown are the "
                  "front-end's own, never copied from a back-end's lists.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::backend_wire,
     .source = "KB 306874: back-ends still advertise"});

}  // namespace sallyport::properties
