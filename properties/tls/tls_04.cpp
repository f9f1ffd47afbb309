// TLS-04: no password before TLS, right or wrong, where that is the rule: the configuration's, or
// for LOGIN the one that the client was shown.
#include "properties/identity.hpp"
#include "properties/property.hpp"
#include "properties/tls/channel.hpp"
#include "trace/persistence.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Tls04 {
  struct State {
    PerSession<Leg> sessions;
    std::uint32_t ruled = 0;
  };

  static bool reveals_password(const trace::Event& e) {
    const trace::MechanismFacts* const known = trace::facts(e.mechanism);
    return known != nullptr ? known->reveals_password
                            : e.verb == trace::Verb::login || e.verb == trace::Verb::pass;
  }

  static Outcome step(State& state, const trace::Event& e) {
    Leg* const s = state.sessions.find(e.session);
    if (e.kind == Kind::policy && e.session == trace::no_session) {
      state.ruled = e.rules.has(trace::Rule::tls_before_clear_text) ? 1 : 0;
    }
    if (s == nullptr || e.point != trace::Point::client) return not_concerned;
    s->step(e);
    const bool login = e.kind == Kind::completion && authenticates(e);
    if (!login || !reveals_password(e)) return not_concerned;
    const bool shown = s->login_disabled != 0 && e.verb == trace::Verb::login;
    if (s->channel != Channel::clear || (state.ruled == 0 && !shown)) return not_concerned;
    return logs_in(e) ? violated("a password is accepted in the clear") : upheld;
  }
};

}  // namespace

extern const Property tls_04 = make_property<Tls04>(
    {.id = "TLS-04",
     .statement =
         "Where no password may come before TLS, none is accepted, not even the right one.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::client_wire,
     .source = "RFC 3501 §6.2.3, RFC 2595 §2"});

}  // namespace sallyport::properties
