// Liveness without a bound: is there a run in which a client with the right password is asked for
// it for ever? In a finite graph that is a lasso: some steps, and then a cycle.
//
// The client is Outlook Express as KB 306874 shows it, but it never gives up; where it may not use
// NTLM it logs in with user and password, and where the front-end has a certificate it starts TLS
// first. It does one thing after the other, so all that branches
// is the schedule of back-end connections, and the graph is small. Tags, nonces and time are
// canonical in a state: without that nothing would ever repeat.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "world/script.hpp"
#include "world/world.hpp"

namespace sallyport::explore {

/// A script whose steps from `loop` on may be repeated for ever: behind them everything is as it
/// was before them.
struct Lasso {
  world::Script script;
  std::size_t loop = 0;
};

struct Cycles {
  std::uint64_t states = 0;
  bool exhausted = false;      // all states were visited, so without a lasso there is none
  std::optional<Lasso> lasso;  // a shortest one
};

/// `setting` is only read. At most `states_max` states are visited.
[[nodiscard]] Cycles search_cycles(const world::Setting& setting, std::size_t states_max = 20000);

}  // namespace sallyport::explore
