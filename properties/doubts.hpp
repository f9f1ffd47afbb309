// A login during which something happened that speaks against its success: the back-end's
// connection died, or greeted as it must not. It may still succeed, but only on evidence that came
// afterwards. STM-06, FLT-01 and FLT-04 differ in what casts the doubt.
#pragma once

#include "properties/direction.hpp"
#include "properties/identity.hpp"
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

  std::uint8_t under_way = 0;  // a login of the client is; POP3: from USER on
  Raised raised = Raised::none;
  std::uint8_t accepted = 0;  // by a back-end, in this login
  std::uint8_t settled = 0;   // there is evidence since the doubt
  std::uint8_t due = 0;       // it is the server's turn

  /// What a back-end has accepted before stays accepted.
  constexpr void raise(Raised by = Raised::of_connection) {
    if (under_way == 0 || accepted != 0 || by < raised) return;
    raised = by;
    settled = 0;
  }
  /// A back-end accepts the login on a sound connection.
  constexpr void accept() { accepted = settled = under_way; }
  /// The session gets a sound connection that is logged in already.
  constexpr void rely() { settled = under_way; }

  /// At rest: is a login that is in doubt left without an answer? Told once.
  constexpr bool take_overdue() {
    const bool overdue = raised != Raised::none && due != 0;
    if (overdue) *this = {};
    return overdue;
  }

  /// Follows one event of the client's wire; says how a login that was in doubt ended.
  constexpr End step(const trace::Event& e) {
    using trace::Kind;
    const bool user = e.verb == trace::Verb::user;
    const bool ok = e.status == trace::Status::ok;
    if (asks(e) && (authenticates(e) || user) && under_way == 0) {
      *this = {};
      under_way = 1;
    }
    if (e.kind == Kind::opened) *this = {};
    if (under_way != 0 && (authenticates(e) || user)) {
      due = e.kind == Kind::command || e.kind == Kind::response ? 1 : 0;
    }
    const bool hung_up = e.kind == Kind::bye || e.kind == Kind::closed;
    const bool answered = e.kind == Kind::completion && (authenticates(e) || (user && !ok));
    if (!hung_up && !answered) return End::none;
    const Doubt had = *this;
    *this = {};
    if (had.raised == Raised::none || (e.kind == Kind::closed && !e.from_server)) return End::none;
    if (had.raised == Raised::of_anything) return End::none;
    const bool dispelled = had.settled != 0 && had.raised != Raised::of_verifier;
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
