#include "targets/live/interpose.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <csignal>
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "observe/observer.hpp"
#include "targets/live/address.hpp"
#include "targets/live/impostor.hpp"
#include "targets/live/listen.hpp"
#include "targets/live/peer.hpp"
#include "targets/live/tap_line.hpp"

namespace sallyport::live {

using asio::ip::tcp;
using trace::LinkId;

class Interposer::Implementation final : public Peer::Owner {
 public:
  explicit Implementation(InterposeOptions options)
      : options_(std::move(options)), churner_(options_.churn), signals_(io_) {}

  std::optional<std::string> open();  // an error
  void run() { io_.run(); }
  void stop() {
    asio::post(io_, [this] { io_.stop(); });
  }
  void stop_on_signals() {
    asio::error_code ignored;
    signals_.add(SIGTERM, ignored);
    signals_.add(SIGINT, ignored);
    signals_.async_wait([this](const asio::error_code& error, int) {
      if (!error) io_.stop();
    });
  }
  [[nodiscard]] const std::string& listening() const { return listening_; }
  [[nodiscard]] const std::string& tap() const { return tap_address_; }
  [[nodiscard]] std::uint64_t struck() const { return churner_.struck(); }

 private:
  /// A record that isn't carried out yet, because its verdict is waited for.
  struct Pending {
    TapRecord record;
    std::uint64_t opening = 0;
    std::optional<Deed::What> deed = std::nullopt;
    bool starts_tls = false;
    bool lost = false;  // told to the tap, and handed on to nobody
  };
  struct Link {
    LinkId id = 0;
    std::uint64_t opening = 0;  // numbers are used again
    std::shared_ptr<Peer> front;
    std::shared_ptr<Peer> back;  // null while it is being connected
    observe::Observer observer;
    LinkLife life = {};
    std::string early = {};                                // for the back-end, before there is one
    int under_tls = 0;                                     // of the two sides
    bool upgrading = false;                                // one of them isn't yet
    std::vector<std::pair<bool, std::string>> hasty = {};  // what the other side said meanwhile
    bool swallows = false;    // the next line of the back-end: a greeting after a swap
    bool deaf = false;        // a deed struck: what comes from now on is never heard
    bool cut = false;         // in mid-line, so the rest of it would mean nothing
    bool exchanging = false;  // nor what is said by the back-end that is about to be exchanged
    bool ended = false;
    std::unique_ptr<asio::steady_timer> delay = {};
    std::deque<std::pair<Pending, TapVerdict>> delayed = {};
  };

  // Peer::Owner
  void peer_said(Peer& peer, std::string_view octets) override;
  void peer_under_tls(Peer& peer) override;
  void peer_left(Peer& peer) override;
  void peer_idles(Peer& peer) override { peer_left(peer); }
  void peer_gone(Peer& peer) override {
    owners_.erase(&peer);
    peers_.erase(&peer);
  }

  void accept();
  void accept_tap();
  void admit(tcp::socket socket);
  void connect(Link& link, bool again);
  void connected(Link& link, tcp::socket socket, bool again);
  std::shared_ptr<Peer> peer_of(tcp::socket socket);
  void tap_said(std::string_view octets);
  void tap_left();
  void heard(Link& link, bool from_backend, std::string_view octets);
  void halved(Pending pending, std::size_t octets);
  void submit(Pending pending);
  void carry_out(const Pending& pending, const TapVerdict& verdict);
  void hand_on(Link& link, const Pending& pending, const TapVerdict& verdict);
  void start_tls(Link& link, asio::ssl::context& shown);
  void do_deed(Link& link, Deed::What what);
  void hold(Link& link);
  void end(Link& link);
  [[nodiscard]] Link* find(LinkId id, std::uint64_t opening);

