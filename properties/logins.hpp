// Which commands of a login a server still owes an answer. They may be pipelined, so the answer to
// the first doesn't end the second.
#pragma once

#include <cstdint>

#include "properties/direction.hpp"
#include "properties/identity.hpp"

namespace sallyport::properties {

struct LoginsUnderWay {
  std::uint16_t unanswered = 0;  // by slot: commands of the client
  std::uint16_t named = 0;       // POP3: USER was accepted, and PASS may follow

  [[nodiscard]] constexpr bool any() const { return (unanswered | named) != 0; }

  /// `e` answers a login. POP3's USER that is accepted is none yet.
  [[nodiscard]] static constexpr bool answered_by(const trace::Event& e) {
    const bool named = e.verb == trace::Verb::user && e.status == trace::Status::ok;
    return e.kind == trace::Kind::completion && is_of_login(e) && !named;
  }

  /// Follows one event of the client's wire. What stands behind a success logs nobody in, and a
  /// slot that is used again was answered: IMAP's untagged BAD doesn't say what it answers, so a
  /// malformed line is no login there.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    if (asks(e)) unanswered &= ~bit(e.command);
    if (e.kind == Kind::opened || e.kind == Kind::bye || e.kind == Kind::closed || logs_in(e)) {
      *this = {};
    } else if (is_of_login(e) && e.kind == Kind::completion) {
      unanswered &= ~bit(e.command);
      named = answered_by(e) ? 0 : 1;
    } else if (is_of_login(e) && asks(e)) {
      const bool well = e.kind == Kind::command || e.protocol == trace::Protocol::pop3;
      if (well) unanswered |= bit(e.command);
    }
  }

 private:
  static constexpr std::uint16_t bit(trace::CommandSlot slot) {
    return slot < 16 ? static_cast<std::uint16_t>(1U << slot) : std::uint16_t{0};
  }
};

}  // namespace sallyport::properties
