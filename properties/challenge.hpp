// Which of a server's continuations is a challenge: something made for this exchange, that the
// client's proof is bound to.
#pragma once

#include "trace/event.hpp"
#include "trace/persistence.hpp"

namespace sallyport::properties {

/// Prompts and empty continuations aren't, nor is anything of a mechanism that replays a credential
/// (class A).
[[nodiscard]] inline bool challenges(const trace::Event& e) {
  using trace::Blob;
  if (e.kind != trace::Kind::continuation) return false;
  if (e.blob == Blob::ntlm_challenge || e.blob == Blob::scram_server_first) return true;
  const trace::MechanismFacts* const known = trace::facts(e.mechanism);
  return e.blob == Blob::other && known != nullptr &&
         known->persistence != trace::PersistenceClass::replayable;
}

}  // namespace sallyport::properties