  asio::io_context io_{1};  // first, so that it outlives all that waits in it
  InterposeOptions options_;
  Churner churner_;
  tcp::endpoint backend_;
  std::optional<asio::ssl::context> server_tls_;
  std::optional<asio::ssl::context> impostor_tls_;
  std::optional<asio::ssl::context> weak_tls_;
  std::optional<asio::ssl::context> client_tls_;
  std::optional<tcp::acceptor> acceptor_;
  std::optional<tcp::acceptor> tap_acceptor_;
  std::string listening_;
  std::string tap_address_;
  std::unordered_map<const Peer*, std::shared_ptr<Peer>> peers_;
  std::unordered_map<const Peer*, std::pair<LinkId, bool>> owners_;  // and whether it is the back
  std::map<LinkId, std::unique_ptr<Link>> links_;
  std::uint64_t openings_ = 0;
  std::shared_ptr<Peer> tap_;
  std::string tap_input_;
  std::deque<Pending> pending_;
  asio::signal_set signals_;
};

// Listening

std::optional<std::string> Interposer::Implementation::open() {
  const auto backend = address_from(options_.backend);
  if (!backend) return fmt::format("backend {}", backend.error());
  backend_ = tcp::endpoint(asio::ip::make_address(backend->host), backend->port);
  if (!options_.certificate.empty()) {
    auto server = server_context(options_.certificate, options_.key);
    if (!server) return std::move(server.error());
    server_tls_.emplace(std::move(*server));
    auto impostor = impostor_context(options_.certificate, options_.key);
    if (!impostor) return std::move(impostor.error());
    impostor_tls_.emplace(std::move(*impostor));
    auto weak = weak_context();
    if (!weak) return std::move(weak.error());
    weak_tls_.emplace(std::move(*weak));
    auto client = client_context(options_.trust, backend->host);
    if (!client) return std::move(client.error());
    client_tls_.emplace(std::move(*client));
  } else if (options_.implicit_tls) {
    return "TLS from the first octet: expected a certificate for the front-end's side";
  }
  acceptor_.emplace(io_);
  auto address = listen_on(*acceptor_, "listen", options_.listen);
  if (!address) return std::move(address.error());
  listening_ = *std::move(address);
  accept();
  if (!options_.tap) return std::nullopt;
  tap_acceptor_.emplace(io_);
  address = listen_on(*tap_acceptor_, "tap", *options_.tap);
  if (!address) return std::move(address.error());
  tap_address_ = *std::move(address);
  accept_tap();
  return std::nullopt;
}

void Interposer::Implementation::accept() {
  acceptor_->async_accept([this](const asio::error_code& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) admit(std::move(socket));
    accept();
  });
}

// One probe at a time: the others wait in the queue of the system.
void Interposer::Implementation::accept_tap() {
  tap_acceptor_->async_accept([this](const asio::error_code& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (error) return accept_tap();
    tap_ = peer_of(std::move(socket));
    tap_->start();
    tap_->write(std::string(tap_greeting) + '\n');
  });
}

std::shared_ptr<Peer> Interposer::Implementation::peer_of(tcp::socket socket) {
  const auto peer = std::make_shared<Peer>(std::move(socket), *this, Peer::Limits{});
  peers_.emplace(peer.get(), peer);
  return peer;
}

// Links

void Interposer::Implementation::admit(tcp::socket socket) {
  if (links_.size() >= options_.links_max) return;  // closed with its socket
  LinkId id = 0;
  while (links_.contains(id)) ++id;
  auto link = std::make_unique<Link>(
      Link{.id = id,
           .opening = ++openings_,
           .front = peer_of(std::move(socket)),
           .back = nullptr,
           .observer = observe::Observer(options_.protocol, trace::Point::backend, id)});
  owners_[link->front.get()] = {id, false};
  connect(*links_.emplace(id, std::move(link)).first->second, false);
}

void Interposer::Implementation::connect(Link& link, bool again) {
  const auto socket = std::make_shared<tcp::socket>(io_);
  socket->async_connect(backend_, [this, socket, id = link.id, opening = link.opening,
                                   again](const asio::error_code& error) {
    Link* const link = find(id, opening);
    if (link == nullptr || link->ended) return;
    if (error) return end(*link);  // a front-end whose back-end isn't there
    connected(*link, std::move(*socket), again);
  });
}

void Interposer::Implementation::connected(Link& link, tcp::socket socket, bool again) {
  link.back = peer_of(std::move(socket));
  owners_[link.back.get()] = {link.id, true};
  link.swallows = again;
  if (!again) {
    submit({.record = {.what = TapRecord::What::opened, .link = link.id}, .opening = link.opening});
  }
  if (options_.implicit_tls && !again) {
    return start_tls(link, *server_tls_);
  }
  link.back->start();
  if (!again) link.front->start();
  link.back->write(std::exchange(link.early, {}));
}

Interposer::Implementation::Link* Interposer::Implementation::find(LinkId id,
                                                                   std::uint64_t opening) {
  const auto found = links_.find(id);
  return found == links_.end() || found->second->opening != opening ? nullptr : found->second.get();
}

void Interposer::Implementation::end(Link& link) {
  link.ended = true;
  for (const auto& peer : {link.front, link.back}) {
    if (!peer) continue;
    owners_.erase(peer.get());
    peer->close();
  }
  links_.erase(link.id);
}

// What the peers say

void Interposer::Implementation::peer_said(Peer& peer, std::string_view octets) {
  if (&peer == tap_.get()) return tap_said(octets);
  const auto owner = owners_.find(&peer);
  if (owner == owners_.end()) return;
  Link& link = *links_.at(owner->second.first);
  if (!link.deaf) heard(link, owner->second.second, octets);
}

