// Whom an authentication is for, and by which way in: STM-04's reading of events.
#pragma once

#include "properties/accounts.hpp"
#include "properties/direction.hpp"
#include "properties/stm/states.hpp"
#include "trace/persistence.hpp"

namespace sallyport::properties {

/// Whose secret it is; where somebody acts for another, he himself.
[[nodiscard]] inline std::string_view authenticated_user(const trace::Event& e) {
  return e.authcid.empty() ? e.user : e.authcid;
}

/// LOGIN, USER with PASS, and the LOGIN mechanism show a password to be checked, as PLAIN does.
[[nodiscard]] constexpr trace::MechanismSet way_in(const trace::Event& e) {
  using trace::Mechanism;
  const bool password = e.verb == trace::Verb::login || e.verb == trace::Verb::pass ||
                        e.mechanism == Mechanism::login;
  return password ? trace::MechanismSet{Mechanism::plain, Mechanism::login}
                  : trace::MechanismSet{e.mechanism};
}

[[nodiscard]] constexpr bool may_use(const Account& account, const trace::Event& e) {
  return !(way_in(e) & account.mechanisms).empty();
}

/// Does the account say anything of this way in? A security context is between the client and a
/// back-end, which has accounts of its own.
[[nodiscard]] inline bool is_for_the_account(const Account& account, const trace::Event& e) {
  if (account.mechanisms.empty()) return false;
  const trace::MechanismFacts* const known = trace::facts(e.mechanism);
  if (known == nullptr) return e.verb == trace::Verb::login || e.verb == trace::Verb::pass;
  return known->persistence != trace::PersistenceClass::connection_bound;
}

/// The client has said who it is, or begins to.
[[nodiscard]] constexpr bool names_a_user(const trace::Event& e) {
  return asks(e) && is_of_login(e);
}

/// Takes somebody's mailbox. NOOP and ENABLE are nobody's: see PER-05.
[[nodiscard]] constexpr bool is_served(const trace::Event& e) {
  return needs_login(e) && e.verb != trace::Verb::noop && e.verb != trace::Verb::enable;
}

}  // namespace sallyport::properties
