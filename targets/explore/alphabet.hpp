// What the search lets a client do: typed steps, one table for both protocols. Octets are not in
// it; they are for the fuzzers.
#pragma once

#include <vector>

#include "targets/engine/result.hpp"
#include "targets/explore/explore.hpp"
#include "world/script.hpp"

namespace sallyport::explore {

/// The steps of the bound's clients, without leases: those are the search's to choose.
[[nodiscard]] std::vector<world::Step> alphabet(const engine::Subject& subject, const Bound& bound);

}  // namespace sallyport::explore
