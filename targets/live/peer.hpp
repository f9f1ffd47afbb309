// One TCP connection of a server, plain or under TLS: octets in, octets queued out, closed
// politely.
//
//   reading ─► upgrading ─► handshaking ─► reading (under TLS)
//      └───────────┴────────────┴──► closing ─► lingering ─► gone
//
// Plain octets are only taken off the socket while `reading`: what a client sent in plaintext
// behind STARTTLS stays in the kernel until TLS reads it, and there it is a broken handshake. So it
// can never be taken for something said under TLS (CVE-2011-0411).
//
// Bounded: nothing is read while more than `Limits::unsent_octets` wait to be sent, and a peer that
// says nothing and takes nothing is let go after `Limits::idle`.
#pragma once

#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::live {

class Peer : public std::enable_shared_from_this<Peer> {
 public:
  struct Limits {
    std::size_t unsent_octets = std::size_t{1} << 20;
    std::chrono::milliseconds idle = std::chrono::minutes(30);
    std::chrono::milliseconds patience = std::chrono::seconds(30);  // handshake; last octets out
    std::chrono::milliseconds linger = std::chrono::seconds(2);     // for the other side's close
  };

  /// Told what happens, never from inside a call to the peer.
  class Owner {
   public:
    Owner() = default;
    Owner(const Owner&) = delete;
    Owner& operator=(const Owner&) = delete;
    virtual ~Owner() = default;
    virtual void peer_said(Peer& peer, std::string_view octets) = 0;
    virtual void peer_under_tls(Peer& peer) = 0;
    /// It hung up, its connection broke, or the handshake failed. Not after close().
    virtual void peer_left(Peer& peer) = 0;
    /// Nothing moved for Limits::idle: say good-bye and close().
    virtual void peer_idles(Peer& peer) = 0;
    /// The socket is closed. The last call.
    virtual void peer_gone(Peer& peer) = 0;
  };

  /// Who this is in the handshake.
  enum class Side : std::uint8_t { server, client };

  Peer(asio::ip::tcp::socket socket, Owner& owner, Limits limits);

  void start();
  /// Nothing while TLS is on its way, and nothing after close().
  void write(std::string_view octets);
  /// After everything written so far. Ends in peer_under_tls or peer_left. `context` outlives this.
  void start_tls(asio::ssl::context& context, Side side = Side::server);
  /// The channel's tls-exporter value (RFC 9266); empty without TLS.
  [[nodiscard]] std::string binding();
  /// The name in the certificate that it has shown of itself: see certified_name().
  [[nodiscard]] std::string certified_name();
  /// After everything written so far. Only peer_gone follows.
  void close();
  /// At once, by a reset. Only peer_gone follows.
  void reset();

 private:
  enum class Phase : std::uint8_t { reading, upgrading, handshaking, closing, lingering, gone };
  using Tls = asio::ssl::stream<asio::ip::tcp::socket&>;

  void read();
  void read_plain();
  void took(const asio::error_code& error, std::string_view octets);
  void flush();
  void sent(const asio::error_code& error);
  void handshake();
  void shut_down();
  void linger();
  void leave();
  void finish();
  void arm(std::chrono::milliseconds limit);
  void timed_out();

  asio::ip::tcp::socket socket_;
  std::unique_ptr<Tls> tls_;
  asio::steady_timer timer_;
  asio::ssl::context* context_ = nullptr;
  Side side_ = Side::server;
  Owner& owner_;
  Limits limits_;
  Phase phase_ = Phase::reading;
  bool read_pending_ = false;
  bool write_pending_ = false;
  std::vector<char> input_;  // under TLS
  std::string sending_;
  std::string unsent_;
};

}  // namespace sallyport::live
