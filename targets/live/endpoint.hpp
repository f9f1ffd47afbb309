// What to probe: imap://host:port, pop3://host, imaps://[::1]:993.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "trace/vocabulary.hpp"

namespace sallyport::live {

enum class Scheme : std::uint8_t { imap, pop3, imaps, pop3s };

struct Endpoint {
  Scheme scheme{};
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 0;

  [[nodiscard]] trace::Protocol protocol() const;
  /// TLS from the first octet on.
  [[nodiscard]] bool implicit_tls() const;
  /// `mail.example:143/imap`, as results call it.
  [[nodiscard]] std::string subject() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Without a port, the scheme's registered one. The error is one line that names the URL and says
/// what was expected; it never repeats a user name or password that stood in it.
[[nodiscard]] std::expected<Endpoint, std::string> endpoint_from(std::string_view url);

}  // namespace sallyport::live
