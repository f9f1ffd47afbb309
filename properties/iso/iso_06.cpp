// ISO-06: front-end and back-end take a session for the same user, to the letter. Each tells the
// canonical form that it goes by.
#include "properties/iso/identities.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Iso06 {
  struct State {
    PerLink<Identified> links;           // by the back-end
    PerSession<std::uint64_t> sessions;  // by the front-end
  };

  static Outcome judged(Identities identities) {
    if (identities == Identities::unknown) return not_concerned;
    return identities == Identities::equal
               ? upheld
               : violated("front-end and back-end take a session for different users");
  }

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    const bool changes = e.kind == Kind::opened || e.kind == Kind::closed;
    std::uint64_t* const session = state.sessions.find(e.session);
    Identified* const link = state.links.find(e.link);
    if (changes && e.point == trace::Point::client && session != nullptr) *session = 0;
    if (changes && e.point == trace::Point::backend && link != nullptr) link->user = 0;
    if (e.kind != Kind::identified || e.user.empty()) return not_concerned;
    const std::uint64_t user = trace::digest_of(e.user);
    if (session != nullptr) {
      *session = user;
      return judged(compared(state.links, e.session, user));
    }
    if (link == nullptr) return not_concerned;
    link->user = user;
    const std::uint64_t* const by = state.sessions.find(holder(state.links, e));
    return by != nullptr ? judged(compared(user, *by)) : not_concerned;
  }
};

}  // namespace

extern const Property iso_06 = make_property<Iso06>(
    {.id = "ISO-06",
     .statement = "Front-end and back-end take a session for the same user, to the letter.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::inside,
     .source = "CVE-2022-27924"});

}  // namespace sallyport::properties
