#include "targets/live/serve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <csignal>
#include <deque>
#include <random>
#include <unordered_map>
#include <utility>

#include "frontend/frontend.hpp"
#include "targets/live/address.hpp"
#include "targets/live/links.hpp"
#include "targets/live/listen.hpp"
#include "targets/live/peer.hpp"
#include "targets/live/tls.hpp"
#include "targets/live/trunks.hpp"
#include "world/world.hpp"

namespace sallyport::live {

using asio::ip::tcp;
using trace::LinkId;
using trace::Protocol;
using trace::SessionId;

namespace {

/// A way in: where a listener leads.
struct Door {
  std::string_view name;
  Protocol protocol;
  bool implicit_tls;
  bool back_end;
  std::optional<std::string> ServeOptions::* address;
};
constexpr std::array doors{
    Door{"imap", Protocol::imap, false, false, &ServeOptions::imap},
    Door{"pop3", Protocol::pop3, false, false, &ServeOptions::pop3},
    Door{"imaps", Protocol::imap, true, false, &ServeOptions::imaps},
    Door{"pop3s", Protocol::pop3, true, false, &ServeOptions::pop3s},
    Door{"backend-imap", Protocol::imap, false, true, &ServeOptions::backend_imap},
    Door{"backend-pop3", Protocol::pop3, false, true, &ServeOptions::backend_pop3},
};

constexpr auto accept_again = std::chrono::milliseconds(100);  // after running out of descriptors
constexpr auto farewell_max = std::chrono::seconds(1);         // for all clients, when it stops
constexpr std::size_t deliveries_at_once = 256;                // then other connections' turn

std::string farewell(Protocol protocol, std::string_view why) {
  return fmt::format("{} {}\r\n", protocol == Protocol::imap ? "* BYE" : "-ERR", why);
}

}  // namespace

/// The options with an account by which the front-end logs in to its back-end for users that it has
/// verified itself. Nobody else is to know its password.
ServeOptions with_own_account(ServeOptions options) {
  std::random_device random;
  options.configuration.nonce_seed = random() | 1U;
  options.configuration.backend_password =
      options.own_password.empty()
          ? fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random())
          : options.own_password;
  auto& accounts = options.directory.accounts;
  std::erase_if(accounts, [](const backend::Account& account) {
    return account.user == frontend::front_end_user;
  });
  accounts.push_back({.user = std::string(frontend::front_end_user),
                      .password = options.configuration.backend_password,
                      .messages = {},
                      .acts_for_others = true});
  return options;
}

