// RSP-03: a login at a back-end is the front-end's own business. The client hears how it ended, and
// nothing of what was said on the way.
#include "properties/leases.hpp"
#include "properties/rsp/login_talk.hpp"

namespace sallyport::properties {
namespace {

struct Rsp03 {
  struct State {
    PerLink<Leased> links;
    PerSession<LoginTalk> sessions;
  };

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    if (e.point == trace::Point::backend) {
      LoginTalk* const s = state.sessions.find(holder(state.links, e));
      if (s != nullptr) s->from_backend(e);
    }
    LoginTalk* const s = e.point == trace::Point::client ? state.sessions.find(e.session) : nullptr;
    return s == nullptr ? not_concerned : s->from_client(e);
  }
};

}  // namespace

extern const Property rsp_03 = make_property<Rsp03>(
    {.id = "RSP-03",
     .statement = "Untagged data and farewells of a back-end's login never reach the client, and "
                  "before its own login it gets no data of mailboxes.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::backend_wire,
     .applies = Applies::imap,
     .source = "Dovecot 29471bf743, CVE-2021-29969"});

}  // namespace sallyport::properties
