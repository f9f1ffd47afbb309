// Shortening a script while it keeps failing.
//
// Runs of steps go first, halves before single steps; then second runs, leases, splits and octets;
// then what is left is made plainer: the first client, the first account, the right password. That
// is repeated until nothing changes, so what comes out is a local minimum: no step, no lease, no
// octet can go. The order is fixed, and so is the result.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <string_view>

#include "targets/engine/judge.hpp"
#include "world/script.hpp"

namespace sallyport::engine {

using Fails = std::function<bool(const world::Script&)>;

/// `script` fails. At most `attempts` other scripts are tried.
[[nodiscard]] world::Script reduce(world::Script script, const Fails& fails,
                                   std::size_t attempts = std::numeric_limits<std::size_t>::max());

/// `script` violates `property`. For 2-safety it comes back with `vary`.
[[nodiscard]] world::Script reduce(Judge& judge, world::Script script, std::string_view property);

}  // namespace sallyport::engine
