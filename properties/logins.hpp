// Which commands of a login a server still owes an answer. They may be pipelined, so they are
// counted: the answer to the first doesn't end the second.
#pragma once

#include <cstdint>

#include "properties/direction.hpp"
#include "properties/identity.hpp"

namespace sallyport::properties {

struct LoginsUnderWay {
  std::uint8_t unanswered = 0;  // commands of the client
  std::uint8_t named = 0;       // POP3: USER was accepted, and PASS may follow

  [[nodiscard]] constexpr bool any() const { return (unanswered | named) != 0; }

  /// `e` is of a login, or of POP3's first half of one.
  [[nodiscard]] static constexpr bool concerns(const trace::Event& e) {
    return authenticates(e) || e.verb == trace::Verb::user;
  }

  /// `e` answers a login. POP3's USER that is accepted is none yet.
  [[nodiscard]] static constexpr bool answered_by(const trace::Event& e) {
    const bool named = e.verb == trace::Verb::user && e.status == trace::Status::ok;
    return e.kind == trace::Kind::completion && concerns(e) && !named;
  }

  /// Follows one event of the client's wire. What stands behind a success logs nobody in.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    const bool over =
        e.kind == Kind::opened || e.kind == Kind::bye || e.kind == Kind::closed || logs_in(e);
    if (over) *this = {};
    if (over || !concerns(e)) return;
    if (asks(e) && unanswered < UINT8_MAX) ++unanswered;
    if (e.kind != Kind::completion) return;
    if (unanswered != 0) --unanswered;
    named = answered_by(e) ? 0 : 1;
  }
};

}  // namespace sallyport::properties
