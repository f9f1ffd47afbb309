#include "targets/live/tap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace sallyport::live {

using trace::Kind;
using trace::LinkId;
using trace::SessionId;
using world::Mishap;
using world::Strikes;

namespace {

constexpr auto slow_for = std::chrono::milliseconds(1500);

/// The first octets of TLS that nobody here ends: RFC 8446 §5.1.
bool is_handshake(const TapRecord& record) {
  return record.what == TapRecord::What::said && !record.from_backend &&
         record.octets.starts_with("\x16\x03");
}

bool authenticates(trace::Verb verb) {
  using trace::Verb;
  return verb == Verb::login || verb == Verb::authenticate || verb == Verb::auth ||
         verb == Verb::pass || verb == Verb::apop || verb == Verb::user;
}

}  // namespace

bool Tap::can(Mishap mishap) {
  const Strikes where = facts(mishap).strikes;
  return where != Strikes::opening && where != Strikes::database;
}

Tap::Done Tap::connect(const Address& address, Stream::Clock::time_point deadline) {
  if (auto stands = stream_.connect(address.host, address.port, deadline); !stands) {
    return std::unexpected(
        fmt::format("cannot connect to the tap {}: {}; expected sallyport "
                    "interpose with --tap",
                    to_text(address), stands.error()));
  }
  while (!greeted_) {
    const Stream::Read read = stream_.read(deadline);
    if (read.outcome != Stream::Outcome::octets) break;
    input_ += read.text;
    const std::size_t end = input_.find('\n');
    if (end == std::string::npos) continue;
    if (input_.substr(0, end) != tap_greeting) break;
    input_.erase(0, end + 1);
    greeted_ = true;
  }
  if (greeted_) return {};
  return std::unexpected(
      fmt::format("the tap {} does not greet; expected \"{}\"", to_text(address), tap_greeting));
}

Tap::Done Tap::flush() {
  const auto deadline = Stream::Clock::now() + std::chrono::seconds(5);
  if (auto sent = stream_.write(std::string(tap_flush) + '\n', deadline); !sent) {
    return std::unexpected(fmt::format("the tap is lost: {}; expected it to stay", sent.error()));
  }
  return {};
}

void Tap::begin_step(Mishap mishap) {
  mishap_ = can(mishap) ? mishap : Mishap::none;
  struck_ = false;
  ++steps_;
}

std::expected<bool, std::string> Tap::serve(trace::Trace& out, observe::Shared shared) {
  bool served = false;
  Stream* const streams[] = {&stream_};
  while (true) {
    std::size_t end = 0;
    while ((end = input_.find('\n')) != std::string::npos) {
      const auto record = record_from(std::string_view(input_).substr(0, end));
      if (!record) return std::unexpected("the tap says what no tap says; expected a record");
      if (is_handshake(*record)) {
        return std::unexpected(
            "the front-end begins TLS with its back-end, which the tap can't see into; expected "
            "sallyport interpose with --certificate");
      }
      if (holds_back(*record)) return served;
      input_.erase(0, end + 1);
      const auto verdict = take(*record, out, shared).value_or(TapVerdict{});
      const auto deadline = Stream::Clock::now() + std::chrono::seconds(5);
      if (auto sent = stream_.write(to_text(verdict) + '\n', deadline); !sent) {
        return std::unexpected(
            fmt::format("the tap is lost: {}; expected it to stay", sent.error()));
      }
      served = true;
    }
    if (!Stream::wait(streams, Stream::Clock::now())) return served;
    const Stream::Read read = stream_.read(Stream::Clock::now());
    if (read.outcome == Stream::Outcome::late) return served;
    if (read.outcome != Stream::Outcome::octets) {
      return std::unexpected("the tap is lost: it has hung up; expected it to stay");
    }
    input_ += read.text;
  }
}

