// What a client says inside a SASL exchange.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trace/vocabulary.hpp"

namespace sallyport::client {

/// The client's message number `step` (from 0), as octets, in answer to `challenge` (decoded).
/// Nothing where the challenge can't be read, or the exchange should be over by now.
[[nodiscard]] std::optional<std::string> sasl_message(trace::Mechanism mechanism, unsigned step,
                                                      std::string_view user,
                                                      std::string_view password,
                                                      std::string_view challenge);

/// Whether that message depends on the challenge.
[[nodiscard]] bool needs_challenge(trace::Mechanism mechanism, unsigned step);

}  // namespace sallyport::client
