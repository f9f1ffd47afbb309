// What SAS-04 knows of a session: how long the lines of its exchange were, and what came of them.
#pragma once

#include "properties/adv/attempt.hpp"
#include "properties/sas/messages.hpp"
#include "trace/persistence.hpp"

namespace sallyport::properties {

struct LongLine {
  /// What every server takes (RFC 5034 §4), where it states nothing else.
  static constexpr std::uint32_t octets_legal = 12288;
  /// As long as a command of POP3 may be (RFC 2449 §4).
  static constexpr std::uint32_t octets_short = 255;

  Attempt attempt;            // by a valid user
  std::uint8_t exchange = 0;  // the server has asked for a message
  std::uint8_t legal = 0;     // the attempt has a long line, within the limit
  std::uint8_t beyond = 0;    // a line was beyond the stated limit
  std::uint8_t waits = 0;     // the server's turn

  /// A failure, or whatever else may be the reason of what becomes of the attempt.
  constexpr void stop() {
    attempt.drop();
    legal = beyond = waits = 0;
  }

  /// What lives on one connection to a back-end fails for many reasons (ADV-03, PER-01).
  void announce(const trace::Event& e) {
    attempt.drop();
    legal = 0;
    const trace::MechanismFacts* const known = trace::facts(e.mechanism);
    const bool bound =
        known != nullptr && known->persistence == trace::PersistenceClass::connection_bound;
    if (e.valid && !bound && attempt.authenticated == 0) attempt.announce(e.mechanism);
  }

  /// Follows one event of the client's wire. `limit` is 0 where none was stated.
  constexpr Outcome step(const trace::Event& e, std::uint32_t limit) {
    using trace::Kind;
    const Outcome outcome = follow(e, limit);
    if (e.kind == Kind::opened || e.kind == Kind::closed) *this = {};
    return outcome;
  }

  /// Nothing more happens unless the client acts.
  constexpr Outcome rest() {
    if (waits == 0 || (beyond == 0 && legal == 0)) return not_concerned;
    const bool is_beyond = beyond != 0;
    stop();
    return violated(is_beyond ? "a line beyond the limit is never answered"
                              : "a line of legal length is never answered");
  }

 private:
  constexpr Outcome follow(const trace::Event& e, std::uint32_t limit) {
    using trace::Kind;
    const bool ours = of_exchange(e);
    const bool line = ours && (e.kind == Kind::response || (exchange != 0 && asks(e)));
    if (line) measure(e, limit);
    if (ours && e.kind == Kind::continuation) {
      exchange = 1;
      waits = 0;
    }
    if (ours && e.kind == Kind::completion) exchange = waits = 0;
    if (beyond != 0) return refused(e);
    // It was refused before its end had come; that is no fault of the client's.
    if (line && e.kind == Kind::malformed && legal != 0) return not_concerned;
    const Attempt::End end = attempt.step(e);
    if (attempt.phase == Attempt::Phase::none && end == Attempt::End::none) legal = 0;
    if (legal == 0 || end == Attempt::End::none) return not_concerned;
    legal = 0;
    return end == Attempt::End::accepted
               ? upheld
               : violated("a valid user is refused behind a line of legal length");
  }

  constexpr void measure(const trace::Event& e, std::uint32_t limit) {
    waits = 1;
    if (limit != 0 && e.amount > limit) {
      stop();
      beyond = waits = 1;
    } else if (e.amount > octets_short && e.amount <= (limit != 0 ? limit : octets_legal) &&
               attempt.phase == Attempt::Phase::under_way && attempt.command == e.command) {
      legal = 1;
    }
  }

  constexpr Outcome refused(const trace::Event& e) {
    using trace::Kind;
    const bool answer =
        of_exchange(e) && (e.kind == Kind::continuation || e.kind == Kind::completion);
    const bool hung_up = e.kind == Kind::bye || (e.kind == Kind::closed && e.from_server);
    if (!answer && !hung_up) return not_concerned;
    beyond = waits = 0;
    const bool failed = hung_up || (e.kind == Kind::completion && e.status != trace::Status::ok);
    return failed ? upheld : violated("a line beyond the limit is taken");
  }
};

}  // namespace sallyport::properties
