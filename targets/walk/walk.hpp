// A random walk: the scripts that rapid makes, on all cores, for volume.
//
// Scripts come in blocks, each from the seed and its own number, so that it doesn't matter which
// thread runs which: with a count, a run repeats to the octet on any number of threads. The first
// script that violates a property is reduced when the walk is over.
#pragma once

#include <cstddef>
#include <vector>

#include "targets/engine/result.hpp"

namespace sallyport::walk {

/// `threads` at once, at least one.
[[nodiscard]] std::vector<engine::Result> run(const engine::Request& request, std::size_t threads);

}  // namespace sallyport::walk
