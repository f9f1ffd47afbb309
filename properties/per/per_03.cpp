// PER-03: a challenge is made for one exchange, by whoever judges the answer to it. One that was
// given before is anybody's to answer; one whose answer goes elsewhere is nobody's.
#include "properties/per/challenged.hpp"

namespace sallyport::properties {
namespace {

struct Per03 {
  struct State {
    PerLink<Leased> links;
    PerSession<Challenged> sessions;
  };

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    if (e.point == trace::Point::client) {
      Challenged* const own = state.sessions.find(e.session);
      const bool answered = own != nullptr && own->step(e);
      if (challenges(e) && e.repeated) {
        return violated("a challenge is given a second time");
      }
      return answered ? upheld : not_concerned;
    }
    Challenged* const own = state.sessions.find(holder(state.links, e));
    if (own == nullptr || !own->is_passed_on(e)) return not_concerned;
    const bool right = e.link == own->judge;
    *own = {};
    return right ? upheld
                 : violated("the answer to a challenge goes to another connection's back-end");
  }
};

}  // namespace

extern const Property per_03 = make_property<Per03>(
    {.id = "PER-03",
     .statement =
         "A challenge is fresh for each exchange and comes from whoever judges the answer.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "RFC 2195 §2, RFC 5802 §5.1"});

}  // namespace sallyport::properties
