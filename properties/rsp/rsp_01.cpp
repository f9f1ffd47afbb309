// RSP-01: every command is completed once. The observer attributes completions, by tag in IMAP and
// in order in POP3; what it can't attribute answers nothing. A POP3 server may say why it hangs up,
// so an -ERR that nobody asked for counts only once the server goes on.
#include <utility>

#include "properties/direction.hpp"
#include "properties/property.hpp"
#include "properties/rsp/obligations.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;
using trace::Status;

constexpr Outcome unasked = violated("a completion answers no command");

struct Rsp01 {
  using State = PerSession<Obligations>;

  static Outcome unattributed(Obligations& s, const trace::Event& e) {
    if (s.over != 0 || (s.lenient != 0 && e.status != Status::ok)) return not_concerned;
    if (e.protocol == trace::Protocol::imap || e.status == Status::ok) return unasked;
    s.farewell = 1;
    return not_concerned;
  }

  static Outcome at_rest(State& state) {
    Outcome outcome = not_concerned;
    for (Obligations& s : state.slots) {
      if (std::exchange(s.farewell, 0) != 0) outcome = unasked;
      if (s.take_overdue()) outcome = violated("a command is never completed");
    }
    return outcome;
  }

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::quiescent) return at_rest(state);
    Obligations* const s = e.point == trace::Point::client ? state.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    s->step(e);
    if (said_by_server(e) && std::exchange(s->farewell, 0) != 0) return unasked;
    if (e.kind != Kind::completion) return not_concerned;
    return e.command == trace::no_command ? unattributed(*s, e) : upheld;
  }
};

}  // namespace

extern const Property rsp_01 = make_property<Rsp01>(
    {.id = "RSP-01",
     .statement = "Every command is completed exactly once, and nothing else is.",
     .kind = PropertyKind::liveness,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "RFC 3501 §2.2.2, RFC 1939 §3"});

}  // namespace sallyport::properties
