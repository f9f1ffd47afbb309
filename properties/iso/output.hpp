// What ISO-02 compares of a session: all that its client is told.
#pragma once

#include <utility>

#include "properties/direction.hpp"
#include "properties/identity.hpp"
#include "properties/property.hpp"
#include "properties/said.hpp"

namespace sallyport::properties {

struct Output {
  std::uint64_t said = 0;     // since the last comparison
  std::uint32_t own = 0;      // the secrets that vary are the session's own, or may be
  std::uint32_t excused = 0;  // a failure came between

  /// `user` is the one whose secrets vary: whoever presents that name may see it.
  [[nodiscard]] static constexpr bool presents(std::uint64_t user, const trace::Event& e) {
    return user != 0 && (identity_of(e.user) == user || identity_of(e.authcid) == user);
  }

  /// Follows one event of the client's wire.
  constexpr void step(std::uint64_t user, const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || (e.kind == Kind::closed && !e.from_server)) *this = {};
    const bool nameless = logs_in(e) && e.user.empty();
    if (presents(user, e) || nameless) own = 1;
    if (said_by_server(e) || (e.kind == Kind::closed && e.from_server)) mix(said, e);
  }

  enum class Agreement : std::uint8_t { undecided, equal, different };

  /// Compares what both runs have of one session, and takes it away.
  static constexpr Agreement settle(Output& a, Output& b) {
    const std::uint64_t first = std::exchange(a.said, 0);
    const std::uint64_t second = std::exchange(b.said, 0);
    a.own = b.own = a.own | b.own;
    a.excused = b.excused = a.excused | b.excused;
    if (a.own != 0 || a.excused != 0 || (first | second) == 0) return Agreement::undecided;
    return first == second ? Agreement::equal : Agreement::different;
  }
};

/// A failure was injected, or a stated limit reached. One that names no session may concern any.
constexpr void excuse(PerSession<Output>& sessions, const trace::Event& failure) {
  const Output* const one = sessions.find(failure.session);
  for (Output& each : sessions.slots) {
    if (failure.session == trace::no_session || &each == one) each.excused = 1;
  }
}

}  // namespace sallyport::properties
