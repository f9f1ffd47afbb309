// Base64 as SASL needs it (RFC 4648 §4, RFC 4422 §4): strict. No white space, no missing or surplus
// padding, no stray bits behind the last octet: one octet string has exactly one encoding.
#pragma once

#include <string>
#include <string_view>

#include "wire/result.hpp"

namespace sallyport::wire {

[[nodiscard]] std::string base64_encode(std::string_view octets);

/// ErrorKind::bad_base64 at the first character that breaks the rule; at the end of `text` where a
/// character is missing. Stray bits break it at the character that carries them.
[[nodiscard]] Result<std::string> base64_decode(std::string_view text);

}  // namespace sallyport::wire
