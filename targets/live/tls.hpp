// TLS contexts for both ends. Errors are one line: which file, what is wrong with it, what it
// should have been.
#pragma once

#include <openssl/ssl.h>

#include <asio/ssl/context.hpp>
#include <expected>
#include <string>

namespace sallyport::live {

/// `key` empty: it stands in the certificate's file. A key that needs a pass phrase is refused.
/// With `clients_ca_file` clients may show a certificate of their own, and it has to be one of
/// these.
[[nodiscard]] std::expected<asio::ssl::context, std::string> server_context(
    const std::string& certificate, const std::string& key,
    const std::string& clients_ca_file = {});

/// Whom a client believes. Beside the chain, the name or address that was dialled is checked.
struct Trust {
  std::string ca_file;    // empty: the system's store
  bool insecure = false;  // believes everybody
  /// What is shown of oneself, a PEM file each; an empty key stands in the certificate's.
  std::string own_certificate = {};
  std::string own_key = {};
};
/// `host` empty: whoever uses the context checks the name.
[[nodiscard]] std::expected<asio::ssl::context, std::string> client_context(
    const Trust& trust, const std::string& host = {});

/// The common name of the certificate that the peer has shown and that was verified; empty where
/// there is none.
[[nodiscard]] std::string certified_name(SSL* tls);

/// The tls-exporter value of a channel that stands (RFC 9266 §2); empty where there is none.
[[nodiscard]] std::string exporter_binding(SSL* tls);

}  // namespace sallyport::live
