// RapidCheck generators of scripts. A script is a list of pieces of work, each of one client and
// one user: an exchange from its start to its outcome, a login and what a client does next, a
// single step. So most scripts get somewhere, and RapidCheck shrinks pieces, users, leases and
// splits by itself.
#pragma once

#include <rapidcheck/Gen.h>

#include "trace/event.hpp"
#include "world/script.hpp"

namespace sallyport::rapid {

[[nodiscard]] rc::Gen<world::Script> scripts(trace::Protocol protocol);

}  // namespace sallyport::rapid
