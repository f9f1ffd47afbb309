// The states of a session, and the commands that are legal in each: data (RFC 3501 §3 and §6, RFC
// 1939 §4 to §6, RFC 2595 §4, RFC 5034 §4, and each extension's own). ENABLE stands for both states
// after login, since a server needn't check that no mailbox is selected (RFC 5161 §3.1).
#pragma once

#include <array>

#include "properties/identity.hpp"

namespace sallyport::properties {

enum class SessionState : std::uint8_t {
  not_authenticated,
  authenticated,
  selected,
  authorization,  // POP3
  transaction,    // POP3
};
using SessionStates = trace::EnumSet<SessionState>;

struct LegalCommand {
  trace::Protocol protocol{};
  trace::Verb verb{};
  SessionStates states;
};

namespace detail {

inline constexpr SessionStates before{SessionState::not_authenticated};
inline constexpr SessionStates with_mailbox{SessionState::selected};
inline constexpr SessionStates after = with_mailbox | SessionStates{SessionState::authenticated};
inline constexpr SessionStates any = before | after;
inline constexpr SessionStates authorization{SessionState::authorization};
inline constexpr SessionStates transaction{SessionState::transaction};
inline constexpr SessionStates either = authorization | transaction;

using trace::Verb;
using trace::Protocol::imap;
using trace::Protocol::pop3;

inline constexpr std::array legal_commands{
    LegalCommand{imap, Verb::capability, any},
    LegalCommand{imap, Verb::noop, any},
    LegalCommand{imap, Verb::logout, any},
    LegalCommand{imap, Verb::id, any},
    LegalCommand{imap, Verb::starttls, before},
    LegalCommand{imap, Verb::authenticate, before},
    LegalCommand{imap, Verb::login, before},
    LegalCommand{imap, Verb::select, after},
    LegalCommand{imap, Verb::examine, after},
    LegalCommand{imap, Verb::create, after},
    LegalCommand{imap, Verb::remove, after},
    LegalCommand{imap, Verb::rename, after},
    LegalCommand{imap, Verb::subscribe, after},
    LegalCommand{imap, Verb::unsubscribe, after},
    LegalCommand{imap, Verb::list, after},
    LegalCommand{imap, Verb::lsub, after},
    LegalCommand{imap, Verb::status, after},
    LegalCommand{imap, Verb::append, after},
    LegalCommand{imap, Verb::namespaces, after},
    LegalCommand{imap, Verb::enable, after},
    LegalCommand{imap, Verb::idle, after},
    LegalCommand{imap, Verb::check, with_mailbox},
    LegalCommand{imap, Verb::close, with_mailbox},
    LegalCommand{imap, Verb::unselect, with_mailbox},
    LegalCommand{imap, Verb::expunge, with_mailbox},
    LegalCommand{imap, Verb::search, with_mailbox},
    LegalCommand{imap, Verb::fetch, with_mailbox},
    LegalCommand{imap, Verb::store, with_mailbox},
    LegalCommand{imap, Verb::copy, with_mailbox},
    LegalCommand{imap, Verb::move, with_mailbox},
    LegalCommand{imap, Verb::uid, with_mailbox},
    LegalCommand{pop3, Verb::capa, either},
    LegalCommand{pop3, Verb::quit, either},
    LegalCommand{pop3, Verb::user, authorization},
    LegalCommand{pop3, Verb::pass, authorization},
    LegalCommand{pop3, Verb::apop, authorization},
    LegalCommand{pop3, Verb::auth, authorization},
    LegalCommand{pop3, Verb::stls, authorization},
    LegalCommand{pop3, Verb::stat, transaction},
    LegalCommand{pop3, Verb::list, transaction},
    LegalCommand{pop3, Verb::retr, transaction},
    LegalCommand{pop3, Verb::dele, transaction},
    LegalCommand{pop3, Verb::noop, transaction},
    LegalCommand{pop3, Verb::rset, transaction},
    LegalCommand{pop3, Verb::top, transaction},
    LegalCommand{pop3, Verb::uidl, transaction},
};

}  // namespace detail
using detail::legal_commands;

/// Where the command of `e` is legal. Empty for what the table doesn't know and no rule speaks of:
/// a verb of no RFC here, or POP3's AUTH without a mechanism, which only asks for a list.
[[nodiscard]] constexpr SessionStates legal_states(const trace::Event& e) {
  if (e.verb == trace::Verb::auth && !authenticates(e)) return {};
  for (const LegalCommand& legal : legal_commands) {
    if (legal.protocol == e.protocol && legal.verb == e.verb) return legal.states;
  }
  return {};
}

/// The command of `e` is legal only after login.
[[nodiscard]] constexpr bool needs_login(const trace::Event& e) {
  const SessionStates states = legal_states(e);
  return !states.empty() && (states & (detail::before | detail::authorization)).empty();
}

/// It needs a mailbox as well, so that it is answered for somebody. NOOP and ENABLE are not, and a
/// front-end may say NOOP of its own accord.
[[nodiscard]] constexpr bool reaches_a_mailbox(const trace::Event& e) {
  return needs_login(e) && e.verb != trace::Verb::noop && e.verb != trace::Verb::enable;
}

/// The states that a session may be in by what its server answered so far. Empty: nothing is known,
/// as where the session's beginning wasn't seen.
struct Standing {
  SessionStates states;

  /// Is the command that `e` completes legal in none of them?
  [[nodiscard]] constexpr bool forbids(const trace::Event& e) const {
    const SessionStates legal = legal_states(e);
    return !legal.empty() && !states.empty() && (states & legal).empty();
  }

  /// Follows one event of the client's wire.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed || e.kind == Kind::bye) states = {};
    if (e.kind == Kind::greeting) greet(e);
    if (e.kind == Kind::completion) complete(e);
  }

 private:
  constexpr void greet(const trace::Event& e) {
    const bool is_imap = e.protocol == trace::Protocol::imap;
    states = {};
    if (e.status == trace::Status::ok) states = is_imap ? detail::before : detail::authorization;
    if (e.status == trace::Status::preauth) states.add(SessionState::authenticated);
  }

  constexpr void complete(const trace::Event& e) {
    const bool ok = e.status == trace::Status::ok;
    if (logs_in(e)) {
      states = e.protocol == trace::Protocol::imap ? SessionStates{SessionState::authenticated}
                                                   : detail::transaction;
    } else if (e.verb == Verb::select || e.verb == Verb::examine) {
      choose_mailbox(e.status);
    } else if (ok && (e.verb == Verb::close || e.verb == Verb::unselect) && !forbids(e)) {
      states = SessionStates{SessionState::authenticated};
    } else if (ok && (e.verb == Verb::logout || e.verb == Verb::quit)) {
      states = {};
    }
  }

  // A selection that fails leaves no mailbox selected (RFC 3501 §6.3.1). After BAD it is open
  // whether the server came so far.
  constexpr void choose_mailbox(trace::Status status) {
    if (status == trace::Status::ok) {
      states = detail::with_mailbox;
    } else if (states.has(SessionState::selected)) {
      if (status == trace::Status::no) states.remove(SessionState::selected);
      states.add(SessionState::authenticated);
    }
  }

  using Verb = trace::Verb;
};

}  // namespace sallyport::properties