class Server::Implementation final : public frontend::Host,
                                     public Peer::Owner,
                                     public Trunks::Listener {
 public:
  explicit Implementation(ServeOptions options)
      : options_(with_own_account(std::move(options))),
        mailboxes_(options_.directory),
        links_(mailboxes_),
        front_end_(options_.configuration),
        scheduler_(options_.schedule),
        accounts_(world::accounts_of(options_.directory)),
        signals_(io_),
        grace_(io_),
        clock_(io_) {}

  std::optional<std::string> open();  // an error
  void run() { io_.run(); }
  void stop() {
    asio::post(io_, [this] { stop_now(); });
  }
  void stop_on_signals() {
    asio::error_code ignored;
    signals_.add(SIGTERM, ignored);
    signals_.add(SIGINT, ignored);
    signals_.async_wait([this](const asio::error_code& error, int) {
      if (!error) stop_now();
    });
  }
  [[nodiscard]] const std::vector<Listening>& listening() const { return listening_; }

  // frontend::Host
  void to_client(SessionId session, std::string octets) override;
  void close_client(SessionId session) override;
  void start_tls(SessionId session) override;
  void open_backend(LinkId link, Protocol protocol, std::uint8_t /*route*/) override {
    trunks_ ? trunks_->open(link, protocol) : links_.open(link, protocol);
  }
  void to_backend(LinkId link, std::string octets) override {
    trunks_ ? trunks_->write(link, octets) : links_.write(link, octets);
  }
  void close_backend(LinkId link) override {
    trunks_ ? trunks_->close(link) : links_.close(link);
    scheduler_.forget_link(link);
  }
  std::size_t choose(SessionId session, std::span<const LinkId> eligible) override {
    return scheduler_.choose(session, eligible);
  }
  /// Where the back-end is in this process, nothing is between that TLS could protect.
  void start_backend_tls(LinkId link) override {
    trunks_ ? trunks_->start_tls(link) : front_end_.backend_closed(link, *this);
  }
  void look_up(SessionId session, std::string_view user) override {
    lookups_.emplace_back(session, user);
  }
  void inside(const trace::Event&) override {}
  void log(SessionId, std::string_view, std::string_view) override {}

 private:
  struct Listener {
    tcp::acceptor acceptor;
    asio::steady_timer pause;
    const Door& door;
  };
  /// A connection: of the front-end, with a session, or to the back-end itself.
  struct Visitor {
    std::shared_ptr<Peer> peer;
    const Door& door;
    SessionId session = trace::no_session;
    std::optional<backend::Connection> direct;
  };

  // Trunks::Listener
  void backend_said(LinkId link, std::string_view octets) override {
    front_end_.backend_octets(link, octets, *this);
    settle();
  }
  void backend_under_tls(LinkId link) override {
    front_end_.backend_tls_established(link, {}, *this);  // or there would have been no handshake
    settle();
  }
  void backend_left(LinkId link) override {
    front_end_.backend_closed(link, *this);
    settle();
  }

  // Peer::Owner
  void peer_said(Peer& peer, std::string_view octets) override;
  void peer_under_tls(Peer& peer) override;
  void peer_left(Peer& peer) override;
  void peer_idles(Peer& peer) override { dismiss(peer, "idle for too long"); }
  void peer_gone(Peer& peer) override;

  std::optional<std::string> lead_to(Protocol protocol, const std::optional<std::string>& where);
  std::optional<std::string> listen(const Door& door, const std::string& text);
  void accept(Listener& listener);
  void admit(tcp::socket socket, const Door& door);
  void greet(Visitor& visitor);
  void dismiss(Peer& peer, std::string_view why);
  void close_session(Visitor& visitor);
  void settle();
  void answer_lookup();
  void tick();
  void stop_now();
  [[nodiscard]] SessionId free_session();

  asio::io_context io_{1};  // first, so that it outlives all that waits in it
  ServeOptions options_;
  std::optional<asio::ssl::context> tls_;
  Mailboxes mailboxes_;
  Links links_;
  std::optional<Trunks> trunks_;  // where the back-end is another process
  frontend::FrontEnd front_end_;
  Scheduler scheduler_;
  std::vector<frontend::Account> accounts_;
  std::deque<std::pair<SessionId, std::string>> lookups_;  // asked, and not yet answered
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<Listening> listening_;
  std::unordered_map<const Peer*, Visitor> visitors_;
  std::vector<Peer*> sessions_;  // by SessionId; null: free
  asio::signal_set signals_;
  asio::steady_timer grace_;
  asio::steady_timer clock_;
  bool settling_later_ = false;
  bool stopping_ = false;
};

// Listening

std::optional<std::string> Server::Implementation::open() {
  if (!options_.certificate.empty()) {
    auto context = server_context(options_.certificate, options_.key, options_.clients_ca_file);
    if (!context) return std::move(context.error());
    tls_.emplace(std::move(*context));
  } else if (!options_.key.empty()) {
    return fmt::format("key \"{}\" without a certificate: expected both", options_.key);
  }
  options_.configuration.certificate = tls_.has_value();
  if (options_.to_tls && !options_.to_imap && !options_.to_pop3) {
    return "TLS to the back-end: expected a back-end that isn't in this process";
  }
  options_.configuration.tls_to_backends = options_.to_tls.has_value();
  options_.configuration.connections_max =
      options_.connections_max == 0 ? 2 * options_.sessions_max : options_.connections_max;
  options_.configuration.idle = options_.idle_connections;
  for (const Door& door : doors) {
    const auto& address = options_.*door.address;
    if (!address) continue;
    if (auto error = listen(door, *address)) return error;
  }
  if (auto error = lead_to(Protocol::imap, options_.to_imap)) return error;
  if (auto error = lead_to(Protocol::pop3, options_.to_pop3)) return error;
  tick();
  if (listeners_.empty()) {
    return "nothing to listen on: expected an address for imap, pop3, imaps, pop3s, backend-imap "
           "or "
           "backend-pop3";
  }
  return std::nullopt;
}

