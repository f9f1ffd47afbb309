// The persistence classes: what each way to log in needs of the connection that it goes over, and
// so whether a front-end that reuses back-end connections may offer it. One table, which the
// front-end, ADV-04 and the docs read.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "trace/vocabulary.hpp"

namespace sallyport::trace {

enum class PersistenceClass : std::uint8_t {
  replayable,        // A: a credential that serves on any connection, once it was gathered whole
  nonce_bound,       // N: bound to a nonce of the verifier: a front-end may be that verifier
  connection_bound,  // C: a security context that lives on one connection
  channel_bound,     // X: bound to the client's own channel: relayed it fails even where pinned
};

struct MechanismFacts {
  Mechanism mechanism{};
  PersistenceClass persistence{};
  std::uint8_t round_trips = 0;          // from the command to the final OK
  std::uint8_t round_trips_initial = 0;  // with an initial response; 0: there is none
  bool server_first = false;             // the server speaks first: no initial response
  bool reveals_password = false;         // to whoever reads along: for TLS only
  std::string_view binding;              // what ties it to the server
  std::string_view offered_iff;          // by a front-end that reuses connections
  std::string_view source;
};

[[nodiscard]] std::span<const MechanismFacts> mechanism_facts();
/// Null for none, other and what the table doesn't have.
[[nodiscard]] const MechanismFacts* facts(Mechanism mechanism);
/// "A", "N", "C", "X".
[[nodiscard]] std::string_view letter(PersistenceClass persistence);
/// All mechanisms of a class.
[[nodiscard]] MechanismSet of_class(PersistenceClass persistence);

}  // namespace sallyport::trace
