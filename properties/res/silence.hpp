// For how long a client that is logged in has said nothing: RES-03's state of one session.
#pragma once

#include <algorithm>

#include "properties/direction.hpp"
#include "properties/identity.hpp"

namespace sallyport::properties {

struct Silence {
  std::uint16_t seconds = 0;  // up to the minimum
  std::uint8_t logged_in = 0;
  std::uint8_t excused = 0;  // there may be another reason to end the session
  std::uint16_t fresh = 0;   // time went by since the last rest
  std::uint16_t unused = 0;

  /// RFC 3501 §5.4, RFC 1939 §3.
  static constexpr std::uint16_t seconds_min(trace::Protocol protocol) {
    return protocol == trace::Protocol::imap ? 1800 : 600;
  }
  /// Shorter silences put nobody's patience to the test.
  static constexpr std::uint16_t seconds_long = 300;

  /// An end of the session would be one for silence.
  [[nodiscard]] constexpr bool counts() const {
    return logged_in != 0 && excused == 0 && seconds != 0;
  }

  constexpr void elapse(std::uint32_t amount, trace::Protocol protocol) {
    if (logged_in == 0) return;
    const std::uint16_t most = seconds_min(protocol);
    seconds = static_cast<std::uint16_t>(seconds + std::min<std::uint32_t>(amount, most - seconds));
    fresh = 1;
  }
  constexpr void excuse() { excused = logged_in; }

  /// A long silence that was borne.
  constexpr bool take_rest() {
    const bool rests = fresh != 0 && counts() && seconds >= seconds_long;
    fresh = 0;
    return rests;
  }

  /// Follows one event of the client's wire.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    const bool greeted = e.kind == Kind::greeting && e.status == trace::Status::preauth;
    if (e.kind == Kind::opened || e.kind == Kind::closed || e.kind == Kind::bye) *this = {};
    if (logs_in(e) || greeted) logged_in = 1;
    if (asks(e) || e.kind == Kind::response || e.kind == Kind::literal) seconds = 0;
    const bool leaves = e.verb == trace::Verb::logout || e.verb == trace::Verb::quit;
    if ((asks(e) && leaves) || (e.kind == Kind::malformed && !e.from_server)) excuse();
  }
};

}  // namespace sallyport::properties
