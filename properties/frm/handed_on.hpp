// What a session's front-end handed on to a back-end, as it read it, and the back-end hasn't read
// yet: what FRM-01 and FRM-04 compare, one command by one.
#pragma once

#include <array>

#include "properties/direction.hpp"
#include "properties/leases.hpp"

namespace sallyport::properties {

/// A command that a front-end has of its own, to log in, to look after a connection or to end it.
[[nodiscard]] constexpr bool is_of_front_end(trace::Verb verb) {
  using trace::Verb;
  switch (verb) {
    case Verb::login:
    case Verb::authenticate:
    case Verb::user:
    case Verb::pass:
    case Verb::apop:
    case Verb::auth:
    case Verb::capability:
    case Verb::capa:
    case Verb::starttls:
    case Verb::stls:
    case Verb::id:
    case Verb::noop:
    case Verb::rset:
    case Verb::logout:
    case Verb::quit:
      return true;
    default:
      return false;
  }
}

struct HandedOn {
  enum class Read : std::uint8_t { nothing, unclear, alike, other };

  std::array<std::uint32_t, 4> commands = {};  // oldest first; 0: a free place
  std::uint8_t lost = 0;        // there were more, or something failed: it is open what is to come
  std::uint8_t unfinished = 0;  // the client is in the middle of a command
  std::uint8_t judged = 0;      // as the property says
  std::uint8_t unused = 0;

  /// The front-end has read it so.
  constexpr void hand(const trace::Event& parsed) {
    if (lost != 0) return;
    for (std::uint32_t& place : commands) {
      if (place != 0) continue;
      place = content(parsed);
      return;
    }
    lose();
  }

  /// And the back-end so.
  constexpr Read read(const trace::Event& parsed) {
    if (lost != 0) return Read::unclear;
    if (commands[0] == content(parsed)) {
      for (std::size_t i = 1; i < commands.size(); ++i) commands[i - 1] = commands[i];
      commands.back() = 0;
      return Read::alike;
    }
    return is_of_front_end(parsed.verb) ? Read::unclear : Read::other;
  }

  constexpr void lose() {
    commands = {};
    lost = 1;
  }

  /// Nothing more happens unless somebody acts. True: something was handed on and never read.
  constexpr bool take_unread() {
    const bool unread = commands[0] != 0 && unfinished == 0;
    commands = {};
    lost = 0;
    return unread;
  }

 private:
  static constexpr std::uint32_t content(const trace::Event& parsed) {
    const auto verb = static_cast<std::uint64_t>(parsed.verb);
    const std::uint64_t all = parsed.digest * 0x100000001b3 + verb;
    return static_cast<std::uint32_t>(all ^ (all >> 32U)) | 1U;
  }
};

struct Readings {
  PerLink<Leased> links;
  PerSession<HandedOn> sessions;
};

/// A connection is given back or gone, or something failed: what was on its way may never come.
inline void lose_readings(Readings& all, trace::SessionId session) {
  const HandedOn* const one = all.sessions.find(session);
  for (HandedOn& each : all.sessions.slots) {
    if (session == trace::no_session || &each == one) each.lose();
  }
}

/// What an event says, and of which session: null where of none.
struct Reading {
  HandedOn* session = nullptr;
  HandedOn::Read read = HandedOn::Read::nothing;
};

inline Reading follow_readings(Readings& all, const trace::Event& e) {
  using trace::Kind;
  const trace::SessionId holds = holder(all.links, e);
  follow_leases(all.links, e);
  const bool gone = e.point == trace::Point::backend && e.kind == Kind::closed;
  if (e.kind == Kind::failure && e.session == trace::no_session && e.link != trace::no_link) {
    if (holds != trace::no_session) lose_readings(all, holds);
  } else if (e.kind == Kind::failure) {
    lose_readings(all, e.session);
  } else if ((gone || e.kind == Kind::release) && holds != trace::no_session) {
    lose_readings(all, holds);
  }
  HandedOn* const session = all.sessions.find(e.session != trace::no_session ? e.session : holds);
  if (session == nullptr) return {};
  if (e.point == trace::Point::client) {
    if (e.kind == Kind::opened || e.kind == Kind::closed) *session = {};
    if (e.kind == Kind::literal) session->unfinished = 1;
    if (asks(e) || e.kind == Kind::completion) session->unfinished = 0;
  }
  if (e.kind != Kind::parsed) return {.session = session};
  if (e.session == trace::no_session) return {.session = session, .read = session->read(e)};
  session->hand(e);
  return {.session = session};
}

}  // namespace sallyport::properties
