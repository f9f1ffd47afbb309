// Leases: which connection serves whom, and what it is used for: a login that was gathered whole,
// one relayed SASL message, one relayed command.
#include <algorithm>

#include "crypto/digests.hpp"
#include "frontend/frontend.hpp"
#include "wire/base64.hpp"

namespace sallyport::frontend {

using trace::Kind;
using trace::LinkId;
using trace::no_link;
using trace::no_session;
using trace::Protocol;
using trace::SessionId;
using trace::Status;
using trace::Verb;

namespace {

trace::Event inside_event(Kind kind, Protocol protocol, SessionId session, LinkId link) {
  return {.kind = kind,
          .point = trace::Point::inside,
          .protocol = protocol,
          .session = session,
          .link = link};
}

std::array<std::uint8_t, 16> key_of(std::string_view user, std::string_view password) {
  std::string joined(user);
  joined += '\0';
  joined += password;
  const crypto::Digest256 digest = crypto::sha256(joined);
  std::array<std::uint8_t, 16> key{};
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

}  // namespace

// The eligible connections, in the order of preference: index 0 is what a persistent front-end
// takes.
std::optional<LinkId> FrontEnd::lease(SessionId id, std::vector<LinkId>& eligible, Host& host) {
  if (eligible.empty()) {
    host.inside(inside_event(Kind::failure, session(id).protocol, id, no_link));
    return std::nullopt;
  }
  const std::size_t choice = eligible.size() == 1 ? 0 : host.choose(id, eligible);
  const LinkId chosen = eligible[choice % eligible.size()];
  if (chosen >= links_.size()) links_.resize(chosen + std::size_t{1});
  Link& l = link(chosen);
  if (l.state == LinkState::closed) {
    l = Link{};
    l.protocol = session(id).protocol;
    l.state = LinkState::greeting;
    host.open_backend(chosen, l.protocol);
  }
  l.session = id;
  session(id).link = chosen;
  host.inside(inside_event(Kind::lease, l.protocol, id, chosen));
  return chosen;
}

// Idle connections that nobody is logged in on.
void FrontEnd::add_idle(Protocol protocol, std::vector<LinkId>& eligible) const {
  for (std::size_t k = 0; k < links_.size(); ++k) {
    const Link& l = links_[k];
    if (l.protocol == protocol && l.state == LinkState::idle && !l.authenticated &&
        l.session == no_session && l.unfinished == no_session &&
        std::ranges::find(eligible, static_cast<LinkId>(k)) == eligible.end()) {
      eligible.push_back(static_cast<LinkId>(k));
    }
  }
}

// A new connection, where the pool may grow: it takes the smallest free number.
void FrontEnd::add_new(std::vector<LinkId>& eligible) const {
  std::size_t free = links_.size();
  for (std::size_t k = links_.size(); k-- > 0;) {
    if (links_[k].state == LinkState::closed) free = k;
  }
  if (free < configuration_->connections_max) eligible.push_back(static_cast<LinkId>(free));
}

void FrontEnd::release(LinkId k, Host& host) {
  Link& l = link(k);
  const SessionId holder = l.session;
  if (holder == no_session) return;
  l.session = no_session;
  session(holder).link = no_link;
  host.inside(inside_event(Kind::release, l.protocol, holder, k));
}

void FrontEnd::close_link(LinkId k, Host& host) {
  release(k, host);
  if (link(k).state == LinkState::closed) return;
  link(k) = Link{};
  host.close_backend(k);
}

// Connections that were left in the middle of this session's exchange are of no use to anybody.
void FrontEnd::close_unfinished(SessionId id, Host& host) {
  for (std::size_t k = 0; k < links_.size(); ++k) {
    if (links_[k].unfinished == id) close_link(static_cast<LinkId>(k), host);
  }
}

bool FrontEnd::key_matches(const Link& l, const Key& key) const {
  if (configuration_->fault == Fault::pool_key_omits_user) return l.key.has_value();
  return l.key == key;
}

// The session presented a user and a password, whole. They go to one connection.
void FrontEnd::begin_login(SessionId id, Host& host) {
  Session& s = session(id);
  if (s.link != no_link) close_link(s.link, host);  // logged in already: only the fault gets here
  s.authenticated = false;
  const Key key = key_of(s.user, s.password);
  std::vector<LinkId> eligible;
  for (std::size_t k = 0; k < links_.size(); ++k) {
    const Link& l = links_[k];
    if (l.protocol == s.protocol && l.state == LinkState::idle && l.session == no_session &&
        l.authenticated && key_matches(l, key)) {
      eligible.push_back(static_cast<LinkId>(k));
    }
  }
  add_idle(s.protocol, eligible);
  add_new(eligible);
  s.phase = Phase::busy;
  const auto chosen = lease(id, eligible, host);
  if (!chosen) return complete(id, Status::no, "[UNAVAILABLE] no back-end connection", host);
  Link& l = link(*chosen);
  if (l.authenticated) return finish_login(*chosen, true, host);
  l.key = key;
  if (l.state == LinkState::idle) send_login(*chosen, host);
}

// PLAIN where the back-end offers it, which takes any octets; else LOGIN or USER and PASS.
void FrontEnd::send_login(LinkId k, Host& host) {
  Link& l = link(k);
  l.state = LinkState::login;
  std::string octets;
  const Session& s = session(l.session);
  const bool plain = l.mechanisms.has(trace::Mechanism::plain);
  if (l.protocol == Protocol::imap) {
    octets = next_tag(l);
    l.tag = octets;
    if (plain) {
      octets += " AUTHENTICATE PLAIN";
    } else {
      octets += " LOGIN ";
      wire::imap::append_astring(octets, s.user);
      octets += ' ';
      wire::imap::append_astring(octets, s.password);
    }
    octets += "\r\n";
    l.verb = plain ? Verb::authenticate : Verb::login;
  } else {
    octets = plain ? "AUTH PLAIN" : "USER " + s.user;
    octets += "\r\n";
    l.verb = plain ? Verb::auth : Verb::user;
  }
  if (l.verb != Verb::login) return host.to_backend(k, octets);
  l.unsent = std::move(octets);
  l.unsent_literal = 0;
  send_segment(k, host);
}

// The back-end asked for the second message of the login.
void FrontEnd::continue_login(LinkId k, Host& host) {
  const SessionId id = link(k).session;
  const Session& s = session(id);
  std::string message;
  if (link(k).verb == Verb::user) {
    message = "PASS " + s.password;
    link(k).verb = Verb::pass;
  } else {
    message = wire::base64_encode(
        wire::sasl::build_plain({.authzid = "", .authcid = s.user, .password = s.password}));
  }
  message += "\r\n";
  LinkId target = k;
  if (configuration_->fault == Fault::move_login_between_messages) {
    Link& left = link(k);
    std::vector<LinkId> eligible{k};
    add_idle(left.protocol, eligible);
    add_new(eligible);
    const Link behind = left;
    release(k, host);
    target = lease(id, eligible, host).value_or(k);
    if (target != k) {
      link(k).unfinished = id;
      link(k).key.reset();
      Link& l = link(target);
      l.key = behind.key;
      l.verb = behind.verb;
      l.tag = next_tag(l);
      if (l.state == LinkState::greeting) {
        l.unsent = message;
        return;
      }
      l.state = LinkState::login;
    }
  }
  host.to_backend(target, message);
}

void FrontEnd::finish_login(LinkId k, bool accepted, Host& host) {
  Link& l = link(k);
  const SessionId id = l.session;
  Session& s = session(id);
  l.state = LinkState::idle;
  l.tag.clear();
  l.verb = Verb::none;
  close_unfinished(id, host);
  if (accepted) {
    l.authenticated = true;
    s.authenticated = true;
    complete(id, Status::ok, "logged in", host);
  } else {
    l.key.reset();
    release(k, host);
    s.user.clear();
    complete(id, Status::no,
             s.protocol == Protocol::imap ? "[AUTHENTICATIONFAILED] login failed"
                                          : "[AUTH] login failed",
             host);
  }
  advance(id, host);
}

// One SASL message goes to a back-end as it is. A pinned exchange stays where it began; one that is
// relayed stepwise takes whichever connection is free, and that is KB 306874.
void FrontEnd::relay_message(SessionId id, std::string_view line, Host& host) {
  Session& s = session(id);
  const bool first = s.exchange_link == no_link;
  const bool stepwise = configuration_->profile.stepwise.has(s.mechanism) ||
                        configuration_->fault == Fault::relay_ntlm_over_free_connections;
  std::vector<LinkId> eligible;
  if (!first) eligible.push_back(s.exchange_link);
  if (first || stepwise) {
    add_idle(s.protocol, eligible);
    add_new(eligible);
  }
  if (s.link != no_link) close_link(s.link, host);  // logged in already: only the fault gets here
  s.authenticated = false;
  s.phase = Phase::busy;
  const auto chosen = lease(id, eligible, host);
  if (!chosen) return complete(id, Status::no, "[UNAVAILABLE] no back-end connection", host);
  s.exchange_link = *chosen;
  Link& l = link(*chosen);
  l.unfinished = id;
  std::string octets;
  if (first && l.protocol == Protocol::imap) {
    l.tag = next_tag(l);
    octets = l.tag + " ";
  }
  octets += line;
  octets += "\r\n";
  if (l.state == LinkState::greeting || l.state == LinkState::learning) {
    l.unsent = std::move(octets);
    return;
  }
  l.state = LinkState::stepwise;
  host.to_backend(*chosen, octets);
}

// The back-end's answer to one relayed message: Status::none where it asks for the next one. Only a
// connection that has challenged can accept: to any other the message was a command, and "CAPA" is
// base64 that every POP3 server answers with +OK.
void FrontEnd::finish_message(LinkId k, Status status, std::string_view challenge, Host& host) {
  Link& l = link(k);
  const SessionId id = l.session;
  Session& s = session(id);
  l.state = LinkState::idle;
  if (status == Status::none) {
    l.challenged = true;
    release(k, host);
    s.phase = Phase::stepwise;
    std::string octets(challenge);
    octets += "\r\n";
    host.to_client(id, octets);
  } else if (status == Status::ok && l.challenged) {
    l.challenged = false;
    l.unfinished = no_session;
    l.authenticated = true;
    l.tag.clear();
    close_unfinished(id, host);
    s.authenticated = true;
    complete(id, Status::ok, "logged in", host);
  } else {
    release(k, host);
    close_unfinished(id, host);
    complete(id, Status::no, "authentication failed", host);
  }
  advance(id, host);
}

// CVE-2015-3143 as a fault: "no credentials" matches every connection's key.
bool FrontEnd::borrow_any_connection(SessionId id, Host& host) {
  if (configuration_->fault != Fault::match_any_connection_without_credentials) return false;
  std::vector<LinkId> eligible;
  for (std::size_t k = 0; k < links_.size(); ++k) {
    const Link& l = links_[k];
    if (l.protocol == session(id).protocol && l.state == LinkState::idle && l.authenticated &&
        l.session == no_session) {
      eligible.push_back(static_cast<LinkId>(k));
    }
  }
  if (eligible.empty() || !lease(id, eligible, host)) return false;
  session(id).authenticated = true;
  return true;
}

// A command of an authenticated client goes out under a tag of the link's own.
void FrontEnd::relay_command(SessionId id, std::string_view frame, Host& host) {
  Session& s = session(id);
  Link& l = link(s.link);
  s.phase = Phase::busy;
  l.state = LinkState::relay;
  l.verb = s.verb;
  l.unsent.clear();
  if (l.protocol == Protocol::imap) {
    l.tag = next_tag(l);
    l.unsent = l.tag;
    frame.remove_prefix(s.tag.size());
  } else {
    // LIST and UIDL answer with many lines unless they name a message (RFC 1939 §5, §7).
    const auto command = wire::pop3::parse_command(frame);
    const bool names_one = command && !command->arguments.empty();
    l.multi_line = s.verb == Verb::retr || s.verb == Verb::top ||
                   ((s.verb == Verb::list || s.verb == Verb::uidl) && !names_one);
  }
  l.unsent += frame;
  l.unsent_literal = 0;
  send_segment(s.link, host);
}

// The client has its completion.
void FrontEnd::finish_command(LinkId k, Host& host) {
  Link& l = link(k);
  const SessionId id = l.session;
  Session& s = session(id);
  const Verb verb = s.verb;
  l.state = LinkState::idle;
  l.verb = Verb::none;
  l.tag.clear();
  s.phase = Phase::ready;
  s.verb = Verb::none;
  s.tag.clear();
  if (verb == Verb::quit) {
    end_session(id, host);
    return host.close_client(id);
  }
  advance(id, host);
}

}  // namespace sallyport::frontend
