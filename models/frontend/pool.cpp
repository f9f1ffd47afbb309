// Leases: which connection serves whom, and which may go back to the pool.
#include <algorithm>

#include "crypto/digests.hpp"
#include "frontend/frontend.hpp"

namespace sallyport::frontend {

using trace::Kind;
using trace::LinkId;
using trace::Mechanism;
using trace::no_link;
using trace::no_session;
using trace::Protocol;
using trace::SessionId;

namespace {

trace::Event inside_event(Kind kind, Protocol protocol, SessionId session, LinkId link) {
  return {.kind = kind,
          .point = trace::Point::inside,
          .protocol = protocol,
          .session = session,
          .link = link};
}

bool is_token(Mechanism mechanism) {
  return mechanism == Mechanism::oauthbearer || mechanism == Mechanism::xoauth2;
}

}  // namespace

// The eligible connections, in the order of preference: index 0 is what a persistent front-end
// takes.
std::optional<LinkId> FrontEnd::lease(SessionId id, std::vector<LinkId>& eligible,
                                      std::uint8_t route, Host& host) {
  if (eligible.empty()) {
    host.inside(inside_event(Kind::failure, session(id).protocol, id, no_link));
    return std::nullopt;
  }
  const std::size_t choice = eligible.size() == 1 ? 0 : host.choose(id, eligible);
  const LinkId chosen = eligible[choice % eligible.size()];
  if (chosen >= links_.size()) links_.resize(chosen + std::size_t{1});
  Link& l = link(chosen);
  l.fresh = l.state == LinkState::closed;
  if (l.fresh) {
    l = Link{};
    l.fresh = true;
    l.protocol = session(id).protocol;
    l.route = route;
    l.state = LinkState::greeting;
    host.open_backend(chosen, l.protocol, route);
  }
  l.session = id;
  l.proven = false;
  l.passed_on = false;
  l.wait_seconds = 0;
  session(id).link = chosen;
  host.inside(inside_event(Kind::lease, l.protocol, id, chosen));
  return chosen;
}

/// Connections that nobody is logged in on.
void FrontEnd::add_idle(Protocol protocol, std::uint8_t route,
                        std::vector<LinkId>& eligible) const {
  add(protocol, eligible, [route](const Link& l) { return !l.authenticated && l.route == route; });
}

// A new connection, where the pool may grow: it takes the smallest free number. Where it may not,
// somebody else's connection that rests makes room rather than that this session is refused.
void FrontEnd::add_new(std::vector<LinkId>& eligible, Host& host) {
  const auto& idle = configuration_->idle;
  if (idle && eligible.size() >= idle->per_user && !eligible.empty()) return;
  look_at_all_links();
  if (idle && eligible.empty()) {
    keep_at_most(configuration_->connections_max - 1, host,
                 [](const Link& l) { return l.state != LinkState::closed; });
  }
  std::size_t free = links_.size();
  for (std::size_t k = links_.size(); k-- > 0;) {
    if (links_[k].state == LinkState::closed) free = k;
  }
  if (free < configuration_->connections_max) eligible.push_back(static_cast<LinkId>(free));
}

void FrontEnd::end_lease(LinkId k, Host& host) {
  Link& l = link(k);
  const SessionId holder = l.session;
  if (holder == no_session) return;
  l.session = no_session;
  session(holder).link = no_link;
  host.inside(inside_event(Kind::release, l.protocol, holder, k));
}

/// It stays in the pool, perhaps in the place of another one.
void FrontEnd::release(LinkId k, Host& host) {
  end_lease(k, host);
  const auto& idle = configuration_->idle;
  if (!idle || !rests(link(k))) return;
  Link& l = link(k);
  footprint_.rest = true;  // rests_
  l.rested = ++rests_;
  l.wait_seconds = 0;
  const auto user = [](const Link& each) {
    return each.authenticated ? std::optional(each.owner) : std::nullopt;
  };
  keep_at_most(idle->per_user, host, [&, whose = user(l)](const Link& each) {
    return rests(each) && user(each) == whose;
  });
}

/// Whoever held it is through with it: it stays only where somebody else may have it.
void FrontEnd::give_back(LinkId k, Host& host) {
  reusable(link(k)) ? release(k, host) : close_link(k, host);
}

bool FrontEnd::rests(const Link& l) {
  return l.state == LinkState::idle && l.session == no_session && l.unfinished == no_session;
}

/// Of those that `counts` takes. Those that don't rest are in use, however many they are.
template <class Counts>
void FrontEnd::keep_at_most(std::size_t most, Host& host, Counts&& counts) {
  look_at_all_links();
  auto count = static_cast<std::size_t>(std::ranges::count_if(links_, counts));
  for (; count > most; --count) {
    auto oldest = links_.end();
    for (auto l = links_.begin(); l != links_.end(); ++l) {
      if (!counts(*l) || !rests(*l)) continue;
      if (oldest == links_.end() || l->rested < oldest->rested) oldest = l;
    }
    if (oldest == links_.end()) return;
    dismiss(static_cast<LinkId>(oldest - links_.begin()), host);
  }
}

/// As a client leaves that is through.
void FrontEnd::dismiss(LinkId k, Host& host) {
  Link& l = link(k);
  host.to_backend(k, l.protocol == Protocol::imap ? next_tag(l) + " LOGOUT\r\n" : "QUIT\r\n");
  close_link(k, host);
}

void FrontEnd::close_link(LinkId k, Host& host) {
  end_lease(k, host);
  if (link(k).state == LinkState::closed) return;
  link(k) = Link{};
  host.close_backend(k);
}

// Connections that were left in the middle of this session's exchange are of no use to anybody.
void FrontEnd::close_unfinished(SessionId id, Host& host) {
  look_at_all_links();
  for (std::size_t k = 0; k < links_.size(); ++k) {
    if (links_[k].unfinished == id) close_link(static_cast<LinkId>(k), host);
  }
}

/// Everything that the login on a connection rested on, but for the protocol and the back-end,
/// which are compared as they are. Of the secret only a digest stays, so that no password outlives
/// its login.
FrontEnd::Key FrontEnd::key_of(const Session& s, std::uint8_t route) const {
  const Claim& claim = s.claim;
  std::string all;
  const auto part = [&all](std::string_view text) {
    all += std::to_string(text.size());
    all += ':';
    all += text;
  };
  const bool token = is_token(claim.mechanism);
  part(canonical_user(faulty(Fault::pool_key_omits_authzid) ? claim.authcid : claim.user()));
  part(canonical_user(claim.authcid));
  const bool omits_secret =
      token ? faulty(Fault::pool_key_omits_bearer) : faulty(Fault::pool_key_omits_password);
  if (!omits_secret) part(claim.secret);
  if (!faulty(Fault::pool_key_omits_mechanism)) part(trace::name(claim.mechanism));
  if (!faulty(Fault::pool_key_omits_tls)) part(s.tls ? "tls" : "clear");
  part(claim.delegated ? "delegated" : "own");
  part(std::to_string(route));
  const crypto::Digest256 digest = crypto::sha256(all);
  Key key{};
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

/// Nothing of the session that leaves it is left in it. POP3 connections end with their session: a
/// maildrop belongs to one session (RFC 1939 §4).
bool FrontEnd::reusable(const Link& l) const {
  if (l.protocol != Protocol::imap || !l.key.has_value()) return false;
  if (l.state == LinkState::relay && faulty(Fault::pool_connections_in_mid_answer)) return true;
  if (l.state != LinkState::idle) return false;
  return !l.selected || faulty(Fault::pool_connections_with_a_mailbox);
}

// CVE-2015-3143 as a fault: "no credentials" matches every connection's key.
bool FrontEnd::borrow_any_connection(SessionId id, Host& host) {
  if (!faulty(Fault::match_any_connection_without_credentials)) return false;
  std::vector<LinkId> eligible;
  add(session(id).protocol, eligible, [](const Link& l) { return l.authenticated; });
  if (eligible.empty() || !lease(id, eligible, 0, host)) return false;
  session(id).authenticated = true;
  return true;
}

}  // namespace sallyport::frontend
