// What the driver says of users: by which mechanisms each may log in, and who may act for others.
#pragma once

#include <array>

#include "properties/identity.hpp"

namespace sallyport::properties {

struct Account {
  std::uint64_t user = 0;  // identity_of; 0: a free place
  trace::MechanismSet mechanisms;
  std::uint32_t acts_for_others = 0;
};

struct Accounts {
  std::array<Account, 8> places{};

  /// One beyond capacity isn't known.
  constexpr void add(const trace::Event& e) {
    const std::uint64_t user = identity_of(e.user);
    if (user == 0) return;
    for (Account& place : places) {
      if (place.user != 0 && place.user != user) continue;
      place = {.user = user, .mechanisms = e.mechanisms, .acts_for_others = e.valid ? 1U : 0U};
      return;
    }
  }

  /// Null where nothing was said of the user.
  [[nodiscard]] constexpr const Account* find(std::uint64_t user) const {
    for (const Account& place : places) {
      if (user != 0 && place.user == user) return &place;
    }
    return nullptr;
  }
};

}  // namespace sallyport::properties