/// `octets` came at once, so a front-end had said all of it before it could know of a deed: what
/// stands behind the line at which that strikes is told, and lost.
void Interposer::Implementation::heard(Link& link, bool from_backend, std::string_view octets) {
  // A line is a record, so that a probe can have its say at each of several that come at once.
  const std::size_t line = from_backend ? octets.npos : octets.find('\n');
  if (line != octets.npos && line + 1 < octets.size()) {
    const LinkId id = link.id;
    const auto opening = link.opening;
    heard(link, false, octets.substr(0, line + 1));
    if (Link* const same = find(id, opening)) heard(*same, false, octets.substr(line + 1));
    return;
  }
  if (link.cut || (link.exchanging && from_backend)) return;
  if (link.upgrading) return link.hasty.emplace_back(from_backend, octets), void();
  if (from_backend && link.swallows) {
    const std::size_t end = octets.find('\n');
    if (end == octets.npos) return;
    link.swallows = false;
    octets.remove_prefix(end + 1);
    if (octets.empty()) return;
  }
  trace::Trace seen;
  if (from_backend) {
    link.observer.from_server(octets, seen);
  } else {
    link.observer.from_client(octets, seen);
  }
  const auto moment = link.life.moment(seen.events, from_backend, octets);
  Pending pending{.record = {.what = TapRecord::What::said,
                             .link = link.id,
                             .from_backend = from_backend,
                             .octets = std::string(octets)},
                  .opening = link.opening,
                  .deed = moment && !link.deaf ? churner_.at(*moment) : std::nullopt,
                  .lost = link.deaf};
  for (const trace::Event& e : seen.events) {
    const bool tls = e.verb == trace::Verb::starttls || e.verb == trace::Verb::stls;
    const bool accepted = e.kind == trace::Kind::completion && e.status == trace::Status::ok;
    pending.starts_tls = pending.starts_tls || (tls && accepted && server_tls_.has_value());
  }
  if (!pending.deed) return submit(std::move(pending));
  const auto middle = middle_of(*moment, octets, from_backend);
  if (pending.deed == Deed::What::delay) return halved(std::move(pending), middle.value_or(0));
  // What is done comes when the tap has answered; until then more may come in.
  (pending.deed == Deed::What::swap ? link.exchanging : link.deaf) = true;
  link.cut = link.deaf && middle.has_value();
  submit({.record = {.what = TapRecord::What::failure, .link = link.id}, .opening = link.opening});
  pending.record.octets.resize(middle.value_or(octets.size()));
  submit(std::move(pending));
}

/// The first `octets` of what is said come now, the rest is what waits.
void Interposer::Implementation::halved(Pending pending, std::size_t octets) {
  if (octets > 0) {
    Pending first = pending;
    first.record.octets.resize(octets);
    first.deed.reset();
    first.starts_tls = false;
    submit(std::move(first));
    pending.record.octets.erase(0, octets);
  }
  if (!pending.record.octets.empty()) submit(std::move(pending));
}

void Interposer::Implementation::peer_under_tls(Peer& peer) {
  const auto owner = owners_.find(&peer);
  if (owner == owners_.end()) return;
  Link& link = *links_.at(owner->second.first);
  if (++link.under_tls < 2) return;
  trace::Trace ignored;
  link.observer.tls(ignored);
  submit({.record = {.what = TapRecord::What::tls, .link = link.id}, .opening = link.opening});
  link.upgrading = false;
  const auto opening = link.opening;
  const LinkId id = link.id;
  for (const auto& [from_backend, octets] : std::exchange(link.hasty, {})) {
    Link* const same = find(id, opening);
    if (same != nullptr && !same->deaf) heard(*same, from_backend, octets);
  }
}

void Interposer::Implementation::peer_left(Peer& peer) {
  if (&peer == tap_.get()) return tap_left();
  const auto owner = owners_.find(&peer);
  if (owner == owners_.end()) return;
  Link& link = *links_.at(owner->second.first);
  submit({.record = {.what = TapRecord::What::closed,
                     .link = link.id,
                     .from_backend = owner->second.second},
          .opening = link.opening});
}

// The tap

void Interposer::Implementation::tap_said(std::string_view octets) {
  tap_input_.append(octets);
  std::size_t end = 0;
  while ((end = tap_input_.find('\n')) != std::string::npos) {
    const std::string line = tap_input_.substr(0, end);
    tap_input_.erase(0, end + 1);
    if (line == tap_flush) {
      for (const auto& each : links_) do_deed(*each.second, Deed::What::close);
      continue;
    }
    const auto verdict = verdict_from(line);
    if (!verdict || pending_.empty()) return tap_left();  // it is no probe of ours
    const Pending pending = std::move(pending_.front());
    pending_.pop_front();
    carry_out(pending, *verdict);
  }
  if (tap_input_.size() > tap_line_octets_max) tap_left();
}

