// What a message says that makes its acceptance wrong, and what an acceptance has to agree with:
// SAS-05's reading of an exchange.
#pragma once

#include "properties/accounts.hpp"
#include "properties/leases.hpp"
#include "properties/sas/messages.hpp"

namespace sallyport::properties {

enum class Said : std::uint8_t {
  nothing_wrong,
  no_message,   // not [authzid] NUL authcid NUL passwd (RFC 4616 §2)
  for_another,  // by somebody who may not act for others
};

[[nodiscard]] constexpr Said said(const trace::Event& message, const Accounts& accounts) {
  const bool plain = message.mechanism == trace::Mechanism::plain;
  if (plain && message.blob == trace::Blob::malformed) return Said::no_message;
  const Account* const agent = accounts.find(identity_of(message.authcid));
  const bool may_not = agent != nullptr && agent->acts_for_others == 0 &&
                       identity_of(message.user) != identity_of(message.authcid);
  return may_not ? Said::for_another : Said::nothing_wrong;
}

/// `behind`: who is logged in at the back-end; 0 where nobody is known to be.
[[nodiscard]] constexpr Outcome completed(Said said, const trace::Event& e, std::uint64_t behind) {
  if (e.status != trace::Status::ok) return said == Said::nothing_wrong ? not_concerned : upheld;
  if (said == Said::no_message) return violated("a PLAIN message that is none is accepted");
  if (said == Said::for_another) return violated("a user is let act for another and may not");
  const bool plain = e.mechanism == trace::Mechanism::plain && !e.user.empty();
  if (!plain || behind == 0) return not_concerned;
  return behind == identity_of(e.user)
             ? upheld
             : violated("the back-end logs in another user than the message names");
}

}  // namespace sallyport::properties
