// The states of a set of monitors, numbered, and where each list of events leads from each of them,
// found once and remembered.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "properties/monitors.hpp"
#include "targets/explore/index_table.hpp"
#include "trace/event.hpp"

namespace sallyport::explore {

using MonitorsId = std::uint32_t;

/// What a step showed of one property.
struct Note {
  std::uint32_t property;  // place in the monitors
  std::uint32_t exercised;
  bool violated;
};

class MonitorGraph {
 public:
  explicit MonitorGraph(const properties::Monitors& monitors);

  [[nodiscard]] MonitorsId start() const { return 0; }

  struct Step {
    MonitorsId next;
    std::vector<Note> notes;
  };
  /// `id` names `events`. The reference holds until the next call.
  const Step& step(MonitorsId from, std::uint32_t id, const trace::Events& events);

  struct Comparison {
    MonitorsId first;
    MonitorsId second;
    std::vector<Note> notes;
  };
  const Comparison& compare(MonitorsId first, MonitorsId second);

  [[nodiscard]] std::size_t states() const { return states_.size(); }
  [[nodiscard]] std::size_t octets() const;

 private:
  MonitorsId number(const properties::Monitors::State& state);

  struct Key {
    std::uint32_t left;
    std::uint32_t right;
    friend bool operator==(const Key&, const Key&) = default;
  };
  static std::uint64_t hash(Key key) {
    return mixed((std::uint64_t{key.left} << 32 | key.right) + 0x9e3779b97f4a7c15);
  }

  const properties::Monitors& monitors_;
  std::vector<properties::Monitors::State> states_;
  IndexTable state_table_;
  std::vector<Key> step_keys_;
  std::vector<Step> steps_;
  IndexTable step_table_;
  std::vector<Key> comparison_keys_;
  std::vector<Comparison> comparisons_;
  IndexTable comparison_table_;
};

}  // namespace sallyport::explore
