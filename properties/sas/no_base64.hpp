// A message that is no base64, until it is answered: what SAS-03 knows of a session.
#pragma once

#include "properties/logins.hpp"
#include "properties/sas/messages.hpp"

namespace sallyport::properties {

struct NoBase64 {
  LoginsUnderWay logins;
  std::uint16_t behind = 0;  // by slot: logins that came before it and aren't answered
  std::uint16_t said = 0;

  /// What goes to a back-end now is made of it, and not of a login before it.
  [[nodiscard]] constexpr bool its_turn() const { return said != 0 && behind == 0; }

  /// Follows one event of the client's wire.
  constexpr void step(const trace::Event& e) {
    const std::uint16_t before = logins.unanswered;
    logins.step(e);
    if (is_message(e) && e.blob == trace::Blob::invalid) {
      said = 1;
      behind = asks(e) ? before : std::uint16_t{0};
    }
    behind &= logins.unanswered;
  }
};

}  // namespace sallyport::properties
