// RapidCheck generators of scripts. A script is a list of pieces of work (see
// engine::random_piece), of which RapidCheck takes away what a failure doesn't need; what is left
// of each piece is for engine::reduce to make plainer.
#pragma once

#include <rapidcheck/Gen.h>

#include "targets/engine/result.hpp"
#include "world/script.hpp"

namespace sallyport::rapid {

[[nodiscard]] rc::Gen<world::Script> scripts(const engine::Subject& subject);

}  // namespace sallyport::rapid
