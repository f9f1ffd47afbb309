// SAS-03: what isn't base64 is nobody's message. The front-end fails the exchange itself, before
// any back-end or verifier has to make something of it.
#include <utility>

#include "properties/credentials.hpp"
#include "properties/leases.hpp"
#include "properties/sas/no_base64.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Sas03 {
  struct State {
    PerLink<Leased> links;
    PerSession<NoBase64> sessions;
  };

  static Outcome passed_on(State& state, const trace::Event& e) {
    const NoBase64* const s = state.sessions.find(holder(state.links, e));
    return s != nullptr && s->its_turn() && carries_credential(e)
               ? violated("a message that is no base64 goes on to a back-end")
               : not_concerned;
  }

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    if (e.point == trace::Point::backend) return passed_on(state, e);
    NoBase64* const s = e.point == trace::Point::client ? state.sessions.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    s->step(e);
    const bool over = e.kind == Kind::opened || e.kind == Kind::closed;
    const bool answer =
        of_exchange(e) && (e.kind == Kind::continuation || e.kind == Kind::completion);
    if ((!over && !answer && e.kind != Kind::bye) || std::exchange(s->said, 0) == 0 || over) {
      return not_concerned;
    }
    if (e.kind == Kind::continuation) return violated("an exchange goes on behind no base64");
    return e.status == trace::Status::ok ? violated("a message that is no base64 is accepted")
                                         : upheld;
  }
};

}  // namespace

extern const Property sas_03 = make_property<Sas03>(
    {.id = "SAS-03",
     .statement = "A message that is not strict base64 fails its exchange, and nothing of it goes "
                  "to a back-end.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "RFC 3501 §6.2.2, RFC 4648 §3.3, Dovecot c1c53885bd"});

}  // namespace sallyport::properties
