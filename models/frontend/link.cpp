// The back-end's side: what its octets mean to the use that a connection is put to.
//
//   greeting → list → (STARTTLS → handshake → list) → idle → login → idle ⇄ relay
#include <algorithm>
#include <utility>

#include "frontend/frontend.hpp"
#include "frontend/replies.hpp"

namespace sallyport::frontend {

using trace::Capability;
using trace::LinkId;
using trace::no_session;
using trace::Protocol;
using trace::SessionId;
using trace::Status;
using trace::Verb;

std::string FrontEnd::next_tag(Link& l) const { return "f" + std::to_string(++l.tags); }

void FrontEnd::backend_octets(LinkId k, std::string_view octets, Host& host) {
  if (k >= links_.size() || link(k).state == LinkState::closed) return;
  // What comes before the handshake is through has no effect behind it either.
  const bool too_early = link(k).state == LinkState::handshake;
  if (too_early && !faulty(Fault::keep_backend_input_over_starttls)) return;
  link(k).wait_seconds = 0;
  link(k).input.append(octets);
  while (read_link(k, host)) {
  }
  if (k >= links_.size()) return;
  Link& l = link(k);
  l.input.erase(0, l.read);
  l.read = 0;
}

/// Reads one response. Each can close the connection, so it is looked up anew.
bool FrontEnd::read_link(LinkId k, Host& host) {
  Link& l = link(k);
  if (l.state == LinkState::closed || l.state == LinkState::handshake) return false;
  const std::string_view unread = std::string_view(l.input).substr(l.read);
  std::size_t size = 0;
  bool complete = false;
  bool incomplete = false;
  if (l.protocol == Protocol::imap) {
    const auto state = l.framer.scan(unread);
    size = l.framer.size();
    complete = state == wire::imap::Framer::State::complete;
    incomplete = state == wire::imap::Framer::State::incomplete;
  } else {
    const auto state = l.lines.scan(unread, wire::pop3::Limits{}.exchange_octets);
    size = l.lines.size();
    complete = state == wire::pop3::LineFramer::State::complete;
    incomplete = state == wire::pop3::LineFramer::State::incomplete;
  }
  if (incomplete) return false;
  if (!complete) {  // a back-end that breaks the protocol is gone
    link_gone(k, "", host);
    return false;
  }
  const std::string frame(unread.substr(0, size));
  l.read += size;
  l.framer.reset();
  l.lines.reset();
  l.protocol == Protocol::imap ? imap_response(k, frame, host) : pop3_response(k, frame, host);
  return true;
}

void FrontEnd::backend_closed(LinkId k, Host& host) { link_gone(k, "", host); }

// The session that leases it gets a failure, or a farewell where it is logged in; never OK. `words`
// are what the back-end said last, and stay here.
void FrontEnd::link_gone(LinkId k, std::string_view words, Host& host) {
  if (k >= links_.size() || link(k).state == LinkState::closed) return;
  const LinkState state = link(k).state;
  const SessionId id = link(k).session;
  const SessionId waits = id == no_session ? link(k).unfinished : id;
  const Link failed = link(k);
  if (failed.state == LinkState::login && faulty(Fault::pool_connections_that_failed)) {
    link(k).state = LinkState::idle;
    link(k).key.reset();
    release(k, host);
  } else {
    close_link(k, host);
  }
  if (waits == no_session) return;
  host.inside({.kind = trace::Kind::failure,
               .point = trace::Point::inside,
               .protocol = session(waits).protocol,
               .session = waits,
               .link = k});
  Session& s = session(waits);
  if (state == LinkState::relay && faulty(Fault::complete_broken_answers)) {
    if (failed.multi_line) host.to_client(waits, ".\r\n");
    return complete(waits, Status::ok, "completed", host);
  }
  if (s.authenticated || state == LinkState::relay) {
    return abandon(waits, "the back-end is gone", host);
  }
  if (!words.empty() && faulty(Fault::forward_farewells_of_backends)) {
    host.to_client(waits, "* BYE " + std::string(words) + "\r\n");
  }
  if (s.phase == Phase::busy && id != no_session && retry_login(waits, failed, host)) return;
  close_unfinished(waits, host);
  if (state == LinkState::login && faulty(Fault::log_in_when_the_backend_is_dead)) {
    return accept_login(waits, host);
  }
  complete(waits, Status::no, unavailable(s.protocol), host);
  advance(waits, host);
}

bool FrontEnd::needs_tls(const Link& l) const { return configuration_->tls_to_backends && !l.tls; }

/// A list is through, the first one or the one behind TLS.
void FrontEnd::learned(LinkId k, Host& host) {
  Link& l = link(k);
  if (!needs_tls(l)) return ready(k, host);
  if (l.capabilities.has(Capability::starttls)) return upgrade(k, host);
  if (faulty(Fault::go_on_without_tls_to_backends)) return ready(k, host);
  link_gone(k, "", host);
}

void FrontEnd::upgrade(LinkId k, Host& host) {
  Link& l = link(k);
  l.state = LinkState::upgrading;
  if (l.protocol == Protocol::pop3) return host.to_backend(k, "STLS\r\n");
  l.tag = next_tag(l);
  host.to_backend(k, l.tag + " STARTTLS\r\n");
}

/// Nothing that the back-end sent before the handshake may have effect behind it (CVE-2021-22947),
/// and what it offered before is forgotten (RFC 3501 §6.2.1).
void FrontEnd::backend_tls_established(LinkId k, const BackendTls& tls, Host& host) {
  if (k >= links_.size() || link(k).state != LinkState::handshake) return;
  Link& l = link(k);
  const bool right_name = tls.name_matches || faulty(Fault::believe_any_certificate);
  const bool strong = tls.strong || faulty(Fault::accept_weak_tls_behind_starttls);
  if (!right_name || !strong) return link_gone(k, "", host);
  l.tls = true;
  l.wait_seconds = 0;
  if (faulty(Fault::keep_backend_list_over_starttls)) {
    ready(k, host);
  } else {
    l.mechanisms = {};
    l.capabilities = {};
    ask_for_list(k, host);
  }
  while (read_link(k, host)) {  // only a fault has left something there
  }
}

void FrontEnd::ask_for_list(LinkId k, Host& host) {
  Link& l = link(k);
  l.state = LinkState::learning;
  l.multi_line = false;
  if (l.protocol == Protocol::pop3) return host.to_backend(k, "CAPA\r\n");
  l.tag = next_tag(l);
  host.to_backend(k, l.tag + " CAPABILITY\r\n");
}

// The greeting and the capabilities are through: what waited for the connection goes out.
void FrontEnd::ready(LinkId k, Host& host) {
  Link& l = link(k);
  shared().learned = shared().learned | l.mechanisms;
  l.state = LinkState::idle;
  if (l.session == no_session) return;
  if (l.unsent.empty()) return send_login(k, host);
  const bool relays = l.unfinished != no_session;
  const std::size_t tag_octets = l.unsent.find(' ');  // base64 has neither tag nor space
  const bool begins = relays && tag_octets != std::string::npos;
  if (begins && !l.mechanisms.has(session(l.session).mechanism)) return refuse_relay(k, host);
  // Asking for the list took a tag of its own behind the one that waits here.
  if (relays) l.tag = begins && l.protocol == Protocol::imap ? l.unsent.substr(0, tag_octets) : "";
  l.state = relays ? LinkState::stepwise : LinkState::login;
  host.to_backend(k, std::exchange(l.unsent, {}));
}

// One word of a back-end's CAPABILITY list.
void FrontEnd::learn(Link& l, std::string_view word) {
  if (word.starts_with("AUTH=")) {
    l.mechanisms.add(trace::mechanism(word.substr(5)));
  } else {
    l.capabilities.add(trace::capability(word));
  }
}

void FrontEnd::imap_response(LinkId k, std::string_view frame, Host& host) {
  Link& l = link(k);
  const auto response = wire::imap::parse_response(frame);
  if (!response) return link_gone(k, "", host);
  using Kind = wire::imap::ResponseKind;
  const bool untagged = response->kind == Kind::untagged;
  const bool data = untagged && trace::equal_fold(response->name, "CAPABILITY");
  const std::string_view list = data ? response->text
                                : response->code.starts_with("CAPABILITY ")
                                    ? response->code.substr(11)
                                    : std::string_view{};
  const bool before_login = l.state == LinkState::greeting || l.state == LinkState::learning;
  if (before_login) wire::imap::for_each_word(list, [&](std::string_view w) { learn(l, w); });
  const bool mine = response->kind == Kind::tagged && response->tag == l.tag;
  const bool ok = trace::equal_fold(response->name, "OK");
  const bool bye = untagged && trace::equal_fold(response->name, "BYE");
  const bool untagged_bad = untagged && trace::equal_fold(response->name, "BAD");
  if (bye && l.state != LinkState::relay) return link_gone(k, response->text, host);
  switch (l.state) {
    case LinkState::greeting:
      host.log(l.session,
               "back-end says: " + quoted(response->text, Fault::take_peer_text_for_a_template),
               response->text);
      if (trace::equal_fold(response->name, "PREAUTH") &&
          faulty(Fault::believe_preauth_of_backends) && l.session != no_session) {
        return finish_login(k, true, "", host);
      }
      if (!untagged || !ok) return link_gone(k, "", host);
      if (!l.mechanisms.empty() || !l.capabilities.empty()) return learned(k, host);
      return ask_for_list(k, host);
    case LinkState::learning:
      if (!mine) return;
      // A list that isn't one, not even of IMAP4rev1, is no list (RFC 3501 §7.2.1).
      if (l.capabilities.empty() && l.mechanisms.empty() && !faulty(Fault::take_no_list_for_all)) {
        return link_gone(k, "", host);
      }
      if (l.capabilities.empty()) l.mechanisms.add(trace::Mechanism::plain);
      return learned(k, host);
    case LinkState::upgrading:
      if (!mine) return;
      if (!ok) {
        return faulty(Fault::go_on_without_tls_to_backends) ? ready(k, host)
                                                            : link_gone(k, "", host);
      }
      return begin_handshake(k, host);
    case LinkState::login:
      if (response->kind == Kind::continuation) {
        if (l.verb == Verb::authenticate) return continue_login(k, host);
        if (!l.unsent.empty()) return send_segment(k, host);
        return faulty(Fault::answer_any_continuation) ? continue_login(k, host)
                                                      : link_gone(k, "", host);
      }
      if (untagged && !untagged_bad && !data && faulty(Fault::forward_untagged_data_of_logins)) {
        host.to_client(l.session, std::string(frame));
      }
      if (mine || untagged_bad) {
        std::string words(response->text);
        if (!response->code.empty()) words = "[" + std::string(response->code) + "] " + words;
        finish_login(k, mine && ok, words, host);
      }
      return;
    case LinkState::stepwise:
      if (response->kind == Kind::continuation) {
        return finish_message(k, Status::none, frame.substr(0, frame.size() - 2), host);
      }
      if (response->kind == Kind::tagged || untagged_bad) {
        finish_message(k, mine && ok ? Status::ok : Status::no, "", host);
      }
      return;
    case LinkState::relay:
      if (l.session != no_session) return imap_relayed(k, frame, *response, host);
      if (mine) l.state = LinkState::idle;  // only a fault leaves a connection in mid-answer
      return;
    case LinkState::idle:  // unasked: what has no reader is a sign that the two don't agree
      return link_gone(k, "", host);
    case LinkState::handshake:
    case LinkState::closed:
      return;
  }
}

/// The back-end is ready for TLS.
void FrontEnd::begin_handshake(LinkId k, Host& host) {
  Link& l = link(k);
  l.state = LinkState::handshake;
  if (!faulty(Fault::keep_backend_input_over_starttls)) l.read = l.input.size();
  host.start_backend_tls(k);
}

void FrontEnd::pop3_response(LinkId k, std::string_view line, Host& host) {
  Link& l = link(k);
  const std::string_view text = line.substr(0, line.size() - 2);
  const auto reply = wire::pop3::parse_reply(line);
  const bool ok = reply && reply->kind == wire::pop3::ReplyKind::ok;
  const bool more = reply && reply->kind == wire::pop3::ReplyKind::continuation;
  switch (l.state) {
    case LinkState::greeting:
      if (reply)
        host.log(l.session,
                 "back-end says: " + quoted(reply->text, Fault::take_peer_text_for_a_template),
                 reply->text);
      if (!ok) return link_gone(k, "", host);
      return ask_for_list(k, host);
    case LinkState::learning:
      if (l.multi_line ? wire::pop3::is_terminator(text) : !ok) {
        if (!l.multi_line) l.capabilities.add(Capability::user);  // no CAPA: RFC 1939 alone
        l.multi_line = false;
        return learned(k, host);
      }
      if (l.multi_line) learn_pop3(l, text);
      l.multi_line = true;
      return;
    case LinkState::upgrading:
      if (ok) return begin_handshake(k, host);
      return faulty(Fault::go_on_without_tls_to_backends) ? ready(k, host) : link_gone(k, "", host);
    case LinkState::login:
      if (l.verb == Verb::pass && more && !faulty(Fault::answer_any_continuation)) {
        return link_gone(k, "", host);
      }
      if (more || (ok && l.verb == Verb::user)) return continue_login(k, host);
      return finish_login(k, ok, reply ? reply->text : text, host);
    case LinkState::stepwise:
      if (more) return finish_message(k, Status::none, text, host);
      return finish_message(k, ok ? Status::ok : Status::no, "", host);
    case LinkState::relay:
      return pop3_relayed(k, line, host);
    case LinkState::idle:
      return link_gone(k, "", host);  // nobody asked
    case LinkState::handshake:
    case LinkState::closed:
      return;
  }
}

/// One line of a back-end's CAPA list. A list without USER has no use for it (RFC 2449 §6.3).
void FrontEnd::learn_pop3(Link& l, std::string_view line) {
  if (line.starts_with("SASL ")) {
    wire::imap::for_each_word(
        line.substr(5), [&](std::string_view word) { l.mechanisms.add(trace::mechanism(word)); });
  } else {
    l.capabilities.add(trace::capability(line.substr(0, line.find(' '))));
  }
}

/// What a peer said, for the log: as it is.
std::string FrontEnd::quoted(std::string_view said, Fault as_format) const {
  if (!faulty(as_format)) return std::string(said);
  // CVE-2005-2661: the text is a format, and its directives are carried out.
  std::string out;
  for (std::size_t at = 0; at < said.size(); ++at) {
    if (said[at] == '%' && at + 1 < said.size()) {
      ++at;
      if (said[at] == 's') out += "(null)";
    } else {
      out += said[at];
    }
  }
  return out;
}

}  // namespace sallyport::frontend
