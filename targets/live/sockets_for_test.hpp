// Servers that misbehave on purpose, a plain client, and a certificate: what the tests of this
// folder share. Everything is on 127.0.0.1, on ports that the system picks.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "targets/engine/directory_for_test.hpp"

namespace sallyport::live::test {

using asio::ip::tcp;

/// One side of a connection, blocking. Errors end it quietly: the other side has gone.
class Line {
 public:
  explicit Line(tcp::socket& socket) : socket_(socket) {}
  bool write(std::string_view octets) {
    asio::error_code error;
    asio::write(socket_, asio::buffer(octets), error);
    return !error;
  }
  /// A line without its end; empty at the end of the connection.
  std::string read() {
    asio::error_code error;
    const std::size_t size = asio::read_until(socket_, asio::dynamic_buffer(input_), '\n', error);
    if (error) return {};
    std::string line = input_.substr(0, size);
    input_.erase(0, size);
    while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
    return line;
  }
  void drain() {
    asio::error_code error;
    char octets[512];
    while (!error) socket_.read_some(asio::buffer(octets), error);
  }

 private:
  tcp::socket& socket_;
  std::string input_;
};

/// Treats every connection in the same way, each in a thread of its own.
class FakeServer {
 public:
  using Behaviour = std::function<void(Line&)>;

  explicit FakeServer(Behaviour behaviour)
      : behaviour_(std::move(behaviour)),
        acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    port_ = acceptor_.local_endpoint().port();
    accept();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~FakeServer() {
    asio::post(io_, [this] { acceptor_.close(); });
    thread_.join();
    for (std::thread& each : connections_) each.join();
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Connections that stand go on.
  void stop_listening() {
    asio::post(io_, [this] { acceptor_.close(); });
  }

 private:
  void accept() {
    acceptor_.async_accept([this](const asio::error_code& error, tcp::socket socket) {
      if (error) return;
      connections_.emplace_back([this, own = std::move(socket)]() mutable {
        Line line(own);
        behaviour_(line);
        asio::error_code ignored;
        own.shutdown(tcp::socket::shutdown_send, ignored);
        line.drain();
      });
      accept();
    });
  }
  Behaviour behaviour_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::vector<std::thread> connections_;
  std::thread thread_;
};

/// Stands before a server and takes CR for the end of a line, as Courier does at STARTTLS. An LF in
/// the same packet is overlooked; a later one goes on as it is. One connection after the other.
class Relay {
 public:
  explicit Relay(std::uint16_t server_port) : server_port_(server_port) {
    thread_ = std::thread([this] {
      asio::error_code error;
      while (true) {
        tcp::socket client(io_);
        acceptor_.accept(client, error);
        if (error || ends_) return;
        relay(client);
      }
    });
  }
  ~Relay() {
    ends_ = true;
    asio::error_code ignored;
    tcp::socket last(io_);
    last.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void relay(tcp::socket& client) {
    tcp::socket server(io_);
    server.connect({asio::ip::address_v4::loopback(), server_port_});
    std::thread back([&] { carry(server, client, false); });
    carry(client, server, true);
    back.join();
  }
  static void carry(tcp::socket& from, tcp::socket& to, bool by_lines) {
    asio::error_code error;
    char octets[4096];
    while (!error) {
      std::string said(octets, from.read_some(asio::buffer(octets), error));
      by_lines = by_lines && !said.starts_with('\x16');  // RFC 8446 §5.1: of a handshake
      if (by_lines && said.ends_with('\r')) said += '\n';
      if (!error) asio::write(to, asio::buffer(said), error);
    }
    asio::error_code ignored;
    to.shutdown(tcp::socket::shutdown_both, ignored);
    from.shutdown(tcp::socket::shutdown_both, ignored);
  }

  std::uint16_t server_port_;
  std::atomic<bool> ends_ = false;
  asio::io_context io_;
  tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
  std::thread thread_;
};

/// A certificate of 127.0.0.1's own and its key, in files that are gone with this object.
class Certificate {
 public:
  explicit Certificate(const std::string& owner = "sallyport test") {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair(EVP_EC_gen("P-256"),
                                                                   &EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> x509(X509_new(), &X509_free);
    X509_set_version(x509.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509.get()), 86400);
    X509_set_pubkey(x509.get(), pair.get());
    X509_NAME* const name = X509_get_subject_name(x509.get());
    const auto* const common = reinterpret_cast<const unsigned char*>(owner.c_str());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0);
    X509_set_issuer_name(x509.get(), name);
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> alternative(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1"),
        &X509_EXTENSION_free);
    X509_add_ext(x509.get(), alternative.get(), -1);
    X509_sign(x509.get(), pair.get(), EVP_sha256());
    const Pem cert(certificate());
    PEM_write_X509(cert.file, x509.get());
    const Pem key_pem(key());
    PEM_write_PrivateKey(key_pem.file, pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }
  [[nodiscard]] std::string certificate() const { return directory_.path() / "certificate.pem"; }
  [[nodiscard]] std::string key() const { return directory_.path() / "key.pem"; }

 private:
  struct Pem {
    explicit Pem(const std::string& path) : file(std::fopen(path.c_str(), "w")) {
      if (file == nullptr) throw std::runtime_error("cannot write " + path);
    }
    ~Pem() { std::fclose(file); }
    Pem(const Pem&) = delete;
    Pem& operator=(const Pem&) = delete;
    std::FILE* file;
  };
  engine::TemporaryDirectory directory_;
};

}  // namespace sallyport::live::test
