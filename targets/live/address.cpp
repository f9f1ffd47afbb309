#include "targets/live/address.hpp"

#include <fmt/format.h>

#include <asio/ip/address.hpp>
#include <charconv>

namespace sallyport::live {

std::optional<std::uint16_t> port_from(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return port;
}

std::expected<Address, std::string> address_from(std::string_view text) {
  const auto refuse = [&] {
    return std::unexpected(fmt::format(
        "\"{}\": expected ADDR:PORT in numbers, as 127.0.0.1:1143 or [::1]:1143", text));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return refuse();
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  asio::error_code error;
  const asio::ip::address parsed = asio::ip::make_address(host, error);
  const auto port = port_from(text.substr(colon + 1));
  if (error || parsed.is_v6() != bracketed || !port) return refuse();
  return Address{.host = std::string(host), .port = *port};
}

std::string to_text(const Address& address) {
  const bool v6 = address.host.contains(':');
  return v6 ? fmt::format("[{}]:{}", address.host, address.port)
            : fmt::format("{}:{}", address.host, address.port);
}

}  // namespace sallyport::live
