// A front-end's connections to a back-end that is another process, over TCP.
#pragma once

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "targets/live/peer.hpp"
#include "trace/event.hpp"

namespace sallyport::live {

class Trunks final : public Peer::Owner {
 public:
  class Listener {
   public:
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    virtual ~Listener() = default;
    virtual void backend_said(trace::LinkId link, std::string_view octets) = 0;
    virtual void backend_under_tls(trace::LinkId link) = 0;
    /// It hung up, can't be reached, or isn't who it has to be. Not after close().
    virtual void backend_left(trace::LinkId link) = 0;
  };

  Trunks(asio::io_context& io, Listener& listener) : io_(io), listener_(listener) {}
  void lead_to(trace::Protocol protocol, const asio::ip::tcp::endpoint& where);
  /// Before any start_tls() of that protocol.
  void trust(trace::Protocol protocol, asio::ssl::context context);

  // As frontend::Host's calls of these names.
  void open(trace::LinkId link, trace::Protocol protocol);
  void write(trace::LinkId link, std::string_view octets);
  void close(trace::LinkId link);
  void start_tls(trace::LinkId link);

 private:
  struct Route {
    std::optional<asio::ip::tcp::endpoint> where;
    std::optional<asio::ssl::context> tls;
  };
  struct Trunk {
    std::uint64_t opening = 0;  // numbers are used again
    trace::Protocol protocol{};
    std::shared_ptr<Peer> peer;  // null while it is being connected
    std::string early;           // said before that
  };

  void peer_said(Peer& peer, std::string_view octets) override;
  void peer_under_tls(Peer& peer) override;
  void peer_left(Peer& peer) override;
  void peer_idles(Peer& peer) override { peer_left(peer); }
  void peer_gone(Peer& peer) override { peers_.erase(&peer); }
  void left(trace::LinkId link, std::uint64_t opening);
  [[nodiscard]] Route& route(trace::Protocol protocol) {
    return protocol == trace::Protocol::imap ? imap_ : pop3_;
  }

  asio::io_context& io_;
  Listener& listener_;
  Route imap_;
  Route pop3_;
  std::map<trace::LinkId, Trunk> trunks_;
  std::unordered_map<const Peer*, std::shared_ptr<Peer>> peers_;
  std::unordered_map<const Peer*, trace::LinkId> owners_;
  std::uint64_t openings_ = 0;
};

}  // namespace sallyport::live
