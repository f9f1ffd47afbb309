// Breadth-first search over the world itself: every script of typed steps within a bound, shortest
// first, so the first witness is a shortest one. A state is a world and all monitors, or for a
// 2-safety property two worlds (self-composition) and what is compared of them.
//
// A violation stops nothing and prunes nothing. Every witness is run again by engine::Judge before
// it is reported.
//
// The search has passes, each a search of its own: one for all properties of single runs, and one
// for each variation that 2-safety properties name. They share the budget, and the machine's cores.
//
// Beside ADV-03 stands what is said without a bound on time: whether a client that never gives up
// can be asked for its password for ever (cycles.hpp).
//
// The bound of a result says, beside what it was asked for: `states`, of all passes; `exhausted`,
// whether every state that the alphabet reaches was visited, by scripts of any length;
// `depth_exhausted`, whether that is so of all scripts up to `depth_max`; `depth`, up to which
// every script was covered; `stopped`, why the search ended; `confusion`, the most probable it is
// that two worlds were taken for one; `resumed_states`, how many of the states checkpoints had;
// `checkpoint`, where such were asked for, that they were written or why not; how many worlds,
// transitions and steps that were run it took; and the memory that the passes had.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "targets/engine/result.hpp"
#include "targets/explore/reached.hpp"
#include "world/script.hpp"

namespace sallyport::explore {

/// What the search chooses from, and how; printed with every result.
struct Bound {
  std::size_t clients = 1;
  std::size_t depth_max = world::steps_max;  // steps
  bool mishaps = true;                       // failures are injected behind the front-end
  std::size_t memory_octets_max = std::size_t{4} << 30;
  std::size_t threads = 1;
  // What makes it smaller and faster and changes no verdict; see world_graph.hpp.
  bool footprints = true;
  bool symmetry = true;
  bool commuting = true;  // steps of two clients that have nothing in common, in one order only
  bool compact = false;   // worlds by fingerprints: some are missed with a stated probability
  // See checkpoint.hpp.
  std::string checkpoints;    // the directory for them; empty: none
  bool resume = false;        // go on with those that are there
  std::uint64_t program = 0;  // a digest of the program, whose states no other understands
};

/// `reached`, where given, gets what the pass over single runs saw completed, if STM-01 is among
/// the properties.
[[nodiscard]] std::vector<engine::Result> run(const engine::Request& request, const Bound& bound,
                                              Reached* reached = nullptr);

}  // namespace sallyport::explore
