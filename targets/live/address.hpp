// Where to listen: `127.0.0.1:1143`, `[::1]:0`. Numbers only, so that no name service decides on
// which interface a test server stands.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::live {

struct Address {
  std::string host;  // numeric, without brackets
  std::uint16_t port = 0;
  friend bool operator==(const Address&, const Address&) = default;
};

/// The error is one line that names `text` and says what was expected.
[[nodiscard]] std::expected<Address, std::string> address_from(std::string_view text);
/// IPv6 in brackets.
[[nodiscard]] std::string to_text(const Address& address);

/// 0 to 65535 in decimal; nothing for anything else.
[[nodiscard]] std::optional<std::uint16_t> port_from(std::string_view text);

}  // namespace sallyport::live
