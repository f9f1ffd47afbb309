// What STM-02 knows of a session: its state, the states that refused commands asked for, and which
// commands in flight leave a server no reason to refuse them.
#pragma once

#include "properties/stm/states.hpp"

namespace sallyport::properties {

struct Refusals {
  Standing standing;
  SessionStates asked_for;    // by commands that were refused
  std::uint64_t certain = 0;  // by slot: commands in flight without a fault of their own
  std::uint8_t refused = 0;   // something was, and nothing has shown yet that no harm was done
  std::uint8_t excused = 0;   // a failure may be the reason of what is refused
  std::uint8_t doomed = 0;    // a certain one was refused, and the session goes on
  std::uint8_t unused[5] = {};

  /// A selection that takes effect though it was refused isn't told from the one before it.
  [[nodiscard]] constexpr bool would_allow(const trace::Event& e) const {
    return !(legal_states(e) & asked_for).empty();
  }

  /// Is the command that `e` completes one that has to succeed?
  constexpr bool take_certain(const trace::Event& e) {
    const bool is_certain = (certain & bit(e.command)) != 0;
    certain &= ~bit(e.command);
    return is_certain && refused != 0 && excused == 0 && !standing.states.empty() &&
           (standing.states - legal_states(e)).empty();
  }

  constexpr void complete(const trace::Event& e) {
    const bool ok = e.status == trace::Status::ok;
    const bool selects = e.verb == trace::Verb::select || e.verb == trace::Verb::examine;
    const SessionStates before = standing.states;
    standing.step(e);
    refused = ok ? 0 : 1;
    if (logs_in(e)) asked_for = {};
    if (ok && selects) asked_for.remove(SessionState::selected);
    if (ok || before.empty()) return;
    if (authenticates(e) && (before & logged_in).empty()) {
      asked_for.add(e.protocol == trace::Protocol::imap ? SessionState::authenticated
                                                        : SessionState::transaction);
    }
    if (selects && before == SessionStates{SessionState::authenticated}) {
      asked_for.add(SessionState::selected);
    }
  }

  /// Follows an event of the client's wire that completes nothing.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed || e.kind == Kind::bye) *this = {};
    standing.step(e);
    if (e.kind == Kind::command && has_no_fault(e)) certain |= bit(e.command);
  }

  /// At rest, so the refusal was no farewell. POP3's looks like the reply to a command.
  constexpr bool take_doomed() {
    const bool was = doomed != 0;
    doomed = 0;
    return was;
  }

  constexpr void excuse() {
    if (!standing.states.empty()) excused = 1;
  }

 private:
  static constexpr SessionStates logged_in{SessionState::authenticated, SessionState::selected,
                                           SessionState::transaction};

  static constexpr std::uint64_t bit(trace::CommandSlot slot) {
    return slot < 64 ? std::uint64_t{1} << slot : 0;
  }

  static constexpr bool has_no_fault(const trace::Event& e) {
    const auto is = [&e](std::string_view line) { return e.digest == trace::digest_of(line); };
    if (e.protocol == trace::Protocol::pop3) return is("STAT") || is("NOOP") || is("RSET");
    return is("SELECT INBOX") || is("CAPABILITY") || is("NOOP") || is("LOGOUT");
  }
};

}  // namespace sallyport::properties
