// PER-05: a session's authentication rests on evidence inside that session.
#include "properties/leases.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Per05 {
  struct Session {
    Standing standing;
    std::uint8_t accepted = 0;  // by a back-end, since the client's command
    std::uint8_t unused[6] = {};
    std::uint64_t user = 0;  // as whom
  };
  struct State {
    Leases leases;
    PerSession<Session> sessions;
    std::uint64_t saw_backend = 0;
  };

  static Outcome step(State& state, const trace::Event& e) {
    state.leases.step(e);
    if (e.point == trace::Point::backend) {
      state.saw_backend = 1;
      Session* const s = state.sessions.find(state.leases.holder(e));
      if (s != nullptr && e.kind == Kind::completion && e.status == trace::Status::ok &&
          authenticates(e)) {
        s->accepted = 1;
        s->user = state.leases.links.find(e.link)->own;
      }
      return not_concerned;
    }
    Session* const s = state.sessions.find(e.session);
    if (s == nullptr || e.point != trace::Point::client) return not_concerned;
    const Standing before = s->standing;
    s->standing.step(e);
    if (e.kind == Kind::opened || (e.kind == Kind::command && authenticates(e))) {
      s->accepted = 0;
      s->user = 0;
    }
    if (e.kind != Kind::completion || e.command == trace::no_command) return not_concerned;
    const bool ok = e.status == trace::Status::ok;
    if (!authenticates(e)) {
      if (before.state != SessionState::not_authenticated || before.allows(e)) return not_concerned;
      return ok ? violated("a session that never logged in has the use of a mailbox") : upheld;
    }
    if (!ok || state.saw_backend == 0) return not_concerned;
    const std::uint64_t user = e.user.empty() ? 0 : trace::digest_of(e.user);
    if (s->accepted != 0) {
      const bool same = user == 0 || s->user == 0 || user == s->user;
      return same ? upheld : violated("the back-end accepted another user than the client named");
    }
    const LinkFacts* const link = state.leases.leased_by(e.session);
    const bool known = link != nullptr && link->own == user && user != 0 &&
                       link->secret == e.secret && e.secret != 0;
    return known ? upheld
                 : violated("a login succeeded that no back-end accepted for this session");
  }
};

}  // namespace

extern const Property per_05 = make_property<Per05>(
    {.id = "PER-05",
     .statement = "A session is authenticated by evidence given inside it, never by the state of a "
                  "pooled connection.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "CVE-2015-3143"});

}  // namespace sallyport::properties
