// STM-02: a refused command changes nothing. Neither does what it asked for come true, nor is a
// command refused behind it that is certainly legal and well-formed.
#include "properties/property.hpp"
#include "properties/stm/refusals.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Stm02 {
  using State = PerSession<Refusals>;

  static Outcome completed(Refusals& s, const trace::Event& e) {
    const bool ok = e.status == trace::Status::ok;
    const bool asked_for_before = s.standing.forbids(e) && s.would_allow(e);
    const bool certain = s.take_certain(e);
    s.complete(e);
    if (asked_for_before) return ok ? violated("what was refused has taken effect") : upheld;
    if (!certain) return not_concerned;
    if (ok) return upheld;
    // IMAP's NO may have its reasons.
    if (e.status == trace::Status::bad || e.protocol == trace::Protocol::pop3) s.doomed = 1;
    return not_concerned;
  }

  static Outcome step(State& state, const trace::Event& e) {
    Refusals* const s = state.find(e.session);
    bool doomed = false;
    for (Refusals& each : state.slots) {
      if (e.kind == Kind::failure && (s == nullptr || s == &each)) each.excuse();
      if (e.kind == Kind::quiescent) doomed = each.take_doomed() || doomed;
    }
    if (doomed) return violated("behind a refused command a legal one is refused");
    if (s == nullptr || e.point != trace::Point::client) return not_concerned;
    if (e.kind == Kind::completion) return completed(*s, e);
    s->step(e);
    return not_concerned;
  }
};

}  // namespace

extern const Property stm_02 =
    make_property<Stm02>({.id = "STM-02",
                          .statement = "A command that is refused changes nothing.",
                          .kind = PropertyKind::safety,
                          .severity = Severity::medium,
                          .needs = Needs::client_wire,
                          .source = "RFC 3501 §6, RFC 1939 §3"});

}  // namespace sallyport::properties
