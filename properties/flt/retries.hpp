// What FLT-03 knows: of a connection, what was sent on it that mustn't be sent twice; of a session,
// how its login fares behind the front-end.
#pragma once

#include "properties/credentials.hpp"
#include "properties/leases.hpp"
#include "properties/logins.hpp"
#include "properties/stm/states.hpp"

namespace sallyport::properties {

/// The first command of a login at a back-end.
[[nodiscard]] constexpr bool begins_login(const trace::Event& e) {
  return asks(e) &&
         (e.verb == trace::Verb::user || (authenticates(e) && e.verb != trace::Verb::pass));
}

struct Sent : Leased {
  std::uint64_t command = 0;                    // digest of the last relayed command in flight
  std::uint8_t credential = 0;                  // of the login in progress
  trace::CommandSlot slot = trace::no_command;  // of that command
  std::uint8_t unused[6] = {};

  /// Follows one event of the back-end's wire. True: it refuses a credential.
  constexpr bool step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened) *this = {{holder}};
    if (begins_login(e)) credential = 0;
    if (carries_credential(e)) credential = 1;
    if (asks(e) && needs_login(e)) {
      command = e.digest;
      slot = e.command;
    }
    if (e.kind != Kind::completion) return false;
    if (e.command == slot) {
      command = 0;
      slot = trace::no_command;
    }
    const bool user = e.verb == trace::Verb::user;
    const bool refused = e.status != trace::Status::ok && credential != 0;
    if (!authenticates(e) && (!user || !refused)) return false;
    credential = 0;
    return refused;
  }
};

struct Retries {
  enum class Seen : std::uint8_t { nothing, once, again, spent, refused, resent };

  std::uint64_t lost = 0;    // a command that was in flight on a connection that failed
  LoginsUnderWay logins;     // of the client; what follows is of the first
  std::uint8_t refused = 0;  // by a back-end
  std::uint8_t failed = 0;   // its connection has
  std::uint8_t spent = 0;    // with a credential on it
  std::uint8_t retried = 0;

  constexpr void fail(const Sent& link) {
    if (logins.any()) failed = 1;
    if (logins.any() && link.credential != 0) spent = 1;
    if (link.command != 0) lost = link.command;
  }

  /// The front-end says `e` to a back-end.
  constexpr Seen say(const trace::Event& e) {
    if (lost != 0 && asks(e) && needs_login(e) && e.digest == lost) return Seen::resent;
    if (!logins.any() || !begins_login(e)) return Seen::nothing;
    if (refused != 0) return Seen::refused;
    if (spent != 0) return Seen::spent;
    if (failed == 0) return Seen::nothing;
    failed = 0;
    if (retried != 0) return Seen::again;
    retried = 1;
    return Seen::once;
  }

  /// Follows one event of the client's wire. True: it has its answer, after a failure or a refusal.
  constexpr bool step(const trace::Event& e) {
    using trace::Kind;
    const bool had = (refused | failed | retried) != 0 || lost != 0;
    const bool answered = LoginsUnderWay::answered_by(e);
    if (asks(e)) lost = 0;
    logins.step(e);
    const bool over = e.kind == Kind::opened || e.kind == Kind::closed || e.kind == Kind::bye;
    if (answered || over) *this = {.logins = logins};
    return had && (answered || e.kind == Kind::bye || (e.kind == Kind::closed && e.from_server));
  }
};

[[nodiscard]] constexpr Outcome judged(Retries::Seen seen) {
  using Seen = Retries::Seen;
  switch (seen) {
    case Seen::nothing:
      return not_concerned;
    case Seen::once:
      return upheld;
    case Seen::again:
      return violated("a login is tried again more than once");
    case Seen::spent:
      return violated("a login is tried again although a credential had gone out");
    case Seen::refused:
      return violated("a login that a back-end refused is tried again");
    case Seen::resent:
      return violated("a client's command is sent once more behind a failure");
  }
  return not_concerned;
}

}  // namespace sallyport::properties
