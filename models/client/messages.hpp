// What a client says inside a SASL exchange.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trace/vocabulary.hpp"

namespace sallyport::client {

/// A client's side of SCRAM, from its first message to the server's last.
struct Scram {
  std::string gs2_header;
  std::string bare;       // client-first-message-bare
  std::string nonce;      // its own
  std::string signature;  // that the server must show
};

/// Who speaks, and where in an exchange.
struct Speaker {
  trace::Mechanism mechanism{};
  unsigned step = 0;  // of the client's messages, from 0
  std::string_view user;
  std::string_view password;
  std::string_view authzid;
  std::string_view token;
  std::string_view port;     // of the server
  std::string_view binding;  // of the channel
  std::uint32_t number = 0;  // of the exchange: makes its nonce
  bool padded = false;       // as long as the mechanism can be made to carry
};

/// The next message, as octets, in answer to `challenge` (decoded). Nothing where the challenge
/// can't be read or isn't believed, or the exchange should be over by now.
[[nodiscard]] std::optional<std::string> sasl_message(const Speaker& speaker,
                                                      std::string_view challenge, Scram& scram);

/// Whether that message depends on the challenge.
[[nodiscard]] bool needs_challenge(trace::Mechanism mechanism, unsigned step);
/// Whether it is the one that proves who speaks.
[[nodiscard]] bool proves(trace::Mechanism mechanism, unsigned step);

}  // namespace sallyport::client
