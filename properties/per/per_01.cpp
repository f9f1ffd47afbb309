// PER-01: the outcome doesn't depend on which connections the scheduler picks.
#include <algorithm>

#include "properties/leases.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

// The projection: per session, how each authentication ended and whom it made the client. Outcomes
// wait until the other run has as many.
struct Per01 {
  struct Projection {
    std::array<std::uint64_t, 4> outcomes{};
    std::uint64_t count = 0;
  };
  struct State {
    Leases leases;
    PerSession<Projection> sessions;
    std::uint64_t schedule = 0;  // digest of the leases since the last comparison
    std::uint64_t differed = 0;  // the two schedules did, at some time
  };

  static Outcome step(State& state, const trace::Event& e) {
    state.leases.step(e);
    if (e.kind == Kind::lease) {
      state.schedule = state.schedule * 1000003 + (std::uint64_t{e.session} << 16U) + e.link + 1;
    }
    if (e.kind != Kind::completion || e.point != trace::Point::client || !authenticates(e)) {
      return not_concerned;
    }
    Projection* const p = state.sessions.find(e.session);
    if (p == nullptr || p->count == p->outcomes.size()) return not_concerned;
    std::uint64_t identity = 0;
    if (e.status == trace::Status::ok) {
      const LinkFacts* const link = state.leases.leased_by(e.session);
      identity = link != nullptr ? link->own : trace::digest_of(e.user);
    }
    p->outcomes[p->count++] = identity * 31 + static_cast<std::uint64_t>(e.verb) * 8 +
                              static_cast<std::uint64_t>(e.status);
    return not_concerned;
  }

  static Outcome compare(State& first, State& second) {
    if (first.schedule != second.schedule) first.differed = second.differed = 1;
    first.schedule = second.schedule = 0;
    Outcome outcome = not_concerned;
    for (std::size_t s = 0; s < max_sessions; ++s) {
      Projection& a = first.sessions.slots[s];
      Projection& b = second.sessions.slots[s];
      const std::uint64_t both = std::min(a.count, b.count);
      if (both == 0) continue;
      const bool equal =
          std::equal(a.outcomes.begin(), a.outcomes.begin() + both, b.outcomes.begin());
      for (Projection* const p : {&a, &b}) {
        std::shift_left(p->outcomes.begin(), p->outcomes.end(), static_cast<std::ptrdiff_t>(both));
        std::fill(p->outcomes.end() - static_cast<std::ptrdiff_t>(both), p->outcomes.end(), 0);
        p->count -= both;
      }
      if (first.differed == 0) continue;
      outcome.exercised = true;
      if (!equal) outcome = violated("an authentication ends differently on another schedule");
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
