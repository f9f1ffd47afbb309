// What a session was offered so far, as far as that is decided. IMAP: the last list. POP3: CAPA and
// bare AUTH together, decided once each was answered, by a list or a refusal (RFC 2449, MS-OXPOP3).
// Lists are forgotten when TLS begins (RFC 3501 §6.2.1, RFC 2595 §4).
#pragma once

#include "properties/property.hpp"

namespace sallyport::properties {

struct Offers {
  std::uint32_t mechanisms = 0;       // MechanismSet bits of IMAP's list, or of POP3's CAPA
  std::uint32_t auth_mechanisms = 0;  // of POP3's AUTH
  std::uint32_t capabilities = 0;
  std::uint8_t listed = 0;  // an IMAP list, or CAPA, was answered
  std::uint8_t auth_listed = 0;
  std::uint8_t refused_capa = 0;  // CAPA isn't known: the server predates it
  std::uint8_t spare = 0;

  void step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::tls) *this = {};
    if (e.kind == Kind::offer) {
      if (e.source == trace::OfferSource::auth) {
        auth_mechanisms = e.mechanisms.bits;
        auth_listed = 1;
      } else {
        mechanisms = e.mechanisms.bits;
        capabilities = e.capabilities.bits;
        listed = 1;
      }
    }
    if (e.kind == Kind::completion && e.protocol == trace::Protocol::pop3 &&
        e.status != trace::Status::ok) {
      if (e.verb == trace::Verb::capa) {
        listed = refused_capa = 1;
        mechanisms = capabilities = 0;
      }
      if (e.verb == trace::Verb::auth && e.mechanism == trace::Mechanism::none) {
        auth_listed = 1;
        auth_mechanisms = 0;
      }
    }
  }

  [[nodiscard]] trace::MechanismSet offered() const {
    return trace::MechanismSet::from_bits(mechanisms | auth_mechanisms);
  }
  [[nodiscard]] bool has(trace::Capability capability) const {
    return trace::CapabilitySet::from_bits(capabilities).has(capability);
  }
  /// Everything that can be offered was seen.
  [[nodiscard]] bool decided(trace::Protocol protocol) const {
    return listed != 0 && (protocol == trace::Protocol::imap || auth_listed != 0);
  }
  /// LOGIN, or USER and PASS, are offered. POP3: CAPA says USER, or the server predates CAPA.
  [[nodiscard]] bool basic(trace::Protocol protocol) const {
    if (listed == 0) return false;
    return protocol == trace::Protocol::imap ? !has(trace::Capability::login_disabled)
                                             : has(trace::Capability::user) || refused_capa != 0;
  }
};

}  // namespace sallyport::properties
