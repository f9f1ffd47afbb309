// RapidCheck: random scripts of typed steps, shrunk when one violates a property.
//
// A violation ends a round; RapidCheck shrinks it, the reducer takes it to a local minimum, and the
// next round goes on with the properties that are left. A count budget counts the scripts that were
// generated, not those that shrinking tries.
#pragma once

#include <vector>

#include "targets/engine/result.hpp"

namespace sallyport::rapid {

[[nodiscard]] std::vector<engine::Result> run(const engine::Request& request);

}  // namespace sallyport::rapid
