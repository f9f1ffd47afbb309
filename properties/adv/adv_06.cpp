// ADV-06: a back-end's lists stay behind.
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Capability;
using trace::Kind;

// What must not be copied: mechanisms, and what says how a client may log in. Other extensions may
// be relayed freely.
constexpr trace::CapabilitySet login_capabilities{Capability::starttls, Capability::login_disabled};

struct Adv06 {
  struct Lists {
    std::uint32_t mechanisms = 0;
    std::uint32_t capabilities = 0;
  };
  struct State {
    std::uint32_t has_policy = 0;
    Lists own;                 // configured, for sessions without TLS
    PerSession<Lists> own_of;  // and what more a session may show, since TLS
    Lists backends;            // shown by any back-end so far
  };

  static Outcome step(State& state, const trace::Event& e) {
    const std::uint32_t capabilities = (e.capabilities & login_capabilities).bits;
    if (e.kind == Kind::policy) {
      Lists* const target =
          e.session == trace::no_session ? &state.own : state.own_of.find(e.session);
      if (target != nullptr)
        *target = {.mechanisms = e.mechanisms.bits, .capabilities = capabilities};
      state.has_policy = 1;
    }
    if (e.kind == Kind::opened && e.point == trace::Point::client) {
      if (Lists* const own = state.own_of.find(e.session)) *own = {};
    }
    if (e.kind != Kind::offer) return not_concerned;
    if (e.point == trace::Point::backend) {
      state.backends.mechanisms |= e.mechanisms.bits;
      state.backends.capabilities |= capabilities;
      return not_concerned;
    }
    const Lists* const since_tls = state.own_of.find(e.session);
    if (state.has_policy == 0 || since_tls == nullptr) return not_concerned;
    const std::uint32_t foreign_mechanisms =
        state.backends.mechanisms & ~(state.own.mechanisms | since_tls->mechanisms);
    const std::uint32_t foreign_capabilities =
        state.backends.capabilities & ~(state.own.capabilities | since_tls->capabilities);
    if ((foreign_mechanisms | foreign_capabilities) == 0) return not_concerned;
    if ((e.mechanisms.bits & foreign_mechanisms) != 0) {
      return violated("a list shows a mechanism that only a back-end offers");
    }
    if ((capabilities & foreign_capabilities) != 0) {
      return violated("a list shows STARTTLS or LOGINDISABLED as a back-end does");
    }
    return upheld;
  }
};

}  // namespace

extern const Property adv_06 = make_property<Adv06>(
    {.id = "ADV-06",
     .statement = "Mechanisms, STARTTLS and LOGINDISABLED are never copied from what a back-end "
                  "shows into what a client sees.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::backend_wire,
     .source = "KB 306874: back-ends still advertise NTLM"});

}  // namespace sallyport::properties
