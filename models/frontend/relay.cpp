// What goes through as it is: a client's command and its answer, or one SASL message of a mechanism
// that is relayed.
#include <algorithm>
#include <utility>

#include "frontend/frontend.hpp"
#include "frontend/replies.hpp"

namespace sallyport::frontend {

using trace::Kind;
using trace::LinkId;
using trace::no_link;
using trace::no_session;
using trace::Protocol;
using trace::SessionId;
using trace::Status;
using trace::Verb;

// One SASL message goes to a back-end as it is. A pinned exchange stays where it began; one that is
// relayed stepwise takes whichever connection is free, and that is KB 306874.
void FrontEnd::relay_message(SessionId id, std::string_view line, Host& host) {
  Session& s = session(id);
  const bool first = s.exchange_link == no_link;
  const bool stepwise = configuration_->profile.stepwise.has(s.mechanism) ||
                        faulty(Fault::relay_ntlm_over_free_connections);
  std::vector<LinkId> eligible;
  if (!first) eligible.push_back(s.exchange_link);
  if (first || stepwise) {
    add_idle(s.protocol, 0, eligible);
    add_new(eligible, host);
  }
  if (s.link != no_link) close_link(s.link, host);  // logged in already: only the fault gets here
  s.authenticated = false;
  s.phase = Phase::busy;
  const auto chosen = lease(id, eligible, 0, host);
  if (!chosen) return complete(id, Status::no, unavailable(s.protocol), host);
  s.exchange_link = *chosen;
  Link& l = link(*chosen);
  l.unfinished = id;
  std::string octets;
  if (first) {
    l.tag.clear();
    if (l.protocol == Protocol::imap) {
      l.tag = next_tag(l);
      octets = l.tag + " ";
    }
  }
  octets += line;
  octets += "\r\n";
  if (l.state != LinkState::idle && l.state != LinkState::stepwise) {
    l.unsent = std::move(octets);
    return;
  }
  if (first && !l.mechanisms.has(s.mechanism)) return refuse_relay(*chosen, host);
  l.state = LinkState::stepwise;
  host.to_backend(*chosen, std::move(octets));
}

/// The back-end has no such mechanism.
void FrontEnd::refuse_relay(LinkId k, Host& host) {
  const SessionId id = link(k).session;
  close_link(k, host);
  close_unfinished(id, host);
  complete(id, Status::no, unavailable(session(id).protocol), host);
  advance(id, host);
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
    host.to_client(id, std::move(octets));
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
    return fail_login(id, Status::no, "authentication failed", host);
  }
  advance(id, host);
}

// A command of an authenticated client goes out under a tag of the link's own.
void FrontEnd::relay_command(SessionId id, std::string_view frame, Host& host) {
  Session& s = session(id);
  if (s.link == no_link) return abandon(id, "the back-end is gone", host);
  Link& l = link(s.link);
  if (faulty(Fault::cache_replies_by_command) && replay_reply(id, frame, host)) return;
  s.phase = Phase::busy;
  l.state = LinkState::relay;
  l.wait_seconds = 0;
  l.verb = s.verb;
  l.passed_on = false;
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
  const std::size_t skip = l.protocol == Protocol::imap ? 1 : 0;  // the space behind the tag
  host.inside({.kind = Kind::parsed,
               .point = trace::Point::inside,
               .protocol = l.protocol,
               .session = id,
               .verb = s.verb,
               .digest = trace::digest_of(wire::imap::with_synchronizing_literals(
                   frame.substr(skip, frame.size() - skip - 2)))});
  l.unsent += frame;
  l.unsent_literal = 0;
  send_segment(s.link, host);
}

void FrontEnd::keep_reply(std::string_view frame) {
  if (!faulty(Fault::cache_replies_by_command) || shared().replies.empty()) return;
  shared().replies.emplace_back(frame);
}

