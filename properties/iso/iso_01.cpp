// ISO-01: a session's commands flow only on a connection that is logged in as its user.
#include "properties/leases.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Iso01 {
  struct State {
    Leases leases;
    PerSession<std::uint64_t> user;  // digest, since the client was told OK; 0: not logged in
  };

  static Outcome step(State& state, const trace::Event& e) {
    state.leases.step(e);
    if (e.point == trace::Point::client) {
      std::uint64_t* const user = state.user.find(e.session);
      if (user == nullptr) return not_concerned;
      if (e.kind == Kind::opened || e.kind == Kind::closed) *user = 0;
      if (e.kind == Kind::completion && e.status == trace::Status::ok && authenticates(e)) {
        *user = e.user.empty() ? 0 : trace::digest_of(e.user);
      }
      return not_concerned;
    }
    if (e.point != trace::Point::backend || e.kind != Kind::command) return not_concerned;
    const std::uint64_t* const user = state.user.find(state.leases.holder(e));
    const LinkFacts* const link = state.leases.links.find(e.link);
    if (user == nullptr || link == nullptr || *user == 0 || link->own == 0) return not_concerned;
    return *user == link->own
               ? upheld
               : violated("a command went to a connection that is logged in as another user");
  }
};

}  // namespace

extern const Property iso_01 = make_property<Iso01>(
    {.id = "ISO-01",
     .statement = "What a client sends after its login goes only to a connection that is logged in "
                  "as the same user.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "CVE-2003-0904"});

}  // namespace sallyport::properties