/// The first that a back-end says in a step in which back-ends are slow.
bool Tap::holds_back(const TapRecord& record) {
  const auto now = Stream::Clock::now();
  const bool begins = mishap_ == Mishap::slow && !struck_ && record.from_backend &&
                      record.what == TapRecord::What::said;
  if (begins) {
    struck_ = true;
    held_until_ = now + slow_for;
  }
  if (held_until_ && now >= *held_until_) held_until_.reset();
  return held_until_.has_value();
}

/// No verdict of its own: the record is of a connection that was there before, whose state nobody
/// knows, or of nothing that could be changed.
std::optional<TapVerdict> Tap::take(const TapRecord& record, trace::Trace& out,
                                    observe::Shared shared) {
  using What = TapRecord::What;
  follow_clients(out);
  if (record.what == What::opened) {
    auto& link =
        links_
            .insert_or_assign(record.link, Link{.observer = observe::Observer(
                                                    protocol_, trace::Point::backend, record.link),
                                                .step = steps_})
            .first->second;
    link.observer.opened(out);
    give_to(record.link, link, who_logs_in(), out);
    return std::nullopt;
  }
  const auto found = links_.find(record.link);
  if (found == links_.end()) return std::nullopt;
  Link& link = found->second;
  switch (record.what) {
    case What::opened:
      break;
    case What::tls:
      link.observer.tls(out, {}, 0, !link.disguised);
      break;
    case What::failure:
      out.events.push_back({.kind = Kind::failure,
                            .point = trace::Point::given,
                            .protocol = protocol_,
                            .session = link.session,
                            .link = record.link});
      break;
    case What::closed:
      link.observer.closed(record.from_backend, out);
      release(record.link, link, out);
      links_.erase(found);
      break;
    case What::said:
      return record.from_backend ? heard_back(link, record, out, shared)
                                 : heard_front(link, record, out, shared);
  }
  return std::nullopt;
}

// Mishaps, as world/wires.cpp carries them out.

bool Tap::strikes(Strikes where, LinkId id, const Link& link, trace::Trace& out) {
  const world::MishapFacts& mishap = world::facts(mishap_);
  if (mishap.strikes != where || (struck_ && where != Strikes::list)) return false;
  if (mishap.imap_only && protocol_ == trace::Protocol::pop3) return false;
  if (mishap.failure && !struck_) {
    out.events.push_back({.kind = Kind::failure,
                          .point = trace::Point::given,
                          .protocol = protocol_,
                          .session = link.session,
                          .link = id});
  }
  struck_ = true;
  return true;
}

TapVerdict Tap::heard_front(Link& link, const TapRecord& record, trace::Trace& out,
                            observe::Shared shared) {
  lease(record.link, link, record.octets, out);
  link.observer.from_client(record.octets, out, shared);
  const trace::Verb verb = world::verb_to_backend(protocol_, record.octets);
  Strikes where = world::place_of(verb, link.logging_in, link.logged_in);
  // Behind the login a list says nothing of how to log in.
  if (where == Strikes::list && link.logged_in) where = Strikes::never;
  if (world::begins_login(verb)) {
    link.logging_in = true;
    link.tag = record.octets.substr(0, record.octets.find(' '));
  }
  if (link.step < steps_ && strikes(Strikes::pooled, record.link, link, out)) {
    return give(link, distorted(mishap_, protocol_, record.octets, ""), TapVerdict::What::answer,
                out, shared);
  }
  link.disguised = where == Strikes::starttls && is_of_handshake(mishap_) && !struck_;
  if (where == Strikes::never || !strikes(where, record.link, link, out)) return {};
  if (world::replaces(mishap_)) {
    return give(link, distorted(mishap_, protocol_, record.octets, link.tag),
                TapVerdict::What::answer, out, shared);
  }
  link.distorts = true;
  link.said = record.octets;
  const bool command = verb != trace::Verb::none;
  link.awaited = command ? record.octets.substr(0, record.octets.find(' ')) : link.tag;
  return {};
}

