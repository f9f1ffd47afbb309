// All schedules of a step, one after the other.
#pragma once

#include <cstdint>
#include <span>

#include "world/script.hpp"

namespace sallyport::explore {

/// The next schedule after `leases`, whose leases had `arities` choices: an odometer whose last
/// place turns fastest. What comes behind a changed place starts again at the canonical choice,
/// because it may have other arities. False behind the last.
inline bool next_schedule(world::Leases& leases, std::span<const std::uint8_t> arities) {
  leases.resize(arities.size(), 0);
  while (!leases.empty()) {
    if (leases.back() + 1 < arities[leases.size() - 1]) {
      ++leases.back();
      return true;
    }
    leases.pop_back();
  }
  return false;
}

}  // namespace sallyport::explore
