#include "targets/live/stream.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <asio/buffer.hpp>
#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/host_name_verification.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/write.hpp>
#include <optional>
#include <utility>
#include <variant>

namespace sallyport::live {

using asio::ip::tcp;

namespace {
constexpr auto farewell_max = std::chrono::milliseconds(100);  // for TLS's closing alerts

/// One operation under way. Its handler shares it, since it may run after all others have lost
/// interest: a name service can't be interrupted.
template <class Value = std::monostate>
struct Outstanding {
  bool done = false;
  asio::error_code error;
  Value value{};
};
template <class Value = std::monostate>
auto outstanding() {
  return std::make_shared<Outstanding<Value>>();
}

/// Lets what waits in `io` proceed until `done()`. False: the deadline came first.
template <class Done>
bool run_until(asio::io_context& io, Done&& done, Stream::Clock::time_point deadline) {
  io.restart();
  while (!done() && io.run_one_until(deadline) > 0) {
  }
  return done();
}

template <class Value>
auto handler(std::shared_ptr<Outstanding<Value>> operation) {
  return [operation](const asio::error_code& failed, auto... result) {
    operation->done = true;
    operation->error = failed;
    if constexpr (sizeof...(result) > 0) operation->value = (std::move(result), ...);
  };
}

}  // namespace

class Reactor::Implementation {
 public:
  asio::io_context io{1};
};

class Stream::Implementation {
 public:
  explicit Implementation(asio::io_context& io) : io_(io) {}

  [[nodiscard]] Done connect(const std::string& host, std::uint16_t port,
                             Clock::time_point deadline) {
    tcp::resolver resolver(io_);
    const auto names = outstanding<tcp::resolver::results_type>();
    resolver.async_resolve(host, std::to_string(port), handler(names));
    if (!run(names->done, deadline)) {
      resolver.cancel();
      return drop("the name service does not answer");
    }
    if (names->error) return drop(names->error.message());
    const auto connected = outstanding<tcp::endpoint>();
    asio::async_connect(socket_, names->value, handler(connected));
    if (!run(connected->done, deadline)) return drop("no answer in time");
    if (connected->error) return drop(connected->error.message());
    asio::error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    return {};
  }

  [[nodiscard]] Done start_tls(const std::string& host, const Trust& trust,
                               Clock::time_point deadline) {
    if (reading_) return drop("octets are still being read in plaintext");
    auto context = client_context(trust);
    if (!context) return drop(std::move(context.error()));
    context_.emplace(std::move(*context));
    tls_.emplace(socket_, *context_);
    asio::error_code error;
    asio::ip::make_address(host, error);
    const bool named =
        static_cast<bool>(error);  // a numeric host has no place in SNI (RFC 6066 §3)
    if (named && SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str()) != 1) {
      return drop("the host name doesn't fit into a TLS greeting");
    }
    if (!trust.insecure) {
      tls_->set_verify_callback(asio::ssl::host_name_verification(host), error);
    }
    const auto shaken = outstanding();
    tls_->async_handshake(Tls::client, handler(shaken));
    if (!run(shaken->done, deadline)) return drop("no answer in time");
    if (!shaken->error) return {};
    return drop(why_untrusted().value_or(shaken->error.message()));
  }

  [[nodiscard]] std::string binding() {
    return tls_ ? exporter_binding(tls_->native_handle()) : std::string();
  }

  [[nodiscard]] Done write(std::string_view octets, Clock::time_point deadline) {
    const auto written = outstanding<std::size_t>();
    const std::string kept(octets);
    if (tls_) {
      asio::async_write(*tls_, asio::buffer(kept), handler(written));
    } else {
      asio::async_write(socket_, asio::buffer(kept), handler(written));
    }
    if (!run(written->done, deadline)) return drop("it takes no octets");
    if (written->error) return std::unexpected(written->error.message());
    return {};
  }

