#include "targets/live/trunks.hpp"

#include <asio/post.hpp>
#include <utility>

namespace sallyport::live {

using asio::ip::tcp;
using trace::LinkId;

void Trunks::lead_to(trace::Protocol protocol, const tcp::endpoint& where) {
  route(protocol).where = where;
}

void Trunks::trust(trace::Protocol protocol, asio::ssl::context context) {
  route(protocol).tls.emplace(std::move(context));
}

void Trunks::open(LinkId link, trace::Protocol protocol) {
  const std::uint64_t opening = ++openings_;
  trunks_[link] = {.opening = opening, .protocol = protocol, .peer = nullptr, .early = {}};
  const auto& where = route(protocol).where;
  if (!where) return asio::post(io_, [this, link, opening] { left(link, opening); });
  const auto socket = std::make_shared<tcp::socket>(io_);
  socket->async_connect(*where, [this, socket, link, opening](const asio::error_code& error) {
    if (error) return left(link, opening);
    const auto found = trunks_.find(link);
    if (found == trunks_.end() || found->second.opening != opening) return;
    const auto peer = std::make_shared<Peer>(std::move(*socket), *this, Peer::Limits{});
    peers_.emplace(peer.get(), peer);
    owners_[peer.get()] = link;
    found->second.peer = peer;
    peer->start();
    peer->write(std::exchange(found->second.early, {}));
  });
}

void Trunks::write(LinkId link, std::string_view octets) {
  const auto found = trunks_.find(link);
  if (found == trunks_.end()) return;
  if (found->second.peer) return found->second.peer->write(octets);
  found->second.early += octets;
}

void Trunks::close(LinkId link) {
  const auto found = trunks_.find(link);
  if (found == trunks_.end()) return;
  const auto peer = std::move(found->second.peer);
  trunks_.erase(found);
  if (!peer) return;
  owners_.erase(peer.get());
  peer->close();
}

void Trunks::start_tls(LinkId link) {
  const auto found = trunks_.find(link);
  if (found == trunks_.end() || !found->second.peer) return;
  auto& tls = route(found->second.protocol).tls;
  if (tls) return found->second.peer->start_tls(*tls, Peer::Side::client);
  asio::post(io_, [this, link, opening = found->second.opening] { left(link, opening); });
}

void Trunks::left(LinkId link, std::uint64_t opening) {
  const auto found = trunks_.find(link);
  if (found != trunks_.end() && found->second.opening == opening) listener_.backend_left(link);
}

void Trunks::peer_said(Peer& peer, std::string_view octets) {
  const auto owner = owners_.find(&peer);
  if (owner != owners_.end()) listener_.backend_said(owner->second, octets);
}

void Trunks::peer_under_tls(Peer& peer) {
  const auto owner = owners_.find(&peer);
  if (owner != owners_.end()) listener_.backend_under_tls(owner->second);
}

void Trunks::peer_left(Peer& peer) {
  const auto owner = owners_.find(&peer);
  if (owner == owners_.end()) return;
  const LinkId link = owner->second;
  owners_.erase(owner);
  listener_.backend_left(link);
}

}  // namespace sallyport::live
