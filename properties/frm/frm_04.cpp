// FRM-04: a line that breaks the grammar of lines, by a bare LF or CR or a NUL, is one thing to
// both sides: refused, or read alike. Judged step by step, so that the line is what is read.
#include <utility>

#include "properties/frm/handed_on.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Frm04 {
  using State = Readings;  // judged: a malformed line came in this step

  static Outcome at_rest(State& state) {
    bool any = false;
    bool unread = false;
    for (HandedOn& s : state.sessions.slots) {
      const bool spoilt = std::exchange(s.judged, 0) != 0 && s.lost == 0;
      unread = (s.take_unread() && spoilt) || unread;
      any = any || spoilt;
    }
    if (unread) return violated("a back-end doesn't read a malformed line as the front-end does");
    return any ? upheld : not_concerned;
  }

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::quiescent) return at_rest(state);
    const auto [s, read] = follow_readings(state, e);
    if (s == nullptr) return not_concerned;
    const bool said = e.point == trace::Point::client && !e.from_server;
    if (said && e.kind == Kind::malformed) s->judged = 1;
    if (s->judged == 0 || read != HandedOn::Read::other) return not_concerned;
    s->lose();
    return violated("a malformed line is other commands to the back-end than to the front-end");
  }
};

}  // namespace

extern const Property frm_04 = make_property<Frm04>(
    {.id = "FRM-04",
     .statement = "A line with a bare CR or LF, or a NUL, is refused, or is the same to front-end "
                  "and back-end.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::inside,
     .source = "RFC 3501 §9, RFC 1939 §3, CVE-2007-5740"});

}  // namespace sallyport::properties