std::optional<std::string> Server::Implementation::lead_to(
    Protocol protocol, const std::optional<std::string>& where) {
  if (!where) return std::nullopt;
  const auto address = address_from(*where);
  if (!address) return fmt::format("back-end {}", address.error());
  if (!trunks_) trunks_.emplace(io_, *this);
  trunks_->lead_to(protocol, {asio::ip::make_address(address->host), address->port});
  if (!options_.to_tls) return std::nullopt;
  auto context = client_context(*options_.to_tls, address->host);
  if (!context) return std::move(context.error());
  trunks_->trust(protocol, *std::move(context));
  return std::nullopt;
}

std::optional<std::string> Server::Implementation::listen(const Door& door,
                                                          const std::string& text) {
  if (door.implicit_tls && !tls_) {
    return fmt::format("{} {}: expected a certificate, for TLS from the start", door.name, text);
  }
  auto listener = std::make_unique<Listener>(
      Listener{.acceptor = tcp::acceptor(io_), .pause = asio::steady_timer(io_), .door = door});
  auto address = listen_on(listener->acceptor, door.name, text);
  if (!address) return std::move(address.error());
  listening_.push_back({door.name, *std::move(address)});
  listeners_.push_back(std::move(listener));
  accept(*listeners_.back());
  return std::nullopt;
}

void Server::Implementation::accept(Listener& listener) {
  listener.acceptor.async_accept(
      [this, &listener](const asio::error_code& error, tcp::socket socket) {
        if (stopping_) return;
        if (!error) {
          admit(std::move(socket), listener.door);
          return accept(listener);
        }
        listener.pause.expires_after(accept_again);
        listener.pause.async_wait([this, &listener](const asio::error_code& cancelled) {
          if (!cancelled && !stopping_) accept(listener);
        });
      });
}

void Server::Implementation::admit(tcp::socket socket, const Door& door) {
  const Peer::Limits limits{.idle = options_.idle_max};
  const auto peer = std::make_shared<Peer>(std::move(socket), *this, limits);
  // Numbers of sessions end below no_session, whatever is asked for.
  const bool full =
      visitors_.size() >= std::min<std::size_t>(options_.sessions_max, trace::no_session);
  Visitor& visitor =
      visitors_.emplace(peer.get(), Visitor{.peer = peer, .door = door, .direct = std::nullopt})
          .first->second;
  if (full) {
    // Under TLS from the start nothing can be said that would be understood.
    if (!door.implicit_tls) peer->write(farewell(door.protocol, "too many connections"));
    return peer->close();
  }
  if (door.implicit_tls) return peer->start_tls(*tls_);
  peer->start();
  greet(visitor);
}

// Sessions

SessionId Server::Implementation::free_session() {
  for (std::size_t id = 0; id < sessions_.size(); ++id) {
    if (sessions_[id] == nullptr) return static_cast<SessionId>(id);
  }
  sessions_.push_back(nullptr);
  return static_cast<SessionId>(sessions_.size() - 1);
}

void Server::Implementation::greet(Visitor& visitor) {
  if (visitor.door.back_end) {
    const Protocol protocol = visitor.door.protocol;
    visitor.direct.emplace(tls_ ? mailboxes_.connect_with_tls(protocol)
                                : mailboxes_.connect(protocol));
    std::string greeting;
    visitor.direct->open(greeting);
    return visitor.peer->write(greeting);
  }
  visitor.session = free_session();
  sessions_[visitor.session] = visitor.peer.get();
  const std::string binding = visitor.peer->binding();
  const std::string user = visitor.peer->certified_name();
  const auto tls = visitor.door.implicit_tls
                       ? std::optional(frontend::ClientTls{.user = user, .binding = binding})
                       : std::nullopt;
  front_end_.client_opened(visitor.session, visitor.door.protocol, tls, *this);
  settle();
}

void Server::Implementation::peer_said(Peer& peer, std::string_view octets) {
  Visitor& visitor = visitors_.at(&peer);
  if (visitor.direct) {
    std::string answer;
    visitor.direct->receive(octets, mailboxes_.store(), answer);
    peer.write(answer);
    if (visitor.direct->wants_tls()) peer.start_tls(*tls_);
    if (visitor.direct->closing()) peer.close();
    return;
  }
  if (visitor.session == trace::no_session) return;
  front_end_.client_octets(visitor.session, octets, *this);
  settle();
}

