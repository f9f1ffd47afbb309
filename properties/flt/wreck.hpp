// What FLT-01 knows of a connection to a back-end: that something went wrong on it, and whether it
// could be used after that.
#pragma once

#include "properties/direction.hpp"
#include "properties/leases.hpp"

namespace sallyport::properties {

struct Wreck : Leased {
  std::uint8_t failed = 0;
  std::uint8_t gone = 0;      // the back-end hung up
  std::uint8_t waiting = 0;   // it owes an answer
  std::uint8_t accepted = 0;  // somebody is logged in
  std::uint8_t unused[4] = {};

  [[nodiscard]] constexpr bool is_useless() const {
    return failed != 0 && (gone != 0 || waiting != 0);
  }

  /// Follows one event of the connection, and failures on it.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::failure) failed = 1;
    if (e.point != trace::Point::backend) return;
    if (e.kind == Kind::opened || (e.kind == Kind::closed && !e.from_server)) *this = {{holder}};
    if (e.kind == Kind::closed && e.from_server) gone = 1;
    if (asks(e) || e.kind == Kind::response) waiting = 1;
    // It answers, so whatever it was, it is over.
    if (e.kind == Kind::completion || e.kind == Kind::continuation) failed = waiting = 0;
    if (logs_in(e)) accepted = 1;
  }
};

}  // namespace sallyport::properties
