// How often and how long a session has been borne: RES-02's state of one. Counters stop one beyond
// their limits. Counted is what a front-end can't but count: passwords that were tried and refused,
// lines of no command.
#pragma once

#include <algorithm>

#include "properties/direction.hpp"
#include "properties/identity.hpp"

namespace sallyport::properties {

/// 0: none.
struct Limits {
  std::uint32_t failures = 0;
  std::uint32_t errors = 0;
  std::uint32_t failure_seconds = 0;
  std::uint32_t tls_before_clear_text = 0;

  constexpr void step(const trace::Event& e) {
    using trace::Limit;
    if (e.kind == trace::Kind::policy && e.session == trace::no_session) {
      tls_before_clear_text = e.rules.has(trace::Rule::tls_before_clear_text) ? 1 : 0;
    }
    if (e.kind != trace::Kind::limit) return;
    if (e.limit == Limit::failures) failures = e.amount;
    if (e.limit == Limit::errors) errors = e.amount;
    if (e.limit == Limit::failure_seconds) failure_seconds = e.amount;
  }
};

struct Patience {
  std::uint16_t waited = 0;  // seconds, since the client's last word in the login
  std::uint8_t failures = 0;
  std::uint8_t errors = 0;
  trace::CommandSlot login = trace::no_command;  // in flight
  std::uint8_t logged_in = 0;
  std::uint8_t tls = 0;
  std::uint8_t browser = 0;  // HTTP was spoken
  std::uint8_t early = 0;    // a failed login was answered before its time
  std::uint8_t excused = 0;  // the login in flight didn't fail for what the client said
  std::uint8_t named = 0;    // POP3: a USER was accepted since the last login that failed
  std::uint8_t unused = 0;

  [[nodiscard]] constexpr bool is_at_limit(const Limits& limits) const {
    return (limits.failures != 0 && failures >= limits.failures) ||
           (limits.errors != 0 && errors >= limits.errors) || browser != 0;
  }
  [[nodiscard]] constexpr bool is_beyond(const Limits& limits) const {
    return (limits.failures != 0 && failures > limits.failures) ||
           (limits.errors != 0 && errors > limits.errors) || browser != 0;
  }

  constexpr void elapse(std::uint32_t seconds, const Limits& limits) {
    if (login == trace::no_command) return;
    waited = static_cast<std::uint16_t>(
        std::min({waited + std::uint64_t{seconds}, std::uint64_t{limits.failure_seconds},
                  std::uint64_t{UINT16_MAX}}));
  }

  /// A failure may be why the login in flight is refused.
  constexpr void excuse() {
    if (login != trace::no_command) excused = 1;
  }

  /// Follows one event of the client's wire that isn't an end of the session. True: a failed login
  /// was answered in its time.
  constexpr bool step(const trace::Event& e, const Limits& limits) {
    using trace::Kind;
    if (e.kind == Kind::opened) *this = {};
    if (e.kind == Kind::tls) {
      tls = 1;
      named = 0;
    }
    if (logs_in(e) || (e.kind == Kind::greeting && e.status == trace::Status::preauth)) {
      *this = {};
      logged_in = 1;
    }
    if (logged_in != 0) return false;
    if (asks(e)) ask(e, limits);
    if (e.kind == Kind::response && e.command == login) respond(e);
    if (e.kind != Kind::completion) return false;
    const bool ends_login = login != trace::no_command && e.command == login;
    const bool in_time = ends_login && refuse(e, limits);
    // PASS comes right behind USER (RFC 1939 §7); else it is no guess, but out of its turn.
    named = e.verb == trace::Verb::user && e.status == trace::Status::ok ? 1 : 0;
    return in_time;
  }

 private:
  static constexpr void count(std::uint8_t& counter, std::uint32_t limit) {
    if (limit != 0 && counter <= std::min<std::uint32_t>(limit, UINT8_MAX - 1)) ++counter;
  }

  constexpr void ask(const trace::Event& e, const Limits& limits) {
    using trace::Verb;
    if (e.verb == Verb::http) browser = 1;
    if (e.verb == Verb::unknown || e.verb == Verb::none) count(errors, limits.errors);
    if (!authenticates(e) || login != trace::no_command) return;
    login = e.command;
    waited = 0;
    excused = e.kind == trace::Kind::malformed ? 1 : 0;
  }

  constexpr void respond(const trace::Event& e) {
    using trace::Blob;
    waited = 0;
    const bool broken =
        e.blob == Blob::cancel || e.blob == Blob::invalid || e.blob == Blob::malformed;
    if (broken) excused = 1;
  }

  /// The login in flight is refused.
  constexpr bool refuse(const trace::Event& e, const Limits& limits) {
    const bool counts = excused == 0 && is_guess(e) && !is_too_soon(e, limits);
    login = trace::no_command;
    excused = 0;
    if (!counts) return false;
    count(failures, limits.failures);
    const bool soon = waited < std::min<std::uint32_t>(limits.failure_seconds, UINT16_MAX);
    if (soon) early = 1;
    return !soon && limits.failure_seconds != 0;
  }

  /// A password was tried. BAD says that something else was wrong, and so do some codes. APOP is
  /// refused unread by servers that don't know it.
  [[nodiscard]] constexpr bool is_guess(const trace::Event& e) const {
    using trace::Mechanism;
    constexpr trace::MechanismSet by_password{Mechanism::none, Mechanism::plain, Mechanism::login,
                                              Mechanism::cram_md5};
    return e.status == trace::Status::no && e.code != trace::Code::unavailable &&
           by_password.has(e.mechanism) && !e.user.empty() &&
           (e.verb != trace::Verb::pass || named != 0);
  }

  /// Passwords that come before TLS are refused unread.
  [[nodiscard]] constexpr bool is_too_soon(const trace::Event& e, const Limits& limits) const {
    return limits.tls_before_clear_text != 0 && tls == 0 &&
           e.mechanism != trace::Mechanism::cram_md5;
  }
};

}  // namespace sallyport::properties
