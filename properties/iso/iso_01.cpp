// ISO-01: behind its login a session is served only by a connection that is logged in as its user.
// What itself logs in is no such command, nor is anything before the client was told OK.
#include "properties/direction.hpp"
#include "properties/leases.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Iso01 {
  struct State {
    PerLink<Owned> links;
    PerSession<std::uint64_t> users;  // since the client was told OK: identity_of; 0: unknown
  };

  static Outcome step(State& state, const trace::Event& e) {
    follow_owners(state.links, e);
    if (e.point == trace::Point::client) {
      std::uint64_t* const user = state.users.find(e.session);
      if (user == nullptr) return not_concerned;
      if (e.kind == Kind::opened || e.kind == Kind::closed) *user = 0;
      if (logs_in(e)) *user = identity_of(e.user);
    }
    if (e.point != trace::Point::backend || !asks(e)) return not_concerned;
    if (is_of_login(e)) return not_concerned;
    const std::uint64_t* const user = state.users.find(holder(state.links, e));
    const Owned* const link = state.links.find(e.link);
    if (user == nullptr || *user == 0 || link == nullptr || link->user == 0) return not_concerned;
    return *user == link->user
               ? upheld
               : violated("a session's command goes to a connection of another user");
  }
};

}  // namespace

extern const Property iso_01 = make_property<Iso01>(
    {.id = "ISO-01",
     .statement =
         "What a session sends after its login goes only to a connection that is logged in "
         "as the session's user.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "CVE-2003-0904"});

}  // namespace sallyport::properties
