// RSP-04: a front-end that passes on lines as they are passes on their dots as well. What it takes
// off or adds is for the client to be read: as a letter of the mail, or as its end.
#include "properties/leases.hpp"
#include "properties/rsp/mail_lines.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Rsp04 {
  struct State {
    PerLink<Leased> links;
    PerSession<MailLines> sessions;
  };

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    if (e.kind == Kind::failure) {
      for (const trace::SessionId id : {e.session, holder(state.links, e)}) {
        if (MailLines* const s = state.sessions.find(id)) s->lose_sight();
      }
    }
    if (e.kind == Kind::quiescent) {
      for (MailLines& s : state.sessions.slots) s.rest();
    }
    if (e.point == trace::Point::backend) {
      MailLines* const s = state.sessions.find(holder(state.links, e));
      if (s != nullptr) s->from_backend(e);
    }
    MailLines* const s = e.point == trace::Point::client ? state.sessions.find(e.session) : nullptr;
    return s == nullptr ? not_concerned : s->from_client(e);
  }
};

}  // namespace

extern const Property rsp_04 = make_property<Rsp04>(
    {.id = "RSP-04",
     .statement = "Each line of a message reaches the client as the back-end sent it, with its "
                  "dots and one end, and no reply begins with more than 512 octets.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::backend_wire,
     .applies = Applies::pop3,
     .source = "RFC 1939 §3"});

}  // namespace sallyport::properties