  void begin_to_read() {
    if (reading_ || !socket_.is_open()) return;
    reading_ = outstanding<std::size_t>();
    if (tls_) {
      tls_->async_read_some(asio::buffer(input_), handler(reading_));
    } else {
      socket_.async_read_some(asio::buffer(input_), handler(reading_));
    }
  }
  [[nodiscard]] bool is_open() const { return socket_.is_open(); }
  [[nodiscard]] asio::io_context& io() { return io_; }
  [[nodiscard]] bool ready() const { return reading_ && reading_->done; }

  [[nodiscard]] Read read(Clock::time_point deadline) {
    begin_to_read();
    if (!reading_) return {.outcome = Outcome::closed, .text = {}};
    if (!run(reading_->done, deadline)) return {.outcome = Outcome::late, .text = {}};
    const asio::error_code error = reading_->error;
    const std::size_t size = reading_->value;
    reading_.reset();
    if (!error) return {Outcome::octets, std::string(input_.data(), size)};
    const bool closed = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
    if (closed) return {.outcome = Outcome::closed, .text = {}};
    return {Outcome::broken, error.message()};
  }

  void close() {
    if (!socket_.is_open()) return;
    if (tls_ && SSL_is_init_finished(tls_->native_handle()) == 1) {
      const auto said = outstanding();
      tls_->async_shutdown(handler(said));
      run(said->done, Clock::now() + farewell_max);
      cut();
      return;
    }
    cut();
  }

 private:
  using Tls = asio::ssl::stream<tcp::socket&>;

  /// Lets the operations proceed until `done`. False: the deadline came first.
  bool run(const bool& done, Clock::time_point deadline) {
    return run_until(io_, [&done] { return done; }, deadline);
  }

  /// Ends whatever is under way, so that no handler is left of this stream.
  void cut() {
    asio::error_code ignored;
    socket_.close(ignored);
    io_.restart();
    while (io_.poll_one() > 0) {
    }
    if (reading_ && !reading_->done) run(reading_->done, Clock::time_point::max());
    reading_.reset();
  }
  std::unexpected<std::string> drop(std::string why) {
    cut();
    return std::unexpected(std::move(why));
  }

  /// What is wrong with the certificate, if that is why a handshake failed.
  std::optional<std::string> why_untrusted() {
    const long result = SSL_get_verify_result(tls_->native_handle());
    if (result == X509_V_OK) return std::nullopt;
    return X509_verify_cert_error_string(result);
  }

  asio::io_context& io_;
  tcp::socket socket_{io_};
  std::optional<asio::ssl::context> context_;
  std::optional<Tls> tls_;
  std::shared_ptr<Outstanding<std::size_t>> reading_;
  std::array<char, 16384> input_{};
};

Reactor::Reactor() : implementation_(std::make_unique<Implementation>()) {}
Reactor::~Reactor() = default;

Stream::Stream(Reactor& reactor)
    : implementation_(std::make_unique<Implementation>(reactor.implementation_->io)) {}
Stream::~Stream() { close(); }

Stream::Done Stream::connect(const std::string& host, std::uint16_t port,
                             Clock::time_point deadline) {
  return implementation_->connect(host, port, deadline);
}
Stream::Done Stream::start_tls(const std::string& host, const Trust& trust,
                               Clock::time_point deadline) {
  return implementation_->start_tls(host, trust, deadline);
}
std::string Stream::binding() const { return implementation_->binding(); }
Stream::Done Stream::write(std::string_view octets, Clock::time_point deadline) {
  return implementation_->write(octets, deadline);
}
Stream::Read Stream::read(Clock::time_point deadline) { return implementation_->read(deadline); }
bool Stream::wait(std::span<Stream* const> streams, Clock::time_point deadline) {
  if (streams.empty()) return false;
  for (Stream* const each : streams) each->implementation_->begin_to_read();
  const auto any = [&] { return std::ranges::any_of(streams, &Stream::ready); };
  return run_until(streams.front()->implementation_->io(), any, deadline);
}
bool Stream::ready() const { return implementation_->ready(); }
void Stream::close() { implementation_->close(); }
bool Stream::is_open() const { return implementation_->is_open(); }

}  // namespace sallyport::live
