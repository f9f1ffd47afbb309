// ADV-03: what is offered works.
#include "properties/offers.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Adv03 {
  struct Session {
    Offers offers;
    std::uint8_t attempted = 0;  // a valid user is logging in by what was offered
    std::uint8_t unused[3] = {};
  };
  using State = PerSession<Session>;

  static bool is_login(trace::Verb verb) {
    return verb == trace::Verb::login || verb == trace::Verb::pass ||
           verb == trace::Verb::authenticate || verb == trace::Verb::auth;
  }

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::failure) {
      for (Session& s : state.slots) {
        if (e.session == trace::no_session || &s == state.find(e.session)) s.attempted = 0;
      }
      return not_concerned;
    }
    Session* const s = state.find(e.session);
    if (s == nullptr) return not_concerned;
    if (e.kind == Kind::attempt) {
      const bool offered = e.mechanism == trace::Mechanism::none
                               ? s->offers.basic(e.protocol)
                               : s->offers.offered().has(e.mechanism);
      s->attempted = e.valid && offered ? 1 : 0;
    }
    if (e.point != trace::Point::client) return not_concerned;
    s->offers.step(e);
    if (s->attempted == 0) return not_concerned;
    const bool ends =
        e.kind == Kind::completion &&
        (is_login(e.verb) || (e.verb == trace::Verb::user && e.status != trace::Status::ok));
    const bool dropped = e.kind == Kind::closed && e.from_server;
    if (!ends && e.kind != Kind::closed && e.kind != Kind::opened) return not_concerned;
    s->attempted = 0;
    if (dropped) return violated("the connection was closed on a valid user");
    if (!ends) return not_concerned;  // the client left
    return e.status == trace::Status::ok
               ? upheld
               : violated("an offered way to log in failed for a valid user");
  }
};

}  // namespace

extern const Property adv_03 = make_property<Adv03>(
    {.id = "ADV-03",
     .statement = "Every way to log in that is offered works for a valid user on every schedule, "
                  "unless a failure was injected or a stated limit reached.",
     .kind = PropertyKind::liveness,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "KB 306874: \"may prompt for authentication continuously\""});

}  // namespace sallyport::properties
