// What the search lets a client do: typed steps, one table for both protocols. Octets are not in
// it; they are for the fuzzers.
#pragma once

#include <cstddef>
#include <vector>

#include "targets/engine/result.hpp"
#include "world/script.hpp"

namespace sallyport::explore {

/// The steps of the first `clients` clients, without leases: those are the search's to choose.
[[nodiscard]] std::vector<world::Step> alphabet(const engine::Subject& subject,
                                                std::size_t clients);

}  // namespace sallyport::explore
