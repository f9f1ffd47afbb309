// What clients are told, in words that say nothing of back-ends and users.
#pragma once

#include <string_view>

#include "trace/vocabulary.hpp"

namespace sallyport::frontend {

/// RFC 5530 §3; RFC 3206 §4.
[[nodiscard]] constexpr std::string_view login_failed(trace::Protocol protocol) {
  return protocol == trace::Protocol::imap ? "[AUTHENTICATIONFAILED] login failed"
                                           : "[AUTH] login failed";
}
[[nodiscard]] constexpr std::string_view unavailable(trace::Protocol protocol) {
  return protocol == trace::Protocol::imap ? "[UNAVAILABLE] try again later"
                                           : "[SYS/TEMP] try again later";
}

}  // namespace sallyport::frontend
