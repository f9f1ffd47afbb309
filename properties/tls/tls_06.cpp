// TLS-06: EXTERNAL makes a client nobody but the user of the certificate that it showed in this
// very session, or somebody whom that user may act for.
#include "properties/accounts.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Tls06 {
  struct Session {
    std::uint64_t user = 0;  // of the certificate
    std::uint64_t seen = 0;  // from its beginning
  };
  struct State {
    Accounts accounts;
    PerSession<Session> sessions;
  };

  /// What must not be accepted; empty where it may be.
  static std::string_view objection(const State& state, const Session& s, const trace::Event& e) {
    if (s.user == 0) return "EXTERNAL is accepted without a certificate";
    const std::uint64_t claimed = identity_of(e.user);
    const Account* const own = state.accounts.find(s.user);
    if (claimed == 0 || claimed == s.user || (own != nullptr && own->acts_for_others != 0)) {
      return {};
    }
    return "EXTERNAL makes a client another user than its certificate's";
  }

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::account) state.accounts.add(e);
    Session* const s = e.point == trace::Point::client ? state.sessions.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    if (e.kind == Kind::opened) *s = {.user = 0, .seen = 1};
    if (e.kind == Kind::closed) *s = {};
    if (e.kind == Kind::tls) s->user = identity_of(e.user);
    const bool external = e.mechanism == trace::Mechanism::external && authenticates(e);
    if (e.kind != Kind::completion || !external || s->seen == 0) return not_concerned;
    const std::string_view wrong = objection(state, *s, e);
    if (logs_in(e)) return wrong.empty() ? upheld : violated(wrong);
    return wrong.empty() ? not_concerned : upheld;
  }
};

}  // namespace

extern const Property tls_06 = make_property<Tls06>(
    {.id = "TLS-06",
     .statement = "EXTERNAL accepts a client only as the user of the certificate that it showed in "
                  "the same session.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::client_wire,
     .source = "CVE-2019-3814, RFC 4422 appendix A"});

}  // namespace sallyport::properties
