// A set of monitors run side by side: their states in one block of bytes, their verdicts in a
// tally.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "properties/hearing.hpp"
#include "properties/property.hpp"
#include "trace/event.hpp"

namespace sallyport::properties {

/// What a run, or many runs, showed of one property.
struct Tally {
  std::uint64_t exercised = 0;
  std::uint64_t violations = 0;
  // Of the first violation:
  std::string_view detail;
  std::size_t event = 0;  // index into the events of the run
};

/// Which properties are judged, and where each one's state lies. Shared by all states of a search.
class Monitors {
 public:
  /// Those of `properties` that apply to `protocol`. What the judge can't see is left out by the
  /// caller: it is unobservable, not vacuous.
  Monitors(std::span<const Property* const> properties, trace::Protocol protocol);

  /// The joint state: regular, compared and hashed by its octets.
  using State = std::vector<std::byte>;
  [[nodiscard]] State start() const;

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] const Property& property(std::size_t i) const { return *entries_[i].property; }
  [[nodiscard]] bool has_two_safety() const { return has_two_safety_; }

  /// Steps every monitor over `events`; `each(i, outcome, event_index)` is called for every event
  /// that concerned property i.
  template <class Each>
  void step(State& state, const trace::Events& events, Each&& each) const {
    std::byte* const octets = state.data();
    for (std::size_t e = 0; e < events.size(); ++e) {
      const trace::Event& event = events[e];
      for (const Listener& listener : listeners_[static_cast<std::size_t>(event.kind)]) {
        const Outcome outcome = listener.step(octets + listener.offset, event);
        if (outcome.exercised()) each(std::size_t{listener.entry}, outcome, e);
      }
    }
  }

  /// Compares the 2-safety projections of two runs, both quiescent.
  template <class Each>
  void compare(State& first, State& second, Each&& each) const {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].property->compare == nullptr) continue;
      const Outcome outcome = entries_[i].property->compare(first.data() + entries_[i].offset,
                                                            second.data() + entries_[i].offset);
      if (outcome.exercised()) each(i, outcome);
    }
  }

 private:
  struct Entry {
    const Property* property;
    std::size_t offset;
  };
  /// One that hears events of a kind.
  struct Listener {
    Outcome (*step)(std::byte* state, const trace::Event& event);
    std::uint32_t offset;
    std::uint32_t entry;
  };
  std::vector<Entry> entries_;
  std::array<std::vector<Listener>, kind_count> listeners_;
  std::size_t octets_ = 0;
  bool has_two_safety_ = false;
};

/// Folds one trace through the safety and liveness monitors. One tally per property of `monitors`.
[[nodiscard]] std::vector<Tally> judge(const Monitors& monitors, const trace::Events& events);

}  // namespace sallyport::properties
