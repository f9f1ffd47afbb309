// Which client is called 0 and which connection of the pool 1 says nothing of how a front-end
// treats them. A renaming gives each another number; everything that holds numbers can be renamed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "trace/event.hpp"

namespace sallyport::trace {

struct Renaming {
  static constexpr std::size_t sessions_max = 4;
  static constexpr std::size_t links_max = 8;

  std::array<std::uint8_t, sessions_max> sessions{0, 1, 2, 3};  // the new number of each
  std::array<std::uint8_t, links_max> links{0, 1, 2, 3, 4, 5, 6, 7};

  /// A number beyond them, none for instance, stays.
  [[nodiscard]] constexpr SessionId session(SessionId s) const {
    return s < sessions_max ? sessions[s] : s;
  }
  [[nodiscard]] constexpr LinkId link(LinkId k) const { return k < links_max ? links[k] : k; }

  /// First this, then `next`.
  [[nodiscard]] constexpr Renaming then(const Renaming& next) const {
    Renaming both;
    for (std::size_t s = 0; s < sessions_max; ++s) both.sessions[s] = next.sessions[sessions[s]];
    for (std::size_t k = 0; k < links_max; ++k) both.links[k] = next.links[links[k]];
    return both;
  }
  [[nodiscard]] constexpr Renaming inverse() const {
    Renaming back;
    for (std::size_t s = 0; s < sessions_max; ++s) {
      back.sessions[sessions[s]] = static_cast<std::uint8_t>(s);
    }
    for (std::size_t k = 0; k < links_max; ++k) back.links[links[k]] = static_cast<std::uint8_t>(k);
    return back;
  }

  friend bool operator==(const Renaming&, const Renaming&) = default;
};

}  // namespace sallyport::trace