/// A front-end may say several things at once, of which one is to be answered wrongly: what is said
/// to the others stands before. A client that is logged in asks one thing at a time.
std::size_t Tap::start_of_answer(const Link& link, std::string_view octets) const {
  if (protocol_ == trace::Protocol::pop3 || link.logged_in) return 0;
  const std::string tagged = link.awaited + ' ';
  const bool of_list = world::facts(mishap_).strikes == Strikes::list;
  for (std::size_t at = 0; at < octets.size();) {
    const std::string_view line = octets.substr(at);
    if (line.starts_with(tagged) || line.starts_with('+')) return at;
    if (of_list && line.starts_with("* CAPABILITY")) return at;
    const std::size_t end = octets.find('\n', at);
    at = end == octets.npos ? octets.size() : end + 1;
  }
  return std::string_view::npos;
}

TapVerdict Tap::heard_back(Link& link, const TapRecord& record, trace::Trace& out,
                           observe::Shared shared) {
  world::Answer answer{.octets = record.octets};
  bool changed = false;
  const bool disguises = link.distorts && link.disguised;
  if (!std::exchange(link.greeted, true)) {
    if (strikes(Strikes::greeting, record.link, link, out)) {
      answer = distorted(mishap_, protocol_, "", record.octets);
      changed = true;
    } else if (strikes(Strikes::list, record.link, link, out)) {
      answer = distorted_greeting(mishap_, protocol_, record.octets);
      changed = true;
    }
  } else if (link.distorts) {
    const std::size_t at = start_of_answer(link, record.octets);
    link.distorts = at == std::string::npos;
    changed = !link.distorts && !disguises;
    if (changed) {
      answer = distorted(mishap_, protocol_, link.said, record.octets.substr(at));
      answer.octets.insert(0, record.octets, 0, at);
    }
  }
  if (!changed) {
    const std::size_t from = out.events.size();
    link.observer.from_server(record.octets, out, shared);
    follow_link(link, out, from);
    if (!disguises) return {};
    const bool weak = mishap_ == Mishap::weak_tls;
    return {.what = weak ? TapVerdict::What::weak : TapVerdict::What::impostor, .octets = {}};
  }
  return give(link, std::move(answer), TapVerdict::What::say, out, shared);
}

/// What the front-end gets instead is what is seen on the wire.
TapVerdict Tap::give(Link& link, world::Answer answer, TapVerdict::What how, trace::Trace& out,
                     observe::Shared shared) {
  const std::size_t from = out.events.size();
  link.observer.from_server(answer.octets, out, shared);
  follow_link(link, out, from);
  if (answer.hang_up) {
    how = TapVerdict::What::end;
    link.observer.closed(true, out);
    const auto own =
        std::ranges::find_if(links_, [&link](const auto& each) { return &each.second == &link; });
    release(own->first, link, out);
    links_.erase(own);
  }
  return {.what = how, .octets = std::move(answer.octets)};
}

void Tap::follow_link(Link& link, const trace::Trace& out, std::size_t from) const {
  for (std::size_t i = from; i < out.events.size(); ++i) {
    const trace::Event& e = out.events[i];
    const bool ok = e.kind == Kind::completion && e.status == trace::Status::ok;
    if (ok && authenticates(e.verb) && e.verb != trace::Verb::user) link.logged_in = true;
  }
}

// Whose connection it is.