/// ISO-02's fault: what was answered to a command is kept, whoever gave it. True: it was answered
/// so.
bool FrontEnd::replay_reply(SessionId id, std::string_view frame, Host& host) {
  Session& s = session(id);
  if (s.verb != Verb::stat && s.verb != Verb::status) return false;
  if (s.protocol == Protocol::imap) frame.remove_prefix(s.tag.size());
  std::vector<std::string>& replies = shared().replies;
  if (!replies.empty() && replies.front() == frame) {
    for (std::size_t i = 1; i < replies.size(); ++i) host.to_client(id, replies[i]);
    if (s.protocol == Protocol::imap) {
      complete(id, Status::ok, "completed", host);
    } else {
      s.phase = Phase::ready;
      s.verb = Verb::none;
    }
    return true;
  }
  replies = {std::string(frame)};
  return false;
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

// An answer to the client's command. The back-end's capabilities stay behind: back-ends advertise
// NTLM still (KB 306874), and what a client may use is the front-end's to say. So do its referrals:
// clients can't reach back-ends.
void FrontEnd::imap_relayed(LinkId k, std::string_view frame, const wire::imap::Response& response,
                            Host& host) {
  Link& l = link(k);
  const SessionId id = l.session;
  const bool list = response.code.starts_with("CAPABILITY");
  if (response.kind == wire::imap::ResponseKind::continuation) {
    if (l.unsent.empty()) return link_gone(k, "", host);
    return send_segment(k, host);
  }
  if (response.kind == wire::imap::ResponseKind::untagged) {
    if (trace::equal_fold(response.name, "CAPABILITY") || list) return;
    if (response.code.starts_with("REFERRAL")) return;
    if (trace::equal_fold(response.name, "BYE")) return link_gone(k, response.text, host);
    l.passed_on = true;
    if (l.verb == Verb::status) keep_reply(frame);
    return host.to_client(id, std::string(frame));
  }
  if (response.tag != l.tag) return link_gone(k, "", host);
  const bool ok = trace::equal_fold(response.name, "OK");
  if (l.verb == Verb::select || l.verb == Verb::examine) l.selected = ok;
  if (ok && (l.verb == Verb::close || l.verb == Verb::unselect)) l.selected = false;
  SessionId to = id;
  if (faulty(Fault::route_answers_by_tag)) {
    for (SessionId other = 0; other < sessions_.size(); ++other) {
      if (session(other).phase == Phase::busy && session(other).tag == session(id).tag) {
        to = other;
        break;
      }
    }
  }
  std::string reply = session(to).tag;
  reply += ' ';
  reply += response.name;
  if (!response.code.empty() && !list && !response.code.starts_with("REFERRAL")) {
    reply += " [";
    reply += response.code;
    reply += ']';
  }
  reply += ' ';
  reply += response.text;
  reply += "\r\n";
  host.to_client(to, std::move(reply));
  finish_command(k, host);
}

void FrontEnd::pop3_relayed(LinkId k, std::string_view line, Host& host) {
  Link& l = link(k);
  const std::string_view text = line.substr(0, line.size() - 2);
  const bool body = l.verb == Verb::none;
  const bool end = body && wire::pop3::is_terminator(text);
  l.passed_on = true;
  if (l.verb == Verb::stat) keep_reply(line);
  if (body && !end && text.starts_with('.') && faulty(Fault::take_dots_off)) {
    host.to_client(l.session, std::string(text.substr(1)));
    host.to_client(l.session, "\r\n");
  } else if (body && !end && text.starts_with('.') && faulty(Fault::stuff_dots_twice)) {
    host.to_client(l.session, ".");
    host.to_client(l.session, std::string(line));
  } else {
    host.to_client(l.session, std::string(line));
  }
  if (!body) {  // the first line decides whether more follow
    l.verb = Verb::none;
    l.multi_line = l.multi_line && text.starts_with("+OK");
    if (l.multi_line) return;
  } else if (!end) {
    return;
  }
  l.multi_line = false;
  finish_command(k, host);
}

// Sends what may go out now: up to the next synchronising literal, whose octets wait for "+". To a
// back-end that doesn't know LITERAL+ every literal is one of those (RFC 7888 §4).
void FrontEnd::send_segment(LinkId k, Host& host) {
  Link& l = link(k);
  const bool knows = l.capabilities.has(trace::Capability::literal_plus) ||
                     faulty(Fault::send_literal_plus_to_any_backend);
  std::size_t end = l.unsent_literal;
  l.unsent_literal = 0;
  while (end < l.unsent.size()) {
    const std::size_t newline = l.unsent.find("\r\n", end);
    if (newline == std::string::npos) {
      end = l.unsent.size();
      break;
    }
    const auto header =
        wire::imap::literal_header(std::string_view(l.unsent).substr(end, newline - end));
    const std::size_t line = end;
    end = newline + 2;
    if (l.protocol == Protocol::pop3 || !header || !*header) continue;
    if (!(*header)->synchronizing && !knows) {
      l.unsent.erase(line + (newline - line) - 2, 1);  // the "+" before "}"
      end -= 1;
    }
    if ((*header)->synchronizing || !knows) {
      l.unsent_literal = (*header)->octets;
      break;
    }
    end += (*header)->octets;
  }
  end = std::min(end, l.unsent.size());
  std::string octets = l.unsent.substr(0, end);
  l.unsent.erase(0, end);
  host.to_backend(k, std::move(octets));
}

}  // namespace sallyport::frontend
