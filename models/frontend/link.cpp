// The back-end's side: what its octets mean to the use that a connection is put to.
#include <algorithm>

#include "frontend/frontend.hpp"

namespace sallyport::frontend {

using trace::LinkId;
using trace::no_session;
using trace::Protocol;
using trace::Status;
using trace::Verb;

std::string FrontEnd::next_tag(Link& l) const { return "f" + std::to_string(++l.tags); }

void FrontEnd::backend_octets(LinkId k, std::string_view octets, Host& host) {
  if (k >= links_.size() || link(k).state == LinkState::closed) return;
  link(k).input.append(octets);
  // Each reply can close the connection, so it is looked up anew.
  while (link(k).state != LinkState::closed) {
    Link& l = link(k);
    const std::string_view unread = std::string_view(l.input).substr(l.read);
    std::size_t size = 0;
    bool complete = false;
    if (l.protocol == Protocol::imap) {
      const auto state = l.framer.scan(unread);
      size = l.framer.size();
      complete = state == wire::imap::Framer::State::complete;
      if (state == wire::imap::Framer::State::incomplete) break;
    } else {
      const auto state = l.lines.scan(unread, wire::pop3::Limits{}.exchange_octets);
      size = l.lines.size();
      complete = state == wire::pop3::LineFramer::State::complete;
      if (state == wire::pop3::LineFramer::State::incomplete) break;
    }
    if (!complete) return backend_closed(k, host);  // a back-end that breaks the protocol is gone
    const std::string frame(unread.substr(0, size));
    l.read += size;
    l.framer.reset();
    l.lines.reset();
    if (l.protocol == Protocol::imap) {
      imap_response(k, frame, host);
    } else {
      pop3_response(k, frame, host);
    }
  }
  if (k >= links_.size()) return;
  Link& l = link(k);
  l.input.erase(0, l.read);
  l.read = 0;
}

// The session that leases it gets a failure, or a farewell where an answer had begun; never OK.
void FrontEnd::backend_closed(LinkId k, Host& host) {
  if (k >= links_.size() || link(k).state == LinkState::closed) return;
  const LinkState state = link(k).state;
  const trace::SessionId id = link(k).session;
  const trace::SessionId waits = id == no_session ? link(k).unfinished : id;
  close_link(k, host);
  if (waits == no_session) return;
  trace::Event failure{.kind = trace::Kind::failure,
                       .point = trace::Point::inside,
                       .protocol = session(waits).protocol,
                       .session = waits,
                       .link = k};
  host.inside(failure);
  if (session(waits).authenticated || state == LinkState::relay) {
    return abandon(waits, "the back-end is gone", host);
  }
  close_unfinished(waits, host);
  complete(waits, Status::no,
           session(waits).protocol == Protocol::imap ? "[UNAVAILABLE] the back-end is gone"
                                                     : "[SYS/TEMP] the back-end is gone",
           host);
  advance(waits, host);
}

// The greeting and the capabilities are through: what waited for the connection goes out.
void FrontEnd::ready(LinkId k, Host& host) {
  Link& l = link(k);
  learned_ = learned_ | l.mechanisms;
  l.state = LinkState::idle;
  if (l.session == no_session) return;
  if (l.unsent.empty()) return send_login(k, host);
  l.state = l.unfinished == no_session ? LinkState::login : LinkState::stepwise;
  const std::string octets = std::move(l.unsent);
  l.unsent.clear();
  host.to_backend(k, octets);
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
  if (!response) return backend_closed(k, host);
  using Kind = wire::imap::ResponseKind;
  const std::string_view list =
      response->kind == Kind::untagged && trace::equal_fold(response->name, "CAPABILITY")
          ? response->text
      : response->code.starts_with("CAPABILITY ") ? response->code.substr(11)
                                                  : std::string_view{};
  const bool before_login = l.state == LinkState::greeting || l.state == LinkState::learning;
  if (before_login) wire::imap::for_each_word(list, [&](std::string_view w) { learn(l, w); });
  const bool mine = response->kind == Kind::tagged && response->tag == l.tag;
  const bool ok = trace::equal_fold(response->name, "OK");
  const bool untagged_bad =
      response->kind == Kind::untagged && trace::equal_fold(response->name, "BAD");
  switch (l.state) {
    case LinkState::greeting:
      if (response->kind != Kind::untagged || !ok) return backend_closed(k, host);
      if (!l.mechanisms.empty()) return ready(k, host);
      l.state = LinkState::learning;
      l.tag = next_tag(l);
      return host.to_backend(k, l.tag + " CAPABILITY\r\n");
    case LinkState::learning:
      if (mine) ready(k, host);
      return;
    case LinkState::login:
      if (response->kind == Kind::continuation) {
        if (l.verb == Verb::authenticate) return continue_login(k, host);
        return send_segment(k, host);
      }
      if (mine || untagged_bad) finish_login(k, mine && ok, host);
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
      return imap_relayed(k, frame, *response, host);
    case LinkState::idle:
      // Unasked: BYE is a farewell; anything else of an idle connection has no reader.
      if (trace::equal_fold(response->name, "BYE")) backend_closed(k, host);
      return;
    case LinkState::closed:
      return;
  }
}

// An answer to the client's command. The back-end's capabilities stay behind: back-ends advertise
// NTLM still (KB 306874), and what a client may use is the front-end's to say.
void FrontEnd::imap_relayed(LinkId k, std::string_view frame, const wire::imap::Response& response,
                            Host& host) {
  Link& l = link(k);
  const trace::SessionId id = l.session;
  if (response.kind == wire::imap::ResponseKind::continuation) {
    if (l.unsent.empty()) return backend_closed(k, host);
    return send_segment(k, host);
  }
  if (response.kind == wire::imap::ResponseKind::untagged) {
    if (trace::equal_fold(response.name, "CAPABILITY")) return;
    if (response.code.starts_with("CAPABILITY")) return;
    if (trace::equal_fold(response.name, "BYE")) return backend_closed(k, host);
    return host.to_client(id, frame);
  }
  if (response.tag != l.tag) return backend_closed(k, host);
  const bool ok = trace::equal_fold(response.name, "OK");
  if (l.verb == Verb::select || l.verb == Verb::examine) l.selected = ok;
  if (ok && (l.verb == Verb::close || l.verb == Verb::unselect)) l.selected = false;
  std::string reply = session(id).tag;
  reply += ' ';
  reply += response.name;
  if (!response.code.empty() && !response.code.starts_with("CAPABILITY")) {
    reply += " [";
    reply += response.code;
    reply += ']';
  }
  reply += ' ';
  reply += response.text;
  reply += "\r\n";
  host.to_client(id, reply);
  finish_command(k, host);
}

void FrontEnd::pop3_response(LinkId k, std::string_view line, Host& host) {
  Link& l = link(k);
  const std::string_view text = line.substr(0, line.size() - 2);
  const auto reply = wire::pop3::parse_reply(line);
  const bool ok = reply && reply->kind == wire::pop3::ReplyKind::ok;
  const bool more = reply && reply->kind == wire::pop3::ReplyKind::continuation;
  switch (l.state) {
    case LinkState::greeting:
      if (!ok) return backend_closed(k, host);
      l.state = LinkState::learning;
      return host.to_backend(k, "CAPA\r\n");
    case LinkState::learning:
      if (l.multi_line ? wire::pop3::is_terminator(text) : !ok) {
        l.multi_line = false;
        return ready(k, host);
      }
      if (l.multi_line && text.starts_with("SASL ")) {
        wire::imap::for_each_word(text.substr(5), [&](std::string_view word) {
          l.mechanisms.add(trace::mechanism(word));
        });
      }
      l.multi_line = true;
      return;
    case LinkState::login:
      if (more || (ok && l.verb == Verb::user)) return continue_login(k, host);
      return finish_login(k, ok, host);
    case LinkState::stepwise:
      if (more) return finish_message(k, Status::none, text, host);
      return finish_message(k, ok ? Status::ok : Status::no, "", host);
    case LinkState::relay:
      return pop3_relayed(k, line, host);
    case LinkState::idle:
      return backend_closed(k, host);  // nobody asked
    case LinkState::closed:
      return;
  }
}

void FrontEnd::pop3_relayed(LinkId k, std::string_view line, Host& host) {
  Link& l = link(k);
  host.to_client(l.session, line);
  const std::string_view text = line.substr(0, line.size() - 2);
  if (l.verb != Verb::none) {  // the first line decides whether more follow
    l.verb = Verb::none;
    l.multi_line = l.multi_line && text.starts_with("+OK");
    if (l.multi_line) return;
  } else if (!wire::pop3::is_terminator(text)) {
    return;
  }
  l.multi_line = false;
  finish_command(k, host);
}

// Sends what may go out now: up to the next synchronising literal, whose octets wait for "+".
void FrontEnd::send_segment(LinkId k, Host& host) {
  Link& l = link(k);
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
    end = newline + 2;
    if (l.protocol == Protocol::pop3 || !header || !*header) continue;
    if ((*header)->synchronizing) {
      l.unsent_literal = (*header)->octets;
      break;
    }
    end += (*header)->octets;
  }
  end = std::min(end, l.unsent.size());
  const std::string octets = l.unsent.substr(0, end);
  l.unsent.erase(0, end);
  host.to_backend(k, octets);
}

