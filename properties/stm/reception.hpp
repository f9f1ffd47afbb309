// How a back-end received the front-end: what STM-06 knows of a connection.
#pragma once

#include "properties/leases.hpp"

namespace sallyport::properties {

struct Reception : Leased {
  std::uint8_t preauth = 0;
  std::uint8_t turned_away = 0;  // PREAUTH or BYE where a login was due
  std::uint8_t accepted = 0;     // a login, in spite of it
  std::uint8_t unused[5] = {};

  /// The connection is no ground for telling a client OK.
  [[nodiscard]] constexpr bool is_no_login() const { return turned_away != 0 && accepted == 0; }

  /// Follows one event of the back-end's wire.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *this = {{holder}};
    const bool greets = e.kind == Kind::greeting;
    if (greets && e.status == trace::Status::preauth) preauth = turned_away = 1;
    const bool bye = e.kind == Kind::bye || (greets && e.status == trace::Status::bye);
    if (bye && accepted == 0) turned_away = 1;
    if (logs_in(e)) accepted = 1;
  }
};

[[nodiscard]] constexpr bool any_preauth(const PerLink<Reception>& links) {
  for (const Reception& link : links.slots) {
    if (link.preauth != 0) return true;
  }
  return false;
}

}  // namespace sallyport::properties
