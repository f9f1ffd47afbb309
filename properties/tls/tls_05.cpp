// TLS-05: where back-ends are reached by TLS, nothing of a credential leaves before this very
// connection is under TLS and its peer is verified. And no password goes to a back-end that says it
// takes none, whatever the rule.
#include "properties/credentials.hpp"
#include "properties/property.hpp"
#include "properties/tls/channel.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Tls05 {
  struct State {
    PerLink<Leg> links;
    std::uint32_t ruled = 0;
  };

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::policy && e.session == trace::no_session) {
      state.ruled = e.rules.has(trace::Rule::tls_to_backends) ? 1 : 0;
    }
    Leg* const k = e.point == trace::Point::backend ? state.links.find(e.link) : nullptr;
    if (k == nullptr) return not_concerned;
    k->step(e);
    if (!carries_credential(e)) return not_concerned;
    if (k->login_disabled != 0 && e.verb == trace::Verb::login) {
      return violated("LOGIN goes to a back-end that shows LOGINDISABLED");
    }
    if (state.ruled == 0 || k->channel == Channel::unseen) return not_concerned;
    if (k->channel == Channel::clear) {
      return violated("a credential goes to a back-end in the clear");
    }
    return k->channel == Channel::verified
               ? upheld
               : violated("a credential goes to a back-end that was not verified");
  }
};

}  // namespace

extern const Property tls_05 = make_property<Tls05>(
    {.id = "TLS-05",
     .statement =
         "Where TLS to back-ends is the rule, no credential leaves on a connection without "
         "it or to a peer that was not verified.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "CVE-2021-22946, CVE-2011-4318, Dovecot 52fe791133"});

}  // namespace sallyport::properties
