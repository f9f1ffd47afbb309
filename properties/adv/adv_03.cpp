// ADV-03: what is offered works. The driver vouches for the attempt: a valid user, the right
// secret, properly sent. Whatever goes wrong then is the server's doing, unless a failure was
// injected while the attempt was under way. ID needs nobody's word.
#include "properties/adv/promises.hpp"

namespace sallyport::properties {
namespace {

struct Adv03 {
  using State = PerSession<Promises>;

  static Outcome step(State& state, const trace::Event& e) {
    Promises* const s = state.find(e.session);
    if (e.kind == trace::Kind::failure) {  // one that names no session may concern any of them
      for (Promises& each : state.slots) {
        if (e.session == trace::no_session || &each == s) each.drop();
      }
    }
    if (s == nullptr) return not_concerned;
    if (e.kind == trace::Kind::attempt) s->announce(e);
    if (e.point != trace::Point::client) return not_concerned;
    // Without a CAPA list it is USER's answer that says whether USER is there.
    const bool undecided = e.verb == trace::Verb::user && s->offers.saw_list == 0;
    const Attempt::End end = s->attempt.step(e);
    const Identification::End id = s->id.step(s->offers, e);
    s->offers.step(e);
    if (id == Identification::End::refused) return violated("ID is offered and refused");
    if (end == Attempt::End::accepted || id == Identification::End::answered) return upheld;
    if (end == Attempt::End::hung_up) return violated("the server hangs up on a valid user");
    if (end != Attempt::End::refused || undecided) return not_concerned;
    return violated("a valid user is refused by a way that is offered");
  }
};

}  // namespace

extern const Property adv_03 = make_property<Adv03>(
    {.id = "ADV-03",
     .statement = "Every way to log in that is offered works for a valid user, on every schedule, "
                  "and so does ID, unless a failure was injected or a stated limit reached.",
     .kind = PropertyKind::liveness,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "KB 306874, Mailu #2938"});

}  // namespace sallyport::properties