void Server::Implementation::peer_under_tls(Peer& peer) {
  Visitor& visitor = visitors_.at(&peer);
  if (visitor.door.implicit_tls) return greet(visitor);
  if (visitor.direct) return visitor.direct->tls_established();
  if (visitor.session == trace::no_session) return;
  const std::string binding = peer.binding();
  const std::string user = peer.certified_name();
  front_end_.tls_established(visitor.session, {.user = user, .binding = binding}, *this);
  settle();
}

void Server::Implementation::peer_left(Peer& peer) { close_session(visitors_.at(&peer)); }

void Server::Implementation::peer_gone(Peer& peer) {
  visitors_.erase(&peer);
  if (stopping_ && visitors_.empty()) io_.stop();
}

void Server::Implementation::dismiss(Peer& peer, std::string_view why) {
  Visitor& visitor = visitors_.at(&peer);
  peer.write(farewell(visitor.door.protocol, why));
  close_session(visitor);
  peer.close();
}

// The client's side is over: tells the front-end.
void Server::Implementation::close_session(Visitor& visitor) {
  const SessionId session = std::exchange(visitor.session, trace::no_session);
  if (session == trace::no_session) return;
  sessions_[session] = nullptr;
  scheduler_.forget_session(session);
  front_end_.client_closed(session, *this);
  settle();
}

// The front-end's calls

void Server::Implementation::to_client(SessionId session, std::string octets) {
  if (session < sessions_.size() && sessions_[session] != nullptr) {
    sessions_[session]->write(octets);
  }
}

void Server::Implementation::close_client(SessionId session) {
  if (session >= sessions_.size() || sessions_[session] == nullptr) return;
  Peer& peer = *std::exchange(sessions_[session], nullptr);
  scheduler_.forget_session(session);
  visitors_.at(&peer).session = trace::no_session;
  peer.close();
}

void Server::Implementation::start_tls(SessionId session) {
  if (session >= sessions_.size() || sessions_[session] == nullptr || !tls_) return;
  sessions_[session]->start_tls(*tls_);
}

// Carries octets between front-end and back-end until nothing moves; a busy session gives way to
// others now and then.
void Server::Implementation::settle() {
  const auto idle = [this] { return links_.idle() && lookups_.empty(); };
  for (std::size_t i = 0; i < deliveries_at_once && !idle(); ++i) {
    links_.deliver(front_end_, *this);
    answer_lookup();
  }
  if (idle() || settling_later_) return;
  settling_later_ = true;
  asio::post(io_, [this] {
    settling_later_ = false;
    settle();
  });
}

void Server::Implementation::answer_lookup() {
  if (lookups_.empty()) return;
  const auto [session, user] = std::move(lookups_.front());
  lookups_.pop_front();
  const auto found =
      std::ranges::find(accounts_, frontend::canonical_user(user), &frontend::Account::user);
  front_end_.looked_up(session, found == accounts_.end() ? nullptr : &*found, *this);
}

/// The front-end has no clock of its own.
void Server::Implementation::tick() {
  clock_.expires_after(std::chrono::seconds(1));
  clock_.async_wait([this](const asio::error_code& cancelled) {
    if (cancelled || stopping_) return;
    front_end_.elapse(1, *this);
    settle();
    tick();
  });
}

void Server::Implementation::stop_now() {
  if (stopping_) return;
  stopping_ = true;
  asio::error_code ignored;
  for (const auto& listener : listeners_) {
    listener->acceptor.close(ignored);
    listener->pause.cancel();
  }
  signals_.cancel(ignored);
  clock_.cancel();
  std::vector<std::shared_ptr<Peer>> peers;
  for (const auto& entry : visitors_) peers.push_back(entry.second.peer);
  for (const auto& peer : peers) dismiss(*peer, "the server stops");
  if (peers.empty()) return io_.stop();
  grace_.expires_after(farewell_max);
  grace_.async_wait([this](const asio::error_code&) { io_.stop(); });
}

// The public face

Server::Server(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;
Server::~Server() = default;

std::expected<Server, std::string> Server::open(ServeOptions options) {
  auto implementation = std::make_unique<Implementation>(std::move(options));
  if (auto error = implementation->open()) return std::unexpected(std::move(*error));
  return Server(std::move(implementation));
}

const std::vector<Server::Listening>& Server::listening() const {
  return implementation_->listening();
}
void Server::run() { implementation_->run(); }
void Server::stop() { implementation_->stop(); }
void Server::stop_on_signals() { implementation_->stop_on_signals(); }

}  // namespace sallyport::live
