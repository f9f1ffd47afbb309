#include "properties/monitors.hpp"

namespace sallyport::properties {

namespace {
constexpr std::size_t state_alignment = 8;
}

Monitors::Monitors(std::span<const Property* const> properties, trace::Protocol protocol) {
  for (const Property* const property : properties) {
    if (!applies_to(*property, protocol)) continue;
    kinds_heard_by(*property).each([&](trace::Kind kind) {
      const auto place = static_cast<std::size_t>(kind);
      if (place >= kind_count) return;
      listeners_[place].push_back({.step = property->step,
                                   .offset = static_cast<std::uint32_t>(octets_),
                                   .entry = static_cast<std::uint32_t>(entries_.size())});
    });
    entries_.push_back({.property = property, .offset = octets_});
    octets_ += (property->state_octets + state_alignment - 1) / state_alignment * state_alignment;
    has_two_safety_ |= property->compare != nullptr;
  }
}

Monitors::State Monitors::start() const {
  State state(octets_);
  for (const Entry& entry : entries_) entry.property->start(state.data() + entry.offset);
  return state;
}

std::vector<Tally> judge(const Monitors& monitors, const trace::Events& events) {
  std::vector<Tally> tallies(monitors.size());
  Monitors::State state = monitors.start();
  monitors.step(state, events, [&](std::size_t i, const Outcome& outcome, std::size_t event) {
    Tally& tally = tallies[i];
    ++tally.exercised;
    if (outcome.violation().empty()) return;
    if (tally.violations++ == 0) {
      tally.detail = outcome.violation();
      tally.event = event;
    }
  });
  return tallies;
}

}  // namespace sallyport::properties
