// What PER-01 compares of a session: how its authentications ended, and as whom, in order. Outcomes
// wait for the other run's, since a refusal may come a message earlier there than the acceptance
// here.
#pragma once

#include <utility>

#include "properties/logins.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {

struct Outcomes {
  static constexpr std::uint16_t waiting_max = 4;  // so that a search comes back to the same state

  std::uint64_t digest = 0;   // of those that wait
  std::uint16_t count = 0;    // how many they are
  std::uint16_t excused = 0;  // a failure came between, so this session is no measure any more
  LoginsUnderWay logins;

  constexpr void add(bool accepted, std::uint64_t identity) {
    if (count == waiting_max) return;
    ++count;
    digest = (digest + identity + (accepted ? 1 : 2)) * 0x100000001b3;
  }

  /// Follows one event of the client's wire. `identity`: whom an acceptance makes the client. NO
  /// and BAD are both a refusal, and so is a server that hangs up instead of answering; a client
  /// that leaves takes back what waits.
  constexpr void step(const trace::Event& e, std::uint64_t identity) {
    using trace::Kind;
    if (e.kind == Kind::opened || (e.kind == Kind::closed && !e.from_server)) *this = {};
    const bool left = e.kind == Kind::closed && logins.unanswered != 0;
    logins.step(e);
    if (LoginsUnderWay::answered_by(e)) add(logs_in(e), logs_in(e) ? identity : 0);
    if (left) add(false, 0);
  }

  enum class Agreement : std::uint8_t { undecided, equal, different };

  /// Compares what both runs have of one session, and takes it away.
  static constexpr Agreement settle(Outcomes& a, Outcomes& b) {
    const bool excused = (a.excused | b.excused) != 0;
    if (excused) a.excused = b.excused = 1;
    if (!excused && (a.count == 0 || b.count == 0)) return Agreement::undecided;
    const bool equal = std::exchange(a.digest, 0) == std::exchange(b.digest, 0);
    a.count = b.count = 0;
    if (excused) return Agreement::undecided;
    return equal ? Agreement::equal : Agreement::different;
  }
};

/// A failure was injected, or a stated limit reached. One that names no session may concern any.
constexpr void excuse(PerSession<Outcomes>& sessions, const trace::Event& failure) {
  const Outcomes* const one = sessions.find(failure.session);
  for (Outcomes& each : sessions.slots) {
    const bool concerned = failure.session == trace::no_session || &each == one;
    if (concerned && each.logins.any()) each.excused = 1;
  }
}

}  // namespace sallyport::properties
