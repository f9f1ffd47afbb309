// Where the lists of TLS-03 stand: what a session has to show first under TLS, and whether a
// back-end was asked again.
#pragma once

#include "properties/adv/login_terms.hpp"
#include "properties/identity.hpp"

namespace sallyport::properties {

/// POP3's USER is a way to log in as well.
[[nodiscard]] constexpr LoginTerms ways_in(const trace::Event& e) {
  const trace::CapabilitySet user{trace::Capability::user};
  return terms_of(e) | LoginTerms{.mechanisms = {}, .capabilities = e.capabilities & user};
}

struct FirstList {
  LoginTerms policy;  // under TLS
  std::uint16_t known = 0;
  std::uint16_t due = 0;

  /// Follows one event of the client's wire.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed || logs_in(e)) *this = {};
    if (e.kind == Kind::tls) *this = {.policy = {}, .known = 0, .due = 1};
  }

  /// `e` is the list to be judged. One in an OK may be that of the state behind it.
  constexpr bool take(const trace::Event& e) {
    const bool asked_for = e.kind == trace::Kind::offer && e.source != trace::OfferSource::code;
    if (!asked_for || due == 0) return false;
    due = 0;
    return known != 0;
  }

  /// POP3's AUTH lists mechanisms alone.
  [[nodiscard]] constexpr bool agrees(const trace::Event& e) const {
    const LoginTerms shown = ways_in(e);
    return shown.mechanisms == policy.mechanisms &&
           (e.source == trace::OfferSource::auth || shown.capabilities == policy.capabilities);
  }
};

enum class Listed : std::uint8_t { clear, not_again, again, logged_in };

/// Follows one event of a back-end's wire. A back-end that knows no CAPA was asked, too.
constexpr void follow(Listed& listed, const trace::Event& e) {
  using trace::Kind;
  if (e.kind == Kind::opened || e.kind == Kind::closed) listed = Listed::clear;
  if (e.kind == Kind::tls) listed = Listed::not_again;
  const bool capa = e.kind == Kind::completion && e.verb == trace::Verb::capa;
  if (logs_in(e)) listed = Listed::logged_in;
  if (listed == Listed::not_again && (capa || e.kind == Kind::offer)) listed = Listed::again;
}

}  // namespace sallyport::properties
