// What a session was offered so far, as far as that is decided. IMAP: the last list. POP3: CAPA and
// bare AUTH together, decided once each was answered, by a list or a refusal (RFC 2449, MS-OXPOP3).
// Lists are forgotten when TLS begins (RFC 3501 §6.2.1, RFC 2595 §4).
#pragma once

#include "properties/property.hpp"

namespace sallyport::properties {

struct Offers {
  trace::MechanismSet listed;       // by IMAP's list, or by POP3's CAPA
  trace::MechanismSet auth_listed;  // by POP3's AUTH
  trace::CapabilitySet capabilities;
  std::uint8_t saw_list = 0;
  std::uint8_t saw_auth_list = 0;
  std::uint8_t refused_list = 0;  // the server knows no CAPA
  std::uint8_t refused_auth_list = 0;

  /// Follows one event of the client's wire.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed || e.kind == Kind::tls) *this = {};
    if (e.kind == Kind::offer && e.source == trace::OfferSource::auth) {
      auth_listed = e.mechanisms;
      saw_auth_list = 1;
    } else if (e.kind == Kind::offer) {
      listed = e.mechanisms;
      capabilities = e.capabilities;
      saw_list = 1;
    }
    if (e.kind != Kind::completion || e.status != trace::Status::no) return;
    if (e.verb == trace::Verb::capa) refused_list = 1;
    if (e.verb == trace::Verb::auth && e.mechanism == trace::Mechanism::none) refused_auth_list = 1;
  }

  [[nodiscard]] constexpr bool has(trace::Mechanism mechanism) const {
    return (listed | auth_listed).has(mechanism);
  }

  /// Every list there is was seen or refused, and `mechanism` is in none.
  [[nodiscard]] constexpr bool lacks(trace::Mechanism mechanism, trace::Protocol protocol) const {
    const bool decided =
        protocol == trace::Protocol::imap
            ? saw_list != 0
            : (saw_list | refused_list) != 0 && (saw_auth_list | refused_auth_list) != 0;
    return decided && !has(mechanism);
  }

  /// LOGIN, or USER and PASS, may be expected to work. LOGIN is part of IMAP4rev1 unless a list
  /// says LOGINDISABLED (RFC 3501 §6.2.3); USER is an option of POP3, which CAPA names where it is
  /// known (RFC 2449 §6.3).
  [[nodiscard]] constexpr bool may_log_in_basic(trace::Protocol protocol) const {
    return protocol == trace::Protocol::imap
               ? !capabilities.has(trace::Capability::login_disabled)
               : saw_list == 0 || capabilities.has(trace::Capability::user);
  }

  /// By `mechanism`; none stands for LOGIN, or USER and PASS.
  [[nodiscard]] constexpr bool may_log_in(trace::Mechanism mechanism,
                                          trace::Protocol protocol) const {
    return mechanism == trace::Mechanism::none ? may_log_in_basic(protocol) : has(mechanism);
  }
};

}  // namespace sallyport::properties
