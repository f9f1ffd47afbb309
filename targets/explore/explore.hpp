// Breadth-first search over the world itself: every script of typed steps within a bound, shortest
// first, so the first witness is a shortest one. The state is the world, a second world on the
// canonical schedule (2-safety by self-composition), and all monitors.
//
// A violation stops nothing and prunes nothing. Every witness is run again by engine::Judge before
// it is reported.
//
// The bound of a result says: `states`; `exhausted`, whether every state that the alphabet reaches
// was visited, by scripts of any length; `depth_exhausted`, whether that is so of all scripts up to
// `depth_max`; `depth`, up to which every script was covered; `stopped`, why the search ended;
// `confusion`, the most probable it is that two worlds were taken for one (see fingerprint.hpp).
#pragma once

#include <cstddef>
#include <vector>

#include "targets/engine/result.hpp"

namespace sallyport::explore {

/// What the search chooses from, printed with every result.
struct Bound {
  std::size_t clients = 1;
  std::size_t depth_max = 1000;  // steps
  std::size_t memory_octets_max = std::size_t{4} << 30;
};

[[nodiscard]] std::vector<engine::Result> run(const engine::Request& request, const Bound& bound);

}  // namespace sallyport::explore
