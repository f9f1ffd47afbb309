// Breadth-first search over small values. Whatever is large about a state (a world, the monitors'
// octets) is kept elsewhere once and has a number; a state is then a few numbers, compared exactly.
//
// The table of visited states is also the queue and the trail: states stand in it in the order in
// which they were found, each with its parent and the label of the step that led to it. So a state
// costs its own size and 20 octets, and the way back from any state is a shortest one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <type_traits>
#include <vector>

#include "targets/explore/index_table.hpp"

namespace sallyport::explore {

/// Why a search ended.
enum class Stop : std::uint8_t { exhausted, depth, states, memory, time, asked };

[[nodiscard]] constexpr std::string_view name(Stop stop) {
  constexpr std::string_view names[] = {"exhausted", "depth", "states", "memory", "time", "asked"};
  return names[static_cast<std::size_t>(stop)];
}

struct Limits {
  std::size_t depth_max = std::numeric_limits<std::size_t>::max();
  std::uint64_t states_max = std::numeric_limits<std::uint32_t>::max() - 1;
};

template <class State>
class Search {
  static_assert(std::is_trivially_copyable_v<State> &&
                    std::has_unique_object_representations_v<State>,
                "a state's octets are its identity");

 public:
  using Id = std::uint32_t;
  using Label = std::uint32_t;

  /// Without a start it has nothing to do until one is read from an archive.
  Search() = default;
  explicit Search(const State& start) { add(start, 0, 0); }

  /// `expand(id, state, emit)` calls `emit(successor, label)` for each step from `state`; `watch()`
  /// is asked before each state and gives a reason to stop, or Stop::exhausted to go on. Run again,
  /// it goes on where it stopped.
  template <class Expand, class Watch>
  Stop run(const Limits& limits, Expand&& expand, Watch&& watch) {
    for (Id id = expanded_; id < nodes_.size(); ++id) {
      if (id == level_end_) {
        ++depth_;
        level_end_ = static_cast<Id>(nodes_.size());
      }
      if (depth_ >= limits.depth_max) return Stop::depth;
      if (const Stop stop = watch(); stop != Stop::exhausted) return stop;
      bool full = false;
      const State state = nodes_[id].state;
      expand(id, state, [&](const State& successor, Label label) {
        full = !add(successor, id, label, limits.states_max) || full;
      });
      if (full) return Stop::states;
      expanded_ = id + 1;
    }
    return Stop::exhausted;
  }

  [[nodiscard]] std::size_t states() const { return nodes_.size(); }
  /// Every state within this many steps of the start has been expanded or has nothing behind it.
  [[nodiscard]] std::size_t depth() const { return depth_; }
  [[nodiscard]] std::size_t waiting() const { return nodes_.size() - expanded_; }
  [[nodiscard]] std::size_t octets() const {
    return nodes_.capacity() * sizeof(Node) + table_.octets();
  }

  /// Of the step that led to `id` first; of the start, 0.
  [[nodiscard]] Label label(Id id) const { return nodes_[id].label; }

  /// The labels on the way from the start to `id`.
  [[nodiscard]] std::vector<Label> way_to(Id id) const {
    std::vector<Label> labels;
    for (; id != 0; id = nodes_[id].parent) labels.push_back(nodes_[id].label);
    std::reverse(labels.begin(), labels.end());
    return labels;
  }

  template <class Archive>
  void archive(Archive& archive) {
    archive(nodes_, table_, depth_, level_end_, expanded_);
  }

 private:
  struct Node {
    State state;
    Id parent;
    Label label;
  };

  static std::uint64_t hash(const State& state) {
    static_assert(sizeof(State) % 4 == 0);
    std::uint64_t h = 0x9e3779b97f4a7c15;
    for (std::size_t i = 0; i < sizeof(State); i += 4) {
      std::uint32_t word = 0;
      std::memcpy(&word, reinterpret_cast<const std::byte*>(&state) + i, 4);
      h = mixed(h ^ word);
    }
    return h;
  }

  /// False where a new state found no room.
  bool add(const State& state, Id parent, Label label,
           std::uint64_t states_max = std::numeric_limits<std::uint32_t>::max() - 1) {
    const auto same = [&](Id id) {
      return std::memcmp(&nodes_[id].state, &state, sizeof state) == 0;
    };
    const auto next = static_cast<Id>(nodes_.size());
    if (nodes_.size() >= states_max) return table_.find(hash(state), same).has_value();
    if (table_.find_or_add(hash(state), next, same) == next)
      nodes_.push_back({state, parent, label});
    return true;
  }

  std::vector<Node> nodes_;
  IndexTable table_;
  std::size_t depth_ = 0;
  Id level_end_ = 1;
  Id expanded_ = 0;
};

}  // namespace sallyport::explore
