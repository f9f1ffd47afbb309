// The worlds that can be reached, numbered, and the steps between them, found as they are asked
// for.
//
// Many states of the search share a world: they differ in what the monitors remember, or in the
// second world beside it. So each world takes each of its steps only once, and is thrown away when
// its steps are known; what stays is where they lead and what was seen on the way. Both are
// numbered by what they are up to the names of tags and nonces, which is all that a monitor may
// depend on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "targets/explore/fingerprint.hpp"
#include "targets/explore/index_table.hpp"
#include "trace/canonical.hpp"
#include "world/script.hpp"
#include "world/world.hpp"

namespace sallyport::explore {

using WorldId = std::uint32_t;
using EventsId = std::uint32_t;

/// Numbers octets by their fingerprints.
class Numbering {
 public:
  explicit Numbering(std::uint64_t seed) : fingerprint_(seed) {}
  std::uint32_t number(std::string_view octets) {
    const Fingerprint print = fingerprint_(octets);
    const auto next = static_cast<std::uint32_t>(prints_.size());
    const std::uint32_t found = table_.find_or_add(
        mixed(print.first), next, [&](std::uint32_t i) { return prints_[i] == print; });
    if (found == next) prints_.push_back(print);
    octets_max_ = octets.size() > octets_max_ ? octets.size() : octets_max_;
    return found;
  }
  [[nodiscard]] std::size_t size() const { return prints_.size(); }
  [[nodiscard]] double confusion() const {
    return Fingerprints::confusion(static_cast<double>(size()), static_cast<double>(octets_max_));
  }
  [[nodiscard]] std::size_t octets() const {
    return prints_.capacity() * sizeof(Fingerprint) + table_.octets();
  }

 private:
  Fingerprints fingerprint_;
  std::vector<Fingerprint> prints_;
  IndexTable table_;
  std::size_t octets_max_ = 0;
};

struct Edge {
  std::uint16_t action;    // index into the alphabet
  std::uint16_t schedule;  // see WorldGraph::leases; 0: the canonical one
  WorldId target;
  EventsId events;
};

class WorldGraph {
 public:
  /// `setting` outlives it. `canonical`: steps are taken on the canonical schedule only.
  WorldGraph(const world::Setting& setting, std::vector<world::Step> alphabet, std::uint64_t seed,
             bool canonical = false);

  static constexpr WorldId start = 0;
  [[nodiscard]] EventsId beginning() const { return beginning_; }

  /// The steps of `world`, by action and with the canonical schedule first. Finds them where that
  /// was not yet done, and then invalidates what it returned before.
  std::span<const Edge> edges(WorldId world);
  [[nodiscard]] world::Step step_of(std::uint16_t action, std::uint16_t schedule) const;

  [[nodiscard]] const trace::Events& events(EventsId id) const { return events_[id]; }
  /// The subject never came to rest in it; it has no edges.
  [[nodiscard]] bool runaway(WorldId world) const { return rows_[world].runaway; }

  /// See World::at_rest.
  [[nodiscard]] bool at_rest(WorldId world) const { return rows_[world].at_rest; }

  [[nodiscard]] std::size_t worlds() const { return rows_.size(); }
  [[nodiscard]] std::uint64_t transitions() const { return edges_.size(); }
  [[nodiscard]] std::size_t octets() const;
  [[nodiscard]] double confusion() const {
    return world_numbers_.confusion() + events_numbers_.confusion();
  }

 private:
  struct Row {
    std::unique_ptr<world::World> world;  // until its edges are known
    std::uint32_t first_edge = 0;
    std::uint32_t edge_count = 0;
    bool expanded = false;
    bool runaway = false;
    bool at_rest = true;
  };

  void expand(WorldId world);
  void take(const world::World& from, std::size_t action);
  WorldId number(world::World& world);
  EventsId number(const trace::Events& events);
  std::uint16_t schedule(const world::Leases& leases);

  const world::Setting& setting_;
  bool canonical_only_;
  std::vector<world::Step> alphabet_;
  std::vector<Row> rows_;
  std::vector<Edge> edges_;
  std::vector<trace::Events> events_;
  std::vector<world::Leases> schedules_;
  Numbering world_numbers_;
  Numbering events_numbers_;
  EventsId beginning_ = 0;
  std::size_t waiting_ = 0;  // worlds whose edges are not yet known
  std::size_t world_octets_ = 0;
  // Buffers.
  trace::Canonical canonical_;
  trace::Trace trace_;
  world::Taken taken_;
  std::unique_ptr<world::World> scratch_;
};

}  // namespace sallyport::explore