void FrontEnd::canonical(trace::Canonical& out) const {
  for (const Session& s : sessions_) {
    out.enumerator(s.phase);
    if (s.phase == Phase::closed) continue;
    out.enumerator(s.protocol);
    out.flag(s.tls);
    out.flag(s.authenticated);
    out.enumerator(s.verb);
    out.enumerator(s.mechanism);
    out.u16(s.link);
    out.u16(s.exchange_link);
    out.name(s.tag);
    out.text(s.user);
    out.text(s.password);
    out.text(std::string_view(s.input).substr(s.read));
  }
  for (const Link& l : links_) {
    out.enumerator(l.state);
    if (l.state == LinkState::closed) continue;
    out.enumerator(l.protocol);
    out.flag(l.authenticated);
    out.flag(l.selected);
    out.flag(l.multi_line);
    out.flag(l.challenged);
    out.enumerator(l.verb);
    out.u16(l.session);
    out.u16(l.unfinished);
    out.u32(l.mechanisms.bits);
    out.u32(l.capabilities.bits);
    out.flag(l.key.has_value());
    if (l.key) {
      for (const std::uint8_t octet : *l.key) out.u8(octet);
    }
    out.name(l.tag);
    out.text(l.unsent);
    out.u32(static_cast<std::uint32_t>(l.unsent_literal));
    out.text(std::string_view(l.input).substr(l.read));
  }
  out.u32(learned_.bits);
}

}  // namespace sallyport::frontend
