// FRM-01: front-end and back-end read the same commands out of the same octets. Judged behind the
// login, where every command is the client's; what a front-end has to say for itself is left out.
#include "properties/frm/handed_on.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Frm01 {
  using State = Readings;  // judged: logged in, and nothing has failed since

  static Outcome at_rest(State& state) {
    bool any = false;
    for (HandedOn& s : state.sessions.slots) {
      const bool unread = s.take_unread();
      any = any || (unread && s.judged != 0);
    }
    return any ? violated("a back-end never reads a command that it was given") : not_concerned;
  }

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::quiescent) return at_rest(state);
    const auto [s, read] = follow_readings(state, e);
    if (e.kind == Kind::failure || e.kind == Kind::closed) {
      for (HandedOn& each : state.sessions.slots) {
        if (each.lost != 0) each.judged = 0;
      }
    }
    if (s == nullptr) return not_concerned;
    if (e.point == trace::Point::client && logs_in(e)) *s = {.judged = 1};
    if (s->judged == 0) return not_concerned;
    if (read == HandedOn::Read::other) {
      return violated("a back-end reads as a command what the front-end didn't");
    }
    return read == HandedOn::Read::alike ? upheld : not_concerned;
  }
};

}  // namespace

extern const Property frm_01 = make_property<Frm01>(
    {.id = "FRM-01",
     .statement = "A back-end reads exactly the commands that the front-end read and handed on, "
                  "each with the same octets.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::inside,
     .source = "RFC 3501 §2.2.1, RFC 7888 §4, CWE-444"});

}  // namespace sallyport::properties