// What it hasn't answered is handed on as it is.
void Interposer::Implementation::tap_left() {
  if (!tap_) return;
  std::exchange(tap_, nullptr)->close();
  tap_input_.clear();
  for (const Pending& each : std::exchange(pending_, {})) carry_out(each, {});
  accept_tap();
}

void Interposer::Implementation::submit(Pending pending) {
  if (!tap_) return carry_out(pending, {});
  tap_->write(to_text(pending.record) + '\n');
  pending_.push_back(std::move(pending));
}

void Interposer::Implementation::carry_out(const Pending& pending, const TapVerdict& verdict) {
  Link* const link = find(pending.record.link, pending.opening);
  if (link == nullptr) return;
  if (link->delay) return link->delayed.emplace_back(pending, verdict), void();
  switch (pending.record.what) {
    case TapRecord::What::opened:
    case TapRecord::What::tls:
    case TapRecord::What::failure:
      return;
    case TapRecord::What::closed:
      return end(*link);
    case TapRecord::What::said:
      if (pending.lost) return;
      if (pending.deed == Deed::What::delay) {
        Pending later = pending;
        later.deed.reset();
        hold(*link);
        return link->delayed.emplace_back(std::move(later), verdict), void();
      }
      return hand_on(*link, pending, verdict);
  }
}

/// Nothing of the link is handed on for a while.
void Interposer::Implementation::hold(Link& link) {
  link.delay = std::make_unique<asio::steady_timer>(io_);
  link.delay->expires_after(options_.delay);
  link.delay->async_wait([this, id = link.id, opening = link.opening](const asio::error_code&) {
    Link* held = find(id, opening);
    if (held == nullptr) return;
    held->delay.reset();
    auto waiting = std::exchange(held->delayed, {});
    for (const auto& [pending, verdict] : waiting) carry_out(pending, verdict);
  });
}

void Interposer::Implementation::hand_on(Link& link, const Pending& pending,
                                         const TapVerdict& verdict) {
  using What = TapVerdict::What;
  const std::string& octets = verdict.has_octets() ? verdict.octets : pending.record.octets;
  const bool to_front =
      pending.record.from_backend || verdict.what == What::answer || verdict.what == What::end;
  if (pending.deed == Deed::What::swap) do_deed(link, *pending.deed);
  if (to_front) {
    link.front->write(octets);
  } else if (link.back) {
    link.back->write(octets);
  } else {
    link.early += octets;
  }
  if (verdict.what == What::end) return end(link);
  if (pending.starts_tls && link.back) {
    start_tls(link, verdict.what == What::impostor ? *impostor_tls_
                    : verdict.what == What::weak   ? *weak_tls_
                                                   : *server_tls_);
  }
  if (pending.deed && *pending.deed != Deed::What::swap) do_deed(link, *pending.deed);
}

void Interposer::Implementation::start_tls(Link& link, asio::ssl::context& shown) {
  link.upgrading = true;
  link.front->start_tls(shown);
  link.back->start_tls(*client_tls_, Peer::Side::client);
}

void Interposer::Implementation::do_deed(Link& link, Deed::What what) {
  switch (what) {
    case Deed::What::delay:
    case Deed::What::stall:
      return;
    case Deed::What::swap:
      link.exchanging = false;
      if (link.back && link.under_tls == 0) {
        owners_.erase(link.back.get());
        std::exchange(link.back, nullptr)->close();
        return connect(link, true);
      }
      return;  // a channel of TLS can't be exchanged unseen
    case Deed::What::reset:
      owners_.erase(link.front.get());
      link.front->reset();
      break;
    case Deed::What::close:
      break;
  }
  submit({.record = {.what = TapRecord::What::closed, .link = link.id, .from_backend = true},
          .opening = link.opening});
}

// The public face

Interposer::Interposer(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
Interposer::Interposer(Interposer&&) noexcept = default;
Interposer& Interposer::operator=(Interposer&&) noexcept = default;
Interposer::~Interposer() = default;

std::expected<Interposer, std::string> Interposer::open(InterposeOptions options) {
  auto implementation = std::make_unique<Implementation>(std::move(options));
  if (auto error = implementation->open()) return std::unexpected(std::move(*error));
  return Interposer(std::move(implementation));
}
const std::string& Interposer::listening() const { return implementation_->listening(); }
const std::string& Interposer::tap() const { return implementation_->tap(); }
std::uint64_t Interposer::struck() const { return implementation_->struck(); }
void Interposer::run() { implementation_->run(); }
void Interposer::stop() { implementation_->stop(); }
void Interposer::stop_on_signals() { implementation_->stop_on_signals(); }

}  // namespace sallyport::live
