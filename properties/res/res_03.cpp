// RES-03: a session that is logged in may rest. Servers that end it for silence wait half an hour
// in IMAP and ten minutes in POP3, from the client's last word.
#include "properties/property.hpp"
#include "properties/res/silence.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Res03 {
  using State = PerSession<Silence>;

  static Outcome step(State& state, const trace::Event& e) {
    Silence* const s = state.find(e.session);
    bool rests = false;
    for (Silence& each : state.slots) {
      if (e.kind == Kind::elapsed) each.elapse(e.amount, e.protocol);
      if (e.kind == Kind::failure && (s == nullptr || s == &each)) each.excuse();
      if (e.kind == Kind::quiescent) rests = each.take_rest() || rests;
    }
    if (rests) return upheld;
    if (s == nullptr || e.point != trace::Point::client) return not_concerned;
    const bool ended = e.kind == Kind::bye || (e.kind == Kind::closed && e.from_server);
    const Silence had = *s;
    s->step(e);
    if (!ended || !had.counts()) return not_concerned;
    return had.seconds >= Silence::seconds_min(e.protocol)
               ? upheld
               : violated("a session is ended for silence before its time");
  }
};

}  // namespace

extern const Property res_03 = make_property<Res03>(
    {.id = "RES-03",
     .statement = "A session that is logged in is not ended for silence before thirty minutes in "
                  "IMAP, ten in POP3.",
     .kind = PropertyKind::safety,
     .severity = Severity::low,
     .needs = Needs::client_wire,
     .source = "RFC 3501 §5.4, RFC 1939 §3"});

}  // namespace sallyport::properties
