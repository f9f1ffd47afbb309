// The worlds that can be reached, numbered, and the steps between them, found as they are asked
// for.
//
// A world is kept as a row of numbers (row.hpp). The worlds themselves are thrown away: what a step
// does is looked up in a table of what steps did to the pieces that they stood on (step_table.hpp),
// and only where that doesn't know is the world built again, by the steps that led to it, and the
// front-end's own code run. Equality is that of octets up to the names of tags and nonces, which is
// all that a monitor may depend on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "targets/explore/archive.hpp"
#include "targets/explore/octets.hpp"
#include "targets/explore/pieces.hpp"
#include "targets/explore/row.hpp"
#include "targets/explore/step_table.hpp"
#include "targets/explore/symmetry.hpp"
#include "targets/explore/world_table.hpp"
#include "trace/canonical.hpp"
#include "world/script.hpp"
#include "world/world.hpp"

namespace sallyport::explore {

struct Edge {
  std::uint16_t place;     // of the action among those that were asked for
  std::uint16_t schedule;  // see WorldGraph::step_of; 0: the canonical one
  WorldId target;
  EventsId events;      // as they were seen
  RenamingId renaming;  // puts the world that was reached in the order of `target`
  bool struck;          // World::struck
  bool local;           // the step stood on nothing but the client's own piece, and nobody waits
};

// What is known of a world beside its row: World::quiet, ::at_rest and ::runaway.
inline constexpr std::uint8_t flag_quiet = 1;
inline constexpr std::uint8_t flag_at_rest = 2;
inline constexpr std::uint8_t flag_runaway = 4;

/// What makes a graph smaller or faster. Without any of it, each step of each world is run.
struct Reductions {
  bool footprints = true;       // steps are looked up, also those of the other client
  bool symmetry = false;        // of clients, and of connections
  bool compact = false;         // worlds are told apart by fingerprints
  bool canonical_only = false;  // steps are taken on the canonical schedule only
};

class WorldGraph {
 public:
  /// `setting` outlives it. Clients are only renamed where the alphabet has steps of both.
  WorldGraph(const world::Setting& setting, std::vector<world::Step> alphabet,
             const Reductions& reductions, std::uint64_t seed);

  static constexpr WorldId start = 0;
  [[nodiscard]] EventsId beginning() const { return beginning_; }

  /// The steps of `world`, by action and with the canonical schedule first, into `out`: those of
  /// `actions`, places in the alphabet. `without_local`: but for the local ones of the first
  /// client.
  void edges(WorldId world, std::span<const std::uint16_t> actions, std::vector<Edge>& out,
             bool without_local = false);
  /// All places in the alphabet.
  [[nodiscard]] std::vector<std::uint16_t> actions() const;
  [[nodiscard]] world::Step step_of(std::uint16_t action, std::uint16_t schedule) const;
  /// The same action of the client that `renaming` makes of its own.
  [[nodiscard]] std::uint16_t renamed_action(std::uint16_t action, RenamingId renaming) const;

  [[nodiscard]] const trace::Events& events(EventsId id) const { return events_[id]; }
  /// The same events of clients and connections with other numbers.
  EventsId renamed(EventsId events, RenamingId renaming);
  [[nodiscard]] const Symmetry& symmetry() const { return symmetry_; }

  /// The subject never came to rest in it; it has no edges.
  [[nodiscard]] bool runaway(WorldId world) const {
    return (worlds_.flags(world) & flag_runaway) != 0;
  }
  /// See World::at_rest.
  [[nodiscard]] bool at_rest(WorldId world) const {
    return (worlds_.flags(world) & flag_at_rest) != 0;
  }
  [[nodiscard]] double confusion() const { return worlds_.confusion(); }

  /// The steps of a run that takes these edges, by action and schedule, one behind the other: as
  /// they are to be done from the start, whatever was renamed on the way.
  world::Script script_of(const std::vector<std::pair<std::uint16_t, std::uint16_t>>& way);

  [[nodiscard]] std::size_t worlds() const { return worlds_.size(); }
  [[nodiscard]] std::uint64_t transitions() const { return transitions_; }
  /// Steps that were run rather than looked up.
  [[nodiscard]] std::uint64_t run() const { return run_; }
  /// Worlds that weren't quite themselves when they were built again. There are none but where
  /// seconds that a state leaves out (FrontEnd::told_apart_seconds) have added up to a minute.
  [[nodiscard]] std::uint64_t strays() const { return strays_; }
  [[nodiscard]] std::size_t memory() const;
  /// Of a graph that was made in the same way.
  void archive(Archive& archive);

 private:
  /// A world on the way to the one that was last built, and the names of its pieces in it.
  struct Built {
    WorldId id = 0;
    std::unique_ptr<world::World> world;
    std::vector<std::vector<std::string>> names;
  };

  /// An outcome, where its pieces stand, and the names that they go by.
  struct Found {
    const Outcome* outcome = nullptr;
    const StepTable* table = nullptr;
    Met met;
  };

  Row row(WorldId world);
  void find(WorldId world, const Row& row, std::uint16_t action, std::uint16_t schedule,
            Found& found);
  /// The outcome of the step without its mishap, where that makes no difference.
  bool find_unstruck(WorldId world, const Row& row, std::uint16_t action, std::uint16_t schedule,
                     Found& found);
  void run(WorldId world, const Row& row, std::uint16_t action, std::uint16_t schedule, bool keep,
           Found& found);
  void add_pieces(const Built& before, const Row& row, const Outcome& outcome, const Met& met,
                  StepTable& table);
  /// `outcome` is that of a step from `row`: now the other client's from the world in which the
  /// clients have changed places is known as well.
  void add_image(const Row& row, std::uint16_t action, std::uint16_t schedule, Outcome outcome);
  Edge edge(WorldId from, const Row& row, const Found& found, std::uint16_t action,
            std::uint16_t schedule);
  [[nodiscard]] bool is_local(const Outcome& outcome, std::uint16_t action) const;
  [[nodiscard]] Row changed(const Row& row, const Found& found) const;
  const Built& build(WorldId world);
  void name_pieces(Built& built);
  PieceId write(const world::World& world, std::size_t piece);
  [[nodiscard]] bool is(const world::World& world, WorldId id);
  EventsId number(const trace::Events& events);
  std::uint16_t schedule(const world::Leases& leases);

  const world::Setting& setting_;
  Reductions reductions_;
  std::vector<world::Step> alphabet_;
  Symmetry symmetry_;
  std::vector<std::uint16_t> swapped_;   // the same action of the other client
  std::vector<std::uint16_t> unstruck_;  // the same step without its mishap
  Pieces pieces_;
  std::size_t piece_count_ = 0;
  WorldTable worlds_;
  Row start_row_;
  WorldId last_row_id_ = start;  // compact: the last row that was found again
  Row last_row_;
  StepTable steps_;
  StepTable passing_;      // the last outcome that isn't worth keeping
  Octets events_numbers_;  // squeezed
  std::vector<trace::Events> events_;
  std::size_t events_octets_ = 0;
  std::vector<std::vector<EventsId>> renamed_events_;
  std::vector<world::Leases> schedules_;
  EventsId beginning_ = 0;
  std::uint64_t transitions_ = 0;
  std::uint64_t run_ = 0;
  std::uint64_t strays_ = 0;
  std::vector<Built> built_;  // the way to the world that was last built, from the start
  std::size_t built_count_ = 0;
  // Buffers.
  trace::Canonical canonical_;
  std::string encoded_;
  trace::Trace trace_;
  world::Taken taken_;
  std::unique_ptr<world::World> scratch_;
};

}  // namespace sallyport::explore
