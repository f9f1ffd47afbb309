// PER-01: which connections the scheduler picks decides nothing. Two runs of one script that differ
// in their leases end every authentication in the same way and as the same user.
#include <algorithm>

#include "properties/leases.hpp"
#include "properties/per/outcomes.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Per01 {
  struct State {
    PerLink<Owned> links;
    PerSession<Outcomes> sessions;
    std::uint64_t schedule = 0;  // digest of the leases since the last comparison
    std::uint64_t differed = 0;  // those of the two runs did, at some time
  };

  static Outcome step(State& state, const trace::Event& e) {
    follow_owners(state.links, e);
    if (e.kind == Kind::lease && state.differed == 0) {
      state.schedule = (state.schedule + (std::uint64_t{e.session} << 16U) + e.link + 1) * 1000003;
    }
    if (e.kind == Kind::failure) excuse(state.sessions, e);
    Outcomes* const s = state.sessions.find(e.session);
    if (s == nullptr || e.point != trace::Point::client) return not_concerned;
    const std::uint64_t user = user_behind(state.links, e.session);
    s->step(e, user != 0 ? user : identity_of(e.user));
    return not_concerned;
  }

  static Outcome compare(State& first, State& second) {
    if (first.schedule != second.schedule) first.differed = second.differed = 1;
    first.schedule = second.schedule = 0;
    auto worst = Outcomes::Agreement::undecided;
    for (std::uint16_t s = 0; s < max_sessions; ++s) {
      worst = std::max(worst, Outcomes::settle(*first.sessions.find(s), *second.sessions.find(s)));
    }
    if (worst == Outcomes::Agreement::undecided || first.differed == 0) return not_concerned;
    return worst == Outcomes::Agreement::equal
               ? upheld
               : violated("an authentication ends otherwise on another schedule");
  }
};

}  // namespace

extern const Property per_01 = make_property<Per01>(
    {.id = "PER-01",
     .statement = "An authentication ends the same way, and as the same user, on every schedule.",
     .kind = PropertyKind::two_safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "KB 306874",
     .variation = trace::Variation::schedule});

}  // namespace sallyport::properties
