// Binds a listener of a server to an address.
#pragma once

#include <asio/ip/tcp.hpp>
#include <expected>
#include <string>
#include <string_view>

namespace sallyport::live {

/// The address with the port that was picked. The error is one line: `name`, what failed, where,
/// and what was expected.
[[nodiscard]] std::expected<std::string, std::string> listen_on(asio::ip::tcp::acceptor& acceptor,
                                                                std::string_view name,
                                                                const std::string& text);

}  // namespace sallyport::live