void Tap::follow_clients(trace::Trace& out) {
  std::vector<SessionId> gone;
  for (; followed_ < out.events.size(); ++followed_) {
    const trace::Event& e = out.events[followed_];
    if (e.point != trace::Point::client) continue;
    if (e.kind == Kind::closed) {
      sessions_.erase(e.session);
      gone.push_back(e.session);
      continue;
    }
    Session& session = sessions_[e.session];
    if (e.kind == Kind::opened) session = {};
    if (e.kind == Kind::command) {
      session.in_flight[e.command] = {.digest = e.digest, .logs_in = authenticates(e.verb)};
    }
    if (e.kind == Kind::completion) session.in_flight.erase(e.command);
    if ((e.kind == Kind::command || e.kind == Kind::response) && !e.user.empty()) {
      session.user = e.user;
    }
  }
  for (; followed_lines_ < out.dialogue.size(); ++followed_lines_) {
    const trace::DialogueLine& line = out.dialogue[followed_lines_];
    const auto session = sessions_.find(line.id);
    if (line.point != trace::Point::client || line.from_server || session == sessions_.end()) {
      continue;
    }
    session->second.line = line.octets;
  }
  for (auto& [id, link] : links_) {
    if (std::ranges::find(gone, link.session) != gone.end()) release(id, link, out);
  }
}

void Tap::release(LinkId id, Link& link, trace::Trace& out) const {
  const SessionId session = std::exchange(link.session, trace::no_session);
  if (session == trace::no_session) return;
  out.events.push_back({.kind = Kind::release,
                        .point = trace::Point::inside,
                        .protocol = protocol_,
                        .session = session,
                        .link = id});
}

std::vector<SessionId> Tap::whose(const trace::Event& event) const {
  const bool login = event.kind == Kind::command && authenticates(event.verb);
  const auto asked = [&](const Session& session) {
    if (!event.user.empty() && (login || event.kind == Kind::response)) {
      return trace::equal_fold(session.user, event.user);
    }
    if (event.kind == Kind::response) return false;
    return std::ranges::any_of(session.in_flight, [&](const auto& each) {
      return login ? each.second.logs_in : each.second.digest == event.digest;
    });
  };
  std::vector<SessionId> candidates;
  for (const auto& [id, session] : sessions_) {
    if (asked(session)) candidates.push_back(id);
  }
  return candidates;
}

// The lease stands before what is said under it, as a front-end itself would tell it. It ends where
// others are meant, even if it is open which of them.
void Tap::lease(LinkId id, Link& link, std::string_view octets, trace::Trace& out) {
  give_to(id, link, who_said(octets), out);
  observe::Observer ahead = link.observer;
  trace::Trace seen;
  ahead.from_client(octets, seen);
  for (const trace::Event& e : seen.events) {
    if (e.kind != Kind::command && e.kind != Kind::response) continue;
    const auto candidates = whose(e);
    if (candidates.size() == 1) give_to(id, link, candidates.front(), out);
    const bool others = std::ranges::find(candidates, link.session) == candidates.end();
    if (candidates.size() > 1 && others) release(id, link, out);
  }
}

void Tap::give_to(LinkId id, Link& link, std::optional<SessionId> session,
                  trace::Trace& out) const {
  if (!session || *session == link.session) return;
  link.session = *session;
  out.events.push_back({.kind = Kind::lease,
                        .point = trace::Point::inside,
                        .protocol = protocol_,
                        .session = *session,
                        .link = id});
}

std::optional<SessionId> Tap::who_logs_in() const {
  std::optional<SessionId> only;
  for (const auto& [id, session] : sessions_) {
    const auto logs_in = [](const auto& each) { return each.second.logs_in; };
    if (std::ranges::none_of(session.in_flight, logs_in)) continue;
    if (only) return std::nullopt;
    only = id;
  }
  return only;
}

/// A line that is handed on as it is, and long enough not to be one by chance: a message of an
/// exchange, whatever the back-end takes it for.
std::optional<SessionId> Tap::who_said(std::string_view octets) const {
  constexpr std::size_t octets_min = 16;
  while (octets.ends_with('\n') || octets.ends_with('\r')) octets.remove_suffix(1);
  std::optional<SessionId> only;
  for (const auto& [id, session] : sessions_) {
    if (octets.size() < octets_min || session.line != octets) continue;
    if (only) return std::nullopt;
    only = id;
  }
  return only;
}

}  // namespace sallyport::live
