// TLS-03: what was offered before TLS is no offer under it. The front-end shows a client what holds
// now, and asks a back-end again before it picks one of its mechanisms.
#include "properties/direction.hpp"
#include "properties/property.hpp"
#include "properties/tls/lists.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Tls03 {
  struct State {
    PerSession<FirstList> sessions;
    PerLink<Listed> links;
  };

  static Outcome of_client(FirstList& s, const trace::Event& e) {
    s.step(e);
    if (!s.take(e)) return not_concerned;
    return s.agrees(e) ? upheld : violated("the first list under TLS is not the one for TLS");
  }

  static Outcome of_backend(Listed& k, const trace::Event& e) {
    follow(k, e);
    const bool begins = asks(e) && authenticates(e) && e.mechanism != trace::Mechanism::none;
    if (!begins || k == Listed::clear) return not_concerned;
    if (k == Listed::logged_in)
      return not_concerned;  // the client's own, for the back-end to refuse
    return k == Listed::again
               ? upheld
               : violated("a mechanism is begun under TLS by a back-end's list from before it");
  }

  static Outcome step(State& state, const trace::Event& e) {
    FirstList* const s = state.sessions.find(e.session);
    Listed* const k = state.links.find(e.link);
    if (e.kind == Kind::policy && s != nullptr && s->due != 0) {
      s->policy = ways_in(e);
      s->known = 1;
    }
    if (e.point == trace::Point::client && s != nullptr) return of_client(*s, e);
    return e.point == trace::Point::backend && k != nullptr ? of_backend(*k, e) : not_concerned;
  }
};

}  // namespace

extern const Property tls_03 = make_property<Tls03>(
    {.id = "TLS-03",
     .statement = "Under TLS a client is shown what holds under TLS, and a back-end is asked again "
                  "what it offers.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::backend_wire,
     .source = "RFC 3501 §6.2.1, RFC 2595 §4"});

}  // namespace sallyport::properties
