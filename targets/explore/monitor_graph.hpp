// The states of a set of monitors, numbered, and where each list of events leads from each of them.
//
// Monitors know nothing of each other, so each has states and steps of its own, found once and
// remembered; the joint state is the list of their numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "properties/monitors.hpp"
#include "targets/explore/index_table.hpp"
#include "targets/explore/octets.hpp"
#include "targets/explore/world_graph.hpp"
#include "trace/event.hpp"

namespace sallyport::explore {

using MonitorsId = std::uint32_t;
using NotesId = std::uint32_t;

/// What a step showed of one property.
struct Note {
  std::uint32_t property = 0;  // place in the monitors
  std::uint16_t exercised = 0;
  bool violated = false;
};

class MonitorGraph {
 public:
  explicit MonitorGraph(const properties::Monitors& monitors);

  [[nodiscard]] MonitorsId start() const { return 0; }

  struct Step {
    MonitorsId next = 0;
    NotesId notes = 0;
  };
  /// `name` stands for `events`, and for no others.
  Step step(MonitorsId from, std::uint32_t name, const trace::Events& events);

  struct Comparison {
    MonitorsId first = 0;
    MonitorsId second = 0;
    NotesId notes = 0;
  };
  Comparison compare(MonitorsId first, MonitorsId second);

  /// The state that renamed events would have led to: `renamed` gives their name for the name of
  /// the events as they were, and `events` what a name stands for. Only of states that steps led
  /// to.
  template <class Renamed, class Named>
  MonitorsId renamed(MonitorsId state, RenamingId renaming, Renamed&& renamed_name,
                     Named&& events) {
    if (state == start() || renaming == 0) return state;
    if (images_.size() <= renaming) images_.resize(renaming + std::size_t{1});
    if (images_[renaming].size() <= state) images_[renaming].resize(joint_.size(), unknown);
    if (images_[renaming][state] != unknown) return images_[renaming][state];
    const Origin origin = origins_[state];
    const MonitorsId from = renamed(origin.from, renaming, renamed_name, events);
    const std::uint32_t name = renamed_name(origin.events, renaming);
    const MonitorsId image = step(from, name, events(name)).next;
    images_[renaming][state] = image;
    return image;
  }

  /// Calls each(state, name) for every step that the monitor at `place` was seen to take, once:
  /// with the octets of the state that it was taken in, and the name of its events.
  template <class Each>
  void steps_of(std::uint32_t place, Each&& each) const {
    for (const Single& step : singles_) {
      if (step.monitor == place) each(states_[place][step.from], step.events);
    }
  }

  [[nodiscard]] const std::vector<Note>& notes(NotesId id) const { return notes_[id]; }
  [[nodiscard]] std::size_t notes() const { return notes_.size(); }
  [[nodiscard]] std::size_t states() const { return joint_.size(); }
  [[nodiscard]] std::size_t memory() const;
  template <class Archive>
  void archive(Archive& archive) {
    archive(states_, singles_, single_table_, joint_, origins_, images_, note_numbers_, notes_);
  }

 private:
  using StateId = std::uint32_t;
  static constexpr std::uint32_t unknown = 0xffffffff;

  /// One monitor's step over one list of events.
  struct Single {
    std::uint32_t from = 0;  // the monitor's state
    std::uint32_t events = 0;
    std::uint32_t monitor = 0;
    StateId next = 0;
    std::uint16_t exercised = 0;
    bool violated = false;
  };
  struct Joint {
    std::uint32_t left = unknown;
    std::uint32_t right = unknown;
    MonitorsId next = 0;
    MonitorsId second = 0;
    NotesId notes = 0;
  };
  struct Origin {
    MonitorsId from = 0;
    std::uint32_t events = 0;
  };
  // The latest joint steps; what falls out of it is made of single ones again.
  static constexpr std::size_t recent_max = std::size_t{1} << 18U;

  static std::uint64_t hash(std::uint32_t left, std::uint32_t right, std::uint32_t more = 0) {
    return mixed(mixed((std::uint64_t{left} << 32U | right) + 0x9e3779b97f4a7c15) + more);
  }
  const Single& single(std::uint32_t monitor, StateId from, std::uint32_t name,
                       const trace::Events& events);
  void states_of(MonitorsId joint, std::vector<StateId>& out) const;
  MonitorsId number(const std::vector<StateId>& states, const Origin& origin);
  NotesId number(const std::vector<Note>& notes);

  const properties::Monitors& monitors_;
  std::vector<Octets> states_;  // of each monitor
  std::vector<Single> singles_;
  IndexTable single_table_;
  Octets joint_;
  std::vector<Origin> origins_;
  std::vector<std::vector<MonitorsId>> images_;
  std::vector<Joint> recent_;
  std::vector<Joint> recent_comparisons_;
  Octets note_numbers_;
  std::vector<std::vector<Note>> notes_;
  // Buffers.
  std::vector<StateId> one_;
  std::vector<StateId> two_;
  std::vector<Note> noted_;
  std::string encoded_;
};

}  // namespace sallyport::explore
