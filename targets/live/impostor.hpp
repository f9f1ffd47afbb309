// TLS as a front-end must not accept it from a back-end: for a probe's `wrong-name` and `weak-tls`.
#pragma once

#include <asio/ssl/context.hpp>
#include <expected>
#include <string>

namespace sallyport::live {

/// Shows a certificate that is made here for another host. It is issued by the one that is given,
/// so that where that one is an authority nothing but the name is wrong. The error is one line.
[[nodiscard]] std::expected<asio::ssl::context, std::string> impostor_context(
    const std::string& certificate, const std::string& key);

/// Can agree on nothing but ciphers by which nobody shows who it is, some of which hide nothing.
[[nodiscard]] std::expected<asio::ssl::context, std::string> weak_context();

}  // namespace sallyport::live
