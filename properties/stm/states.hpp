// The states of a session and the commands that are legal in each, as data (RFC 3501 §3, §6; RFC
// 1939 §4–6; RFC 2595 §4; RFC 5034 §4). POP3's AUTHORIZATION is not_authenticated, its TRANSACTION
// authenticated.
#pragma once

#include <array>

#include "trace/event.hpp"

namespace sallyport::properties {

enum class SessionState : std::uint8_t { not_authenticated, authenticated, selected };

inline constexpr std::uint8_t in_not_authenticated = 1;
inline constexpr std::uint8_t in_authenticated = 2;
inline constexpr std::uint8_t in_selected = 4;
inline constexpr std::uint8_t after_login = in_authenticated | in_selected;
inline constexpr std::uint8_t in_any = in_not_authenticated | after_login;

struct Legal {
  trace::Protocol protocol;
  trace::Verb verb;
  std::uint8_t states;
};

namespace detail {
using enum trace::Protocol;
using enum trace::Verb;
inline constexpr std::array legal_commands{
    Legal{imap, capability, in_any},
    Legal{imap, noop, in_any},
    Legal{imap, logout, in_any},
    Legal{imap, id, in_any},
    Legal{imap, starttls, in_not_authenticated},
    Legal{imap, authenticate, in_not_authenticated},
    Legal{imap, login, in_not_authenticated},
    Legal{imap, select, after_login},
    Legal{imap, examine, after_login},
    Legal{imap, create, after_login},
    Legal{imap, remove, after_login},
    Legal{imap, rename, after_login},
    Legal{imap, subscribe, after_login},
    Legal{imap, unsubscribe, after_login},
    Legal{imap, list, after_login},
    Legal{imap, lsub, after_login},
    Legal{imap, status, after_login},
    Legal{imap, append, after_login},
    Legal{imap, namespaces, after_login},
    Legal{imap, enable, after_login},
    Legal{imap, idle, after_login},
    Legal{imap, check, in_selected},
    Legal{imap, close, in_selected},
    Legal{imap, unselect, in_selected},
    Legal{imap, expunge, in_selected},
    Legal{imap, search, in_selected},
    Legal{imap, fetch, in_selected},
    Legal{imap, store, in_selected},
    Legal{imap, copy, in_selected},
    Legal{imap, move, in_selected},
    Legal{imap, uid, in_selected},
    Legal{pop3, capa, in_any},
    Legal{pop3, quit, in_any},
    Legal{pop3, user, in_not_authenticated},
    Legal{pop3, pass, in_not_authenticated},
    Legal{pop3, apop, in_not_authenticated},
    Legal{pop3, auth, in_not_authenticated},
    Legal{pop3, stls, in_not_authenticated},
    Legal{pop3, stat, in_authenticated},
    Legal{pop3, list, in_authenticated},
    Legal{pop3, retr, in_authenticated},
    Legal{pop3, dele, in_authenticated},
    Legal{pop3, noop, in_authenticated},
    Legal{pop3, rset, in_authenticated},
    Legal{pop3, top, in_authenticated},
    Legal{pop3, uidl, in_authenticated},
};
}  // namespace detail
using detail::legal_commands;

/// The states in which `verb` is legal; in_any for a command that the table doesn't know.
[[nodiscard]] constexpr std::uint8_t legal_states(trace::Protocol protocol, trace::Verb verb) {
  for (const Legal& legal : legal_commands) {
    if (legal.protocol == protocol && legal.verb == verb) return legal.states;
  }
  return in_any;
}

/// The command authenticates when it is answered OK. Bare AUTH only lists.
[[nodiscard]] constexpr bool authenticates(const trace::Event& e) {
  using trace::Verb;
  return e.verb == Verb::login || e.verb == Verb::authenticate || e.verb == Verb::pass ||
         e.verb == Verb::apop || (e.verb == Verb::auth && e.mechanism != trace::Mechanism::none);
}

/// Where a session stands, by what the server answered. A value of one octet.
struct Standing {
  SessionState state = SessionState::not_authenticated;

  /// The command that `e` completes is legal in this state. Bare AUTH takes effect in none.
  [[nodiscard]] constexpr bool allows(const trace::Event& e) const {
    if (e.verb == trace::Verb::auth && !authenticates(e)) return true;
    return (legal_states(e.protocol, e.verb) >> static_cast<unsigned>(state) & 1U) != 0;
  }

  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    using trace::Verb;
    if (e.kind == Kind::opened) state = SessionState::not_authenticated;
    if (e.kind == Kind::greeting && e.status == trace::Status::preauth) {
      state = SessionState::authenticated;
    }
    if (e.kind != Kind::completion) return;
    const bool ok = e.status == trace::Status::ok;
    const bool selects = e.verb == Verb::select || e.verb == Verb::examine;
    if (ok && authenticates(e) && state == SessionState::not_authenticated) {
      state = SessionState::authenticated;
    }
    if (state == SessionState::not_authenticated) return;
    if (selects && e.status != trace::Status::bad) {
      state = ok ? SessionState::selected : SessionState::authenticated;
    }
    if (ok && (e.verb == Verb::close || e.verb == Verb::unselect)) {
      state = SessionState::authenticated;
    }
  }
};

}  // namespace sallyport::properties
