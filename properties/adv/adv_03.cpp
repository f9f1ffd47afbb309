// ADV-03: what is offered works. The driver vouches for the attempt: a valid user, the right
// secret, properly sent. Whatever goes wrong then is the server's doing, unless a failure was
// injected while the attempt was under way.
#include "properties/adv/attempt.hpp"
#include "properties/offers.hpp"

namespace sallyport::properties {
namespace {

struct Adv03 {
  struct Session {
    Offers offers;
    Attempt attempt;
  };
  using State = PerSession<Session>;

  static Outcome step(State& state, const trace::Event& e) {
    Session* const s = state.find(e.session);
    if (e.kind == trace::Kind::failure) {  // one that names no session may concern any of them
      for (Session& each : state.slots) {
        if (e.session == trace::no_session || &each == s) each.attempt.drop();
      }
    }
    if (s == nullptr) return not_concerned;
    if (e.kind == trace::Kind::attempt) {
      const bool offered = e.mechanism == trace::Mechanism::none
                               ? s->offers.may_log_in_basic(e.protocol)
                               : s->offers.has(e.mechanism);
      s->attempt.drop();
      if (e.valid && offered && s->attempt.authenticated == 0) s->attempt.announce(e.mechanism);
    }
    if (e.point != trace::Point::client) return not_concerned;
    // Without a CAPA list it is USER's answer that says whether USER is there.
    const bool undecided = e.verb == trace::Verb::user && s->offers.saw_list == 0;
    const Attempt::End end = s->attempt.step(e);
    s->offers.step(e);
    if (end == Attempt::End::accepted) return upheld;
    if (end == Attempt::End::hung_up) return violated("the server hangs up on a valid user");
    if (end != Attempt::End::refused || undecided) return not_concerned;
    return violated("a valid user is refused by a way that is offered");
  }
};

}  // namespace

extern const Property adv_03 = make_property<Adv03>(
    {.id = "ADV-03",
     .statement = "Every way to log in that is offered works for a valid user, on every schedule, "
                  "unless a failure was injected or a stated limit reached.",
     .kind = PropertyKind::liveness,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "KB 306874"});

}  // namespace sallyport::properties
