// FRM-05: a name that was sent inside base64 or a literal may hold anything, a line's end too. What
// the front-end writes to log it in is one login all the same, and no other command.
#include "properties/frm/breaking.hpp"

namespace sallyport::properties {
namespace {

struct Frm05 {
  struct State {
    PerLink<Leased> links;
    PerSession<Written> sessions;
  };

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    if (e.point == trace::Point::backend) {
      Written* const s = state.sessions.find(holder(state.links, e));
      if (s == nullptr) return not_concerned;
      if (logs_in(e)) s->accepted = 1;
      if (!s->forbids(e)) return not_concerned;
      s->broken = 1;
      return violated("a login with a back-end holds another command");
    }
    Written* const s = e.point == trace::Point::client ? state.sessions.find(e.session) : nullptr;
    return s != nullptr && s->step(e) ? upheld : not_concerned;
  }
};

}  // namespace

extern const Property frm_05 = make_property<Frm05>(
    {.id = "FRM-05",
     .statement = "No user name and no password breaks out of the line or the quotation in which "
                  "a back-end gets it.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "CVE-2025-15366, CVE-2012-0036"});

}  // namespace sallyport::properties
