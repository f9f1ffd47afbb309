// A login during which something happened that speaks against its success: the back-end's
// connection died, or greeted as it must not. It may still succeed, but only on evidence that came
// afterwards. STM-06, FLT-01 and FLT-04 differ in what casts the doubt.
#pragma once

#include "properties/logins.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {

struct Doubt {
  enum class Raised : std::uint8_t {
    none,
    of_anything,  // perhaps of this login: it needs an answer, any
    of_connection,
    of_verifier,
  };
  enum class End : std::uint8_t { none, settled, ignored };

  LoginsUnderWay logins;
  Raised raised = Raised::none;
  std::uint8_t accepted = 0;  // by a back-end, in this login
  std::uint8_t settled = 0;   // there is evidence since the doubt
  std::uint8_t due = 0;       // it is the server's turn

  /// What a back-end has accepted before stays accepted.
  constexpr void raise(Raised by = Raised::of_connection) {
    if (!logins.any() || accepted != 0 || by < raised) return;
    raised = by;
    settled = 0;
  }
  /// A back-end accepts the login on a sound connection.
  constexpr void accept() { accepted = settled = logins.any() ? 1 : 0; }
  /// The session gets a sound connection that is logged in already.
  constexpr void rely() { settled = logins.any() ? 1 : 0; }

  /// At rest: is a login that is in doubt left without an answer? Told once.
  constexpr bool take_overdue() {
    const bool overdue = raised != Raised::none && due != 0;
    if (overdue) *this = {logins};
    return overdue;
  }

  /// Follows one event of the client's wire; says how a login that was in doubt ended.
  constexpr End step(const trace::Event& e) {
    using trace::Kind;
    logins.step(e);
    if (e.kind == Kind::opened) *this = {};
    if (!logins.any()) {
      due = 0;
    } else if (is_of_login(e)) {
      const bool next = e.kind == Kind::completion && logins.unanswered != 0;
      due = next || e.kind == Kind::command || e.kind == Kind::response ? 1 : 0;
    }
    const bool hung_up = e.kind == Kind::bye || e.kind == Kind::closed;
    const bool answered = LoginsUnderWay::answered_by(e);
    if (!hung_up && !answered) return End::none;
    const Doubt had = *this;
    *this = {.logins = logins, .due = due};
    if (had.raised == Raised::none || (e.kind == Kind::closed && !e.from_server)) return End::none;
    if (had.raised == Raised::of_anything) return End::none;
    const bool dispelled = had.settled != 0 && had.raised != Raised::of_verifier;
    const bool ok = e.status == trace::Status::ok;
    return answered && ok && !dispelled ? End::ignored : End::settled;
  }
};

/// Of any session.
constexpr bool take_overdue(PerSession<Doubt>& sessions) {
  bool any = false;
  for (Doubt& each : sessions.slots) any = each.take_overdue() || any;
  return any;
}

}  // namespace sallyport::properties
