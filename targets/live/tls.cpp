#include "targets/live/tls.hpp"

#include <fmt/format.h>
#include <openssl/x509.h>

#include <array>
#include <asio/ssl/host_name_verification.hpp>
#include <memory>
#include <optional>
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

/// Whom the other side is shown; nothing where that is well done.
std::optional<std::string> show(asio::ssl::context& context, const std::string& certificate,
                                const std::string& key) {
  asio::error_code error;
  // Without this OpenSSL asks at the terminal.
  context.set_password_callback([](std::size_t, auto) { return std::string(); }, error);
  if (error) return fmt::format("TLS: {}", error.message());
  context.use_certificate_chain_file(certificate, error);
  if (error) return refuse("certificate", certificate, error, "a certificate chain in PEM").error();
  const std::string& key_file = key.empty() ? certificate : key;
  context.use_private_key_file(key_file, asio::ssl::context::pem, error);
  if (!error) return std::nullopt;
  return refuse("key", key_file, error,
                fmt::format("the private key of {} in PEM, without a pass phrase", certificate))
      .error();
}

}  // namespace

std::expected<asio::ssl::context, std::string> server_context(const std::string& certificate,
                                                              const std::string& key,
                                                              const std::string& clients_ca_file) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  asio::error_code error;
  context.set_options(old_versions, error);
  // A session that rests keeps no room for records.
  SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  // What a client needs to resume is in its ticket: nothing is kept here, and one is enough.
  SSL_CTX_set_session_cache_mode(context.native_handle(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.native_handle(), 1);
  if (error) return std::unexpected(fmt::format("TLS: {}", error.message()));
  if (auto wrong = show(context, certificate, key)) return std::unexpected(*std::move(wrong));
  if (clients_ca_file.empty()) return context;
  context.load_verify_file(clients_ca_file, error);
  if (error) return refuse("CA file", clients_ca_file, error, "certificates in PEM");
  context.set_verify_mode(asio::ssl::verify_peer, error);
  // A session that is resumed shows no certificate.
  SSL_CTX_set_options(context.native_handle(), SSL_OP_NO_TICKET);
  return context;
}

std::expected<asio::ssl::context, std::string> client_context(const Trust& trust,
                                                              const std::string& host) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  asio::error_code error;
  context.set_options(old_versions, error);
  if (error) return std::unexpected(fmt::format("TLS: {}", error.message()));
  if (!trust.own_certificate.empty()) {
    auto wrong = show(context, trust.own_certificate, trust.own_key);
    if (wrong) return std::unexpected(*std::move(wrong));
  }
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

std::string certified_name(SSL* tls) {
  const std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(tls),
                                                          &X509_free);
  if (!shown || SSL_get_verify_result(tls) != X509_V_OK) return {};
  X509_NAME* const subject = X509_get_subject_name(shown.get());
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  const ASN1_STRING* const name = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
  const auto* const octets = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name));
  return {octets, static_cast<std::size_t>(ASN1_STRING_length(name))};
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
