// Mutation of scripts as scripts: steps come, go, change places and change one at a time. Plain
// mutation of bytes spends most of its executions on scripts that go nowhere.
#pragma once

#include "targets/engine/random.hpp"
#include "world/script.hpp"

namespace sallyport::fuzz {

/// One to four edits.
void mutate(world::Script& script, engine::Random& random);

/// The beginning of one and the end of the other.
[[nodiscard]] world::Script spliced(const world::Script& head, const world::Script& tail,
                                    engine::Random& random);

}  // namespace sallyport::fuzz
