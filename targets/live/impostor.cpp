#include "targets/live/impostor.hpp"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

#include "targets/live/tls.hpp"

namespace sallyport::live {

namespace {

constexpr const char* other_host = "impostor.example";
constexpr long valid_s = 24L * 60 * 60;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

/// Null where OpenSSL can't.
Certificate issued(EVP_PKEY* key, X509* issuer, EVP_PKEY* issuers_key) {
  Certificate out(X509_new(), &X509_free);
  if (!out || X509_set_version(out.get(), X509_VERSION_3) != 1) return {nullptr, &X509_free};
  ASN1_INTEGER_set(X509_get_serialNumber(out.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(out.get()), -valid_s);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), valid_s);
  X509_set_pubkey(out.get(), key);
  X509_set_issuer_name(out.get(), X509_get_subject_name(issuer));
  X509_NAME_add_entry_by_txt(X509_get_subject_name(out.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(other_host), -1, -1, 0);
  X509_EXTENSION* const name = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                                                   (std::string("DNS:") + other_host).c_str());
  const bool added = name != nullptr && X509_add_ext(out.get(), name, -1) == 1;
  X509_EXTENSION_free(name);
  const EVP_MD* const digest = EVP_PKEY_is_a(issuers_key, "ED25519") == 1 ? nullptr : EVP_sha256();
  if (!added || X509_sign(out.get(), issuers_key, digest) == 0) return {nullptr, &X509_free};
  return out;
}

}  // namespace

std::expected<asio::ssl::context, std::string> impostor_context(const std::string& certificate,
                                                                const std::string& key) {
  auto own = server_context(certificate, key);
  if (!own) return own;
  SSL_CTX* const issuer = own->native_handle();
  const Key fresh(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), &EVP_PKEY_free);
  const Certificate shown =
      fresh ? issued(fresh.get(), SSL_CTX_get0_certificate(issuer), SSL_CTX_get0_privatekey(issuer))
            : Certificate(nullptr, &X509_free);
  asio::ssl::context out(asio::ssl::context::tls_server);
  if (!shown || SSL_CTX_use_certificate(out.native_handle(), shown.get()) != 1 ||
      SSL_CTX_use_PrivateKey(out.native_handle(), fresh.get()) != 1) {
    return std::unexpected("certificate \"" + certificate +
                           "\": no other can be issued by it; expected one with a usual key");
  }
  return out;
}

std::expected<asio::ssl::context, std::string> weak_context() {
  asio::ssl::context out(asio::ssl::context::tls_server);
  SSL_CTX_set_security_level(out.native_handle(), 0);
  SSL_CTX_set_max_proto_version(out.native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_dh_auto(out.native_handle(), 1);
  if (SSL_CTX_set_cipher_list(out.native_handle(), "aNULL:eNULL") != 1) {
    return std::unexpected("TLS: OpenSSL has no weak ciphers; expected a build with them");
  }
  return out;
}

}  // namespace sallyport::live
