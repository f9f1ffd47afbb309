// What TLS-01 compares of a session: all that the client hears behind the handshake.
#pragma once

#include <utility>

#include "properties/direction.hpp"
#include "properties/property.hpp"
#include "properties/said.hpp"

namespace sallyport::properties {

struct Heard {
  std::uint64_t said = 0;  // since the last comparison
  std::uint16_t tls = 0;
  std::uint16_t hung_up = 0;
  std::uint32_t excused = 0;  // something else than the octets may make the runs differ

  /// Follows one event of the client's wire.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    const bool closed = e.kind == Kind::closed;
    if (e.kind == Kind::opened || (closed && !e.from_server)) *this = {};
    if (closed && e.from_server) hung_up = 1;
    if (e.kind == Kind::tls) tls = 1;
    if (tls != 0 && said_by_server(e)) mix(said, e);
  }

  enum class Agreement : std::uint8_t { undecided, equal, different };

  /// Compares what both runs have of one session, and takes it away.
  static constexpr Agreement settle(Heard& a, Heard& b) {
    const std::uint64_t first = std::exchange(a.said, 0);
    const std::uint64_t second = std::exchange(b.said, 0);
    if ((a.excused | b.excused) != 0 || a.tls == 0) return Agreement::undecided;
    if (b.hung_up != 0 && a.hung_up == 0) {  // that is one way to do it right
      a.excused = b.excused = 1;
      return Agreement::equal;
    }
    if (b.tls == 0 || (first | second) == 0) return Agreement::undecided;
    return first == second ? Agreement::equal : Agreement::different;
  }
};

}  // namespace sallyport::properties
