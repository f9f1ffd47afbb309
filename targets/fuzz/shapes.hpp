// Shapes of scripts: what a fuzz target makes of any script before it is run, so that it comes to
// what the target is about. A shape leaves a script that has it already as it is.
#pragma once

#include <cstddef>
#include <cstdint>

#include "world/script.hpp"

namespace sallyport::fuzz {

/// The script that a fuzzer's octets decode to.
[[nodiscard]] world::Script script_of(const std::uint8_t* data, std::size_t size);

/// Every other step is the other client's. The second client's account is never the first one's.
void let_two_clients_take_turns(world::Script& script);
/// A step without a mishap gets one, by its place and its verb.
void let_backends_misbehave(world::Script& script);
/// Each client's first step is STARTTLS or STLS.
void ask_for_tls_first(world::Script& script);
/// A step that says nothing of its leases takes another connection than the canonical one.
void rotate_connections(world::Script& script);
/// No login has the right password.
void mistype_passwords(world::Script& script);

}  // namespace sallyport::fuzz
