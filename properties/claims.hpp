// Who a client says that it is, and what it shows for it, in the login that is under way.
#pragma once

#include "properties/direction.hpp"
#include "properties/identity.hpp"

namespace sallyport::properties {

/// Half of an identity or of a secret's number: enough to tell a handful of them apart.
[[nodiscard]] constexpr std::uint32_t half(std::uint64_t identity) {
  return static_cast<std::uint32_t>(identity ^ (identity >> 32U));
}

struct Claim {
  std::uint32_t user = 0;         // half an identity_of; 0: none was presented so far
  std::uint32_t authcid = 0;      // where it isn't the user's
  std::uint32_t secret = 0;       // 0: none was seen
  std::uint32_t certificate = 0;  // the user of the client's
  trace::Mechanism mechanism = trace::Mechanism::none;
  trace::Verb verb = trace::Verb::none;            // of the login's last command
  trace::CommandSlot command = trace::no_command;  // in flight; none between USER and PASS
  std::uint8_t tls = 0;
  std::uint8_t blurred = 0;  // logins were sent behind each other: it is open which is meant
  std::uint8_t unused[3] = {};

  /// Whose mailbox it shall be.
  [[nodiscard]] constexpr std::uint32_t who() const {
    return user != 0 || !by_certificate() ? user : certificate;
  }
  /// Who vouches for it: differs from `who` where one acts for another.
  [[nodiscard]] constexpr std::uint32_t agent() const {
    if (by_certificate()) return certificate;
    return authcid != 0 ? authcid : user;
  }

  /// Follows one event of the client's wire. The completion of a login ends the claim, so a monitor
  /// reads it before.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *this = {};
    if (e.kind == Kind::tls) {
      *this = {};
      tls = 1;
      certificate = half(identity_of(e.user));
    }
    const bool login = is_of_login(e);
    if (asks(e) && login) begin(e);
    if (e.kind == Kind::response && e.command == command && e.blob != trace::Blob::cancel) take(e);
    if (e.kind != Kind::completion || !login || e.command != command) return;
    if (e.verb == trace::Verb::user && e.status == trace::Status::ok) {
      command = trace::no_command;
    } else {
      *this = Claim{.certificate = certificate, .tls = tls};
    }
  }

 private:
  [[nodiscard]] constexpr bool by_certificate() const {
    return mechanism == trace::Mechanism::external;
  }

  constexpr void begin(const trace::Event& e) {
    const bool goes_on = e.verb == trace::Verb::pass && verb == trace::Verb::user;
    if (command != trace::no_command && !goes_on) blurred = 1;
    if (!goes_on) user = authcid = secret = 0;
    mechanism = e.mechanism;
    verb = e.verb;
    command = e.command;
    take(e);
  }
  constexpr void take(const trace::Event& e) {
    if (!e.user.empty()) user = half(identity_of(e.user));
    if (!e.authcid.empty()) authcid = half(identity_of(e.authcid));
    if (e.secret != 0) secret = half(e.secret);
  }
};

}  // namespace sallyport::properties
