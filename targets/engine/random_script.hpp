// Random scripts of typed steps: whole pieces of work (TLS, a login and what follows, an exchange
// from start to outcome) more often than single steps, because a script of independent steps hardly
// ever gets past authentication.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "targets/engine/random.hpp"
#include "trace/event.hpp"
#include "world/script.hpp"

namespace sallyport::engine {

/// What a generator has to know of the front-end and of what a script has done so far.
struct Surroundings {
  bool certificate = true;                           // STARTTLS may work
  std::array<bool, world::clients_max> under_tls{};  // by client
};

[[nodiscard]] world::Step random_step(Random& random, trace::Protocol protocol);

/// Appends one piece of work of one client, one to eight steps.
void append_piece(world::Script& script, Random& random, Surroundings& around);

/// At least one step and at most `steps`. It has no `vary`.
[[nodiscard]] world::Script random_script(Random& random, trace::Protocol protocol,
                                          std::size_t steps);

/// Octets that a client might well send although no action of its own makes them: commands in one
/// packet, literals, lines that are cut or too long.
[[nodiscard]] std::span<const std::string_view> telling_octets(trace::Protocol protocol);

}  // namespace sallyport::engine
