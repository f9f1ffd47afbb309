// What a server owes a client, command by command: RSP-01's state of one session.
#pragma once

#include "trace/event.hpp"

namespace sallyport::properties {

struct Obligations {
  std::uint64_t owed = 0;     // by slot: in flight, and must be completed
  std::uint64_t asked = 0;    // by slot: in flight, and it is the client's turn
  std::uint8_t literal = 0;   // announced and not answered
  std::uint8_t lenient = 0;   // something was sent that is no command: it may be refused or ignored
  std::uint8_t over = 0;      // LOGOUT, QUIT or BYE: nothing that follows needs an answer
  std::uint8_t farewell = 0;  // POP3: an -ERR that answers nothing
  std::uint8_t unused[4] = {};

  static constexpr std::uint64_t bit(trace::CommandSlot slot) {
    return slot < 64 ? std::uint64_t{1} << slot : 0;
  }

  constexpr void command(const trace::Event& e) {
    using trace::Verb;
    literal = 0;
    asked &= ~bit(e.command);
    if (over == 0) owed |= bit(e.command);
    // Commands beyond what can be told apart are in no slot, so nothing can be said of their
    // answers.
    if (e.verb == Verb::logout || e.verb == Verb::quit || e.command == trace::no_command) over = 1;
  }

  /// Follows one event of the client's wire, but for what answers no command.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *this = {};
    if (e.kind == Kind::command) command(e);
    if (e.kind == Kind::malformed && !e.from_server) no_command_at_all(e);
    if (e.kind == Kind::literal && !e.valid) literal = 1;  // a {n+} is the client's turn
    if (e.kind == Kind::continuation) continuation(e);
    if (e.kind == Kind::response) asked &= ~bit(e.command);
    if (e.kind == Kind::bye) leave();
    if (e.kind == Kind::completion) complete(e);
  }

  /// POP3 replies answer lines in order: if it is open whether one of them needs a reply, it is
  /// open what every later reply answers. Tags tell.
  constexpr void no_command_at_all(const trace::Event& e) {
    if ((asked & bit(e.command)) != 0) {  // an answer that is too long is one still
      asked &= ~bit(e.command);
      return;
    }
    literal = 0;
    lenient = 1;
    if (e.protocol == trace::Protocol::pop3) leave();
  }

  constexpr void continuation(const trace::Event& e) {
    if (e.command == trace::no_command) literal = 0;
    asked |= bit(e.command);
  }

  constexpr void complete(const trace::Event& e) {
    owed &= ~bit(e.command);
    asked &= ~bit(e.command);
  }

  /// The server says BYE. Behind LOGOUT that is no excuse: it still answers the LOGOUT.
  constexpr void leave() {
    if (over == 0) owed = literal = 0;
    over = 1;
  }

  /// Takes what is overdue now that nothing more happens unless the client acts.
  constexpr bool take_overdue() {
    const bool overdue = (owed & ~asked) != 0 || literal != 0;
    owed &= asked;
    literal = 0;
    return overdue;
  }
};

}  // namespace sallyport::properties
