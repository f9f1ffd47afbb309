// The lists that a session was shown since its state, TLS and login, last changed: what ADV-05
// compares.
#pragma once

#include "properties/adv/login_terms.hpp"
#include "properties/direction.hpp"
#include "properties/identity.hpp"

namespace sallyport::properties {

struct ShownLists {
  enum class Agreement : std::uint8_t { undecided, equal, different };

  LoginTerms list;           // IMAP's, or POP3's CAPA
  LoginTerms during_login;   // the last one that came while a login was under way
  trace::MechanismSet auth;  // POP3's AUTH
  std::uint8_t saw_list = 0;
  std::uint8_t saw_during_login = 0;
  std::uint8_t saw_auth = 0;
  trace::CommandSlot login = trace::no_command;  // in flight

  /// What has to be the same in all lists of one state: all of how to log in, and how literals are
  /// sent.
  [[nodiscard]] static constexpr LoginTerms terms(const trace::Event& e) {
    using trace::Capability;
    return {.mechanisms = terms_of(e).mechanisms,
            .capabilities = e.capabilities &
                            trace::CapabilitySet{Capability::starttls, Capability::login_disabled,
                                                 Capability::sasl_ir, Capability::literal_plus,
                                                 Capability::literal_minus, Capability::user}};
  }

  /// Follows one event of the client's wire; says how a list agrees with those before it.
  constexpr Agreement step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed || e.kind == Kind::tls) *this = {};
    if (asks(e) && authenticates(e)) login = e.command;
    if (e.kind == Kind::completion && authenticates(e)) complete(e);
    if (e.kind != Kind::offer) return Agreement::undecided;
    if (login == trace::no_command) return compare(e);
    // It may be that of the time before the login or of the time behind it: the outcome will tell.
    if (e.source != trace::OfferSource::auth) {
      during_login = terms(e);
      saw_during_login = 1;
    }
    return Agreement::undecided;
  }

 private:
  constexpr void complete(const trace::Event& e) {
    if (logs_in(e)) {
      list = during_login;
      saw_list = saw_during_login;
      auth = {};
      saw_auth = 0;
    }
    if (e.command != login) return;
    login = trace::no_command;
    saw_during_login = 0;
    during_login = {};
  }

  constexpr Agreement compare(const trace::Event& e) {
    const LoginTerms shown = terms(e);
    const bool is_auth = e.source == trace::OfferSource::auth;
    const bool has_both = is_auth ? saw_list != 0 : saw_auth != 0;
    const trace::MechanismSet in_capa = is_auth ? list.mechanisms : shown.mechanisms;
    // A server that knows AUTH without the SASL capability lists nothing in CAPA (RFC 1734).
    const bool comparable = has_both && !in_capa.empty();
    const bool same_kind = is_auth ? saw_auth != 0 : saw_list != 0;
    const bool differs = (comparable && (is_auth ? list.mechanisms : auth) != shown.mechanisms) ||
                         (same_kind && (is_auth ? auth != shown.mechanisms
                                                : list.mechanisms != shown.mechanisms ||
                                                      list.capabilities != shown.capabilities));
    if (is_auth) {
      auth = shown.mechanisms;
      saw_auth = 1;
    } else {
      list = shown;
      saw_list = 1;
    }
    if (differs) return Agreement::different;
    return comparable || same_kind ? Agreement::equal : Agreement::undecided;
  }
};

}  // namespace sallyport::properties
