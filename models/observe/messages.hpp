// What one SASL message says, decoded from its base64: whose it is, which message of its mechanism,
// and what of it is a nonce or a proof. Read as leniently as the mechanism's name allows: whether a
// message is right is for the verifier.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trace/event.hpp"

namespace sallyport::observe {

/// As far as it was presented in an exchange.
struct Identity {
  std::string user;     // the authorization identity where there is one: whose mailbox it is
  std::string authcid;  // the authentication identity where it isn't `user`
  std::uint64_t secret = 0;
};

struct ClientMessage {
  trace::Blob blob = trace::Blob::other;
  bool has_nonce = false;     // so its octets differ from run to run
  bool is_proof = false;      // it answers a challenge: nobody may send the same again
  std::uint64_t binding = 0;  // of the channel that a SCRAM client-final is bound to
  std::string nonce;          // the client's own, of a SCRAM client-first
};

/// Message `step` (counted from 0) of a client. What it says of the identity goes into `identity`.
[[nodiscard]] ClientMessage read_client_message(std::string_view octets, trace::Mechanism mechanism,
                                                std::uint8_t step, Identity& identity);

struct ServerMessage {
  trace::Blob blob = trace::Blob::other;
  bool has_nonce = false;
  std::string_view challenge;  // what no other exchange may be given again: the server's nonce
};

/// `client_nonce` is what the client contributed in a SCRAM exchange.
[[nodiscard]] ServerMessage read_server_message(std::string_view octets, trace::Mechanism mechanism,
                                                std::string_view client_nonce);

}  // namespace sallyport::observe
