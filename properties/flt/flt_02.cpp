// FLT-02: an answer that breaks off is no answer. Nothing is made up for the rest of it and nothing
// of another connection is put in its place: the client is hung up on.
#include "properties/flt/broken_answer.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;
using Seen = BrokenAnswer::Seen;

struct Flt02 {
  struct State {
    PerLink<Relaying> links;
    PerSession<BrokenAnswer> sessions;
  };

  static void follow_backend(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    Relaying* const k = state.links.find(e.link);
    BrokenAnswer* const s = state.sessions.find(holder(state.links, e));
    if (k == nullptr) return;
    const bool died = e.kind == Kind::closed && e.from_server;
    if (s != nullptr && k->in_flight != 0 && (e.kind == Kind::failure || died)) {
      s->break_off(e.link);
    }
    if (e.point != trace::Point::backend) return;
    const bool whole = k->step(e);
    if (s != nullptr) s->from_backend(e, whole);
  }

  static Outcome step(State& state, const trace::Event& e) {
    follow_backend(state, e);
    if (e.kind == Kind::quiescent) {
      return take_overdue(state.sessions) ? violated("a client is left with half an answer")
                                          : not_concerned;
    }
    const bool client = e.point == trace::Point::client;
    BrokenAnswer* const s = client ? state.sessions.find(e.session) : nullptr;
    const Seen seen = s == nullptr ? Seen::nothing : s->step(e);
    if (seen == Seen::nothing) return not_concerned;
    if (seen == Seen::ended) return upheld;
    return seen == Seen::completed ? violated("an answer that broke off is completed")
                                   : violated("an answer that broke off goes on");
  }
};

}  // namespace

extern const Property flt_02 = make_property<Flt02>(
    {.id = "FLT-02",
     .statement = "Where a back-end fails in the middle of an answer, the client is hung up on; "
                  "the answer is neither completed nor gone on with.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "RFC 3501 §7.4.2, RFC 1939 §5"});

}  // namespace sallyport::properties
