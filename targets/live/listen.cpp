#include "targets/live/listen.hpp"

#include <fmt/format.h>

#include "targets/live/address.hpp"

namespace sallyport::live {

using asio::ip::tcp;

std::expected<std::string, std::string> listen_on(tcp::acceptor& acceptor, std::string_view name,
                                                  const std::string& text) {
  const auto address = address_from(text);
  if (!address) return std::unexpected(fmt::format("{} {}", name, address.error()));
  const tcp::endpoint endpoint(asio::ip::make_address(address->host), address->port);
  asio::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  tcp::endpoint local;
  if (!error) local = acceptor.local_endpoint(error);
  if (error) {
    return std::unexpected(
        fmt::format("{} cannot listen on {}: {}; expected a free port of this machine", name, text,
                    error.message()));
  }
  return to_text(Address{.host = local.address().to_string(), .port = local.port()});
}

}  // namespace sallyport::live
