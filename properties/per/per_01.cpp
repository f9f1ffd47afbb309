// PER-01: which connections the scheduler picks decides nothing. Two runs of one script that differ
// in their leases end every authentication in the same way and as the same user.
#include "properties/leases.hpp"
#include "properties/per/outcomes.hpp"

namespace sallyport::properties {
namespace {

struct Per01 {
  struct State {
    PerLink<Owned> links;
    PerSession<Outcomes> sessions;
    std::uint64_t schedule = 0;  // digest of the leases since the last comparison
    std::uint64_t differed = 0;  // those of the two runs did, at some time
  };

  static Outcome step(State& state, const trace::Event& e) {
    follow_owners(state.links, e);
    if (e.kind == trace::Kind::lease && state.differed == 0) {
      state.schedule = (state.schedule + (std::uint64_t{e.session} << 16U) + e.link + 1) * 1000003;
    }
    Outcomes* const s = e.point == trace::Point::client ? state.sessions.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    const std::uint64_t user = user_behind(state.links, e.session);
    s->step(e, user != 0 ? user : identity_of(e.user));
    return not_concerned;
  }

  static Outcome compare(State& first, State& second) {
    if (first.schedule != second.schedule) first.differed = second.differed = 1;
    first.schedule = second.schedule = 0;
    Outcome outcome = not_concerned;
    for (std::uint16_t s = 0; s < max_sessions; ++s) {
      Outcomes& a = *first.sessions.find(s);
      Outcomes& b = *second.sessions.find(s);
      if (a.count == 0 || b.count == 0) continue;
      const bool equal = a.take() == b.take();
      if (first.differed == 0 || !outcome.violation.empty()) continue;
      outcome = equal ? upheld : violated("an authentication ends otherwise on another schedule");
    }
    return outcome;
  }
};

}  // namespace

extern const Property per_01 = make_property<Per01>(
    {.id = "PER-01",
     .statement = "How an authentication ends, and as whom, is the same whichever back-end "
                  "connections the scheduler picks.",
     .kind = PropertyKind::two_safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "KB 306874",
     .variation = trace::Variation::schedule});

}  // namespace sallyport::properties
