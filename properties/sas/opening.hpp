// What the server's first word in an exchange may be, by who speaks first in the mechanism and
// whether the client has spoken (RFC 4422 §3.3, RFC 4959 §3, RFC 5034 §4).
#pragma once

#include "properties/property.hpp"
#include "properties/sas/messages.hpp"
#include "trace/persistence.hpp"

namespace sallyport::properties {

enum class Opening : std::uint8_t {
  any,      // nothing is said of it
  failure,  // an initial response, where the server speaks first
  heard,    // an initial response, where the client does: it counts
  request,  // the client speaks first and hasn't: an empty challenge
};

/// Prompts, which LOGIN has instead of challenges, are any text; SPNEGO lets the server begin
/// (MS-SPNG), and GSSAPI has empty messages that mean something.
[[nodiscard]] inline Opening opening_of(const trace::Event& command) {
  using trace::Mechanism;
  constexpr trace::MechanismSet unclear{Mechanism::login, Mechanism::gssapi, Mechanism::gss_spnego};
  const trace::MechanismFacts* const known = trace::facts(command.mechanism);
  if (known == nullptr || unclear.has(command.mechanism)) return Opening::any;
  const bool spoke = command.blob != trace::Blob::none;
  if (known->server_first) return spoke ? Opening::failure : Opening::any;
  return spoke ? Opening::heard : Opening::request;
}

/// A continuation that asks for what the client has already said. PLAIN's one message leaves
/// nothing else to ask for.
[[nodiscard]] constexpr bool asks_again(const trace::Event& continuation) {
  return continuation.blob == trace::Blob::empty ||
         continuation.mechanism == trace::Mechanism::plain;
}

constexpr Outcome challenged(Opening due, const trace::Event& e) {
  switch (due) {
    case Opening::any:
      return not_concerned;
    case Opening::failure:
      return violated("an initial response is taken where the server speaks first");
    case Opening::heard:
      return asks_again(e) ? violated("an initial response is asked for again") : upheld;
    case Opening::request:
      return e.blob == trace::Blob::empty
                 ? upheld
                 : violated("the server speaks first where the client does");
  }
  return not_concerned;
}

constexpr Outcome completed(Opening due, const trace::Event& e) {
  const bool ok = e.status == trace::Status::ok;
  if (due == Opening::heard) return upheld;
  if (due != Opening::failure) return not_concerned;
  return ok ? violated("an initial response is accepted where the server speaks first") : upheld;
}

}  // namespace sallyport::properties
