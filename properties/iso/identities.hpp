// Whom a back-end takes the user of a connection for: ISO-06's state of one.
#pragma once

#include <algorithm>

#include "properties/leases.hpp"

namespace sallyport::properties {

struct Identified : Leased {
  std::uint64_t user = 0;  // digest of the name as it was told; 0: it wasn't
};

enum class Identities : std::uint8_t { unknown, equal, different };

[[nodiscard]] constexpr Identities compared(std::uint64_t one, std::uint64_t other) {
  if (one == 0 || other == 0) return Identities::unknown;
  return one == other ? Identities::equal : Identities::different;
}

/// Of `user` and of whoever is on the connections that `session` leases: the worst.
[[nodiscard]] constexpr Identities compared(const PerLink<Identified>& links,
                                            trace::SessionId session, std::uint64_t user) {
  Identities worst = Identities::unknown;
  for (const Identified& link : links.slots) {
    if (link.holder == session) worst = std::max(worst, compared(user, link.user));
  }
  return worst;
}

}  // namespace sallyport::properties
