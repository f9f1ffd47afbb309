#include "targets/live/tls.hpp"

#include <fmt/format.h>

#include <array>
#include <asio/ssl/host_name_verification.hpp>
#include <string_view>

namespace sallyport::live {

namespace {

constexpr auto old_versions = asio::ssl::context::default_workarounds |
                              asio::ssl::context::no_sslv2 | asio::ssl::context::no_sslv3 |
                              asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1;

std::unexpected<std::string> refuse(std::string_view what, const std::string& file,
                                    const asio::error_code& error, std::string_view expected) {
  return std::unexpected(
      fmt::format("{} \"{}\": {}; expected {}", what, file, error.message(), expected));
}

}  // namespace

std::expected<asio::ssl::context, std::string> server_context(const std::string& certificate,
                                                              const std::string& key) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  asio::error_code error;
  context.set_options(old_versions, error);
  // A session that rests keeps no room for records.
  SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  if (!error) {
    // Without this OpenSSL asks at the terminal.
    context.set_password_callback([](std::size_t, auto) { return std::string(); }, error);
  }
  if (error) return std::unexpected(fmt::format("TLS: {}", error.message()));
  context.use_certificate_chain_file(certificate, error);
  if (error) return refuse("certificate", certificate, error, "a certificate chain in PEM");
  const std::string& key_file = key.empty() ? certificate : key;
  context.use_private_key_file(key_file, asio::ssl::context::pem, error);
  if (error) {
    return refuse("key", key_file, error,
                  fmt::format("the private key of {} in PEM, without a pass phrase", certificate));
  }
  return context;
}

std::expected<asio::ssl::context, std::string> client_context(const Trust& trust,
                                                              const std::string& host) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  asio::error_code error;
  context.set_options(old_versions, error);
  if (error) return std::unexpected(fmt::format("TLS: {}", error.message()));
  if (trust.insecure) {
    context.set_verify_mode(asio::ssl::verify_none, error);
    if (error) return std::unexpected(fmt::format("TLS: {}", error.message()));
    return context;
  }
  context.set_verify_mode(asio::ssl::verify_peer, error);
  if (!error && !host.empty()) {
    context.set_verify_callback(asio::ssl::host_name_verification(host), error);
  }
  if (error) return std::unexpected(fmt::format("TLS: {}", error.message()));
  if (trust.ca_file.empty()) {
    context.set_default_verify_paths(error);
    if (error) return std::unexpected(fmt::format("the system's CA store: {}", error.message()));
  } else {
    context.load_verify_file(trust.ca_file, error);
    if (error) return refuse("CA file", trust.ca_file, error, "certificates in PEM");
  }
  return context;
}

std::string exporter_binding(SSL* tls) {
  constexpr std::string_view label = "EXPORTER-Channel-Binding";
  std::array<unsigned char, 32> octets{};
  if (SSL_export_keying_material(tls, octets.data(), octets.size(), label.data(), label.size(),
                                 nullptr, 0, 0) != 1) {
    return {};
  }
  return {octets.begin(), octets.end()};
}

}  // namespace sallyport::live
