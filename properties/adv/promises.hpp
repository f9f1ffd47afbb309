// What a server has promised a session by its lists, and what the client makes of it: ADV-03's
// state.
#pragma once

#include "properties/adv/attempt.hpp"
#include "properties/adv/identification.hpp"
#include "properties/offers.hpp"

namespace sallyport::properties {

struct Promises {
  Offers offers;
  Attempt attempt;
  Identification id;

  /// Something else than the server may be the reason why these fail.
  constexpr void drop() {
    attempt.drop();
    id = {};
  }
  /// The driver's `attempt`. It counts where it's valid, offered and not the second login.
  constexpr void announce(const trace::Event& e) {
    attempt.drop();
    const bool offered = offers.may_log_in(e.mechanism, e.protocol);
    if (e.valid && offered && attempt.authenticated == 0) attempt.announce(e.mechanism);
  }
};

}  // namespace sallyport::properties
