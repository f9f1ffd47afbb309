// A browser's request that was sent to a mail port (CVE-2021-3618): known by its first line, so
// that a server can hang up before the lines behind it are taken for commands.
#pragma once

#include <string_view>

namespace sallyport::wire {

/// request-line = method SP request-target SP HTTP-version CRLF (RFC 9112 §3), as far as it takes
/// to tell it from a mail command: a known method in capitals, and a target that begins as one.
[[nodiscard]] bool is_http_request(std::string_view line);

}  // namespace sallyport::wire
