// Profiles and faults: what a front-end is meant to do, and single ways of getting it wrong. Both
// are data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "trace/vocabulary.hpp"

namespace sallyport::frontend {

/// What a front-end advertises, accepts, relays and pools.
struct Profile {
  std::string_view name;
  std::string_view summary;
  std::string_view product;       // what the greeting says
  trace::MechanismSet offers;     // shown in lists and accepted by AUTHENTICATE and AUTH
  trace::MechanismSet stepwise;   // relayed message by message, each over whichever connection is
                                  // free: KB 306874's fault where NTLM is among them
  bool capa = true;               // POP3 CAPA is known
  bool initial_response = false;  // SASL-IR (RFC 4959); POP3 AUTH takes one in any case (RFC 5034)
  bool bare_plus = false;         // IMAP: "+" without a space, as Exchange (MS-OXIMAP4)
  bool tls_before_clear_text = false;  // with a certificate: no password before TLS
};

[[nodiscard]] std::span<const Profile> profiles();
/// Null where there is none of that name.
[[nodiscard]] const Profile* find_profile(std::string_view name);

/// One named deviation each, at one site of the code.
enum class Fault : std::uint8_t {
  none,
  advertise_ntlm,
  start_unoffered_mechanism,
  offer_cram_md5_without_verifier,
  copy_backend_lists,
  relay_ntlm_over_free_connections,
  move_login_between_messages,
  match_any_connection_without_credentials,
  pool_key_omits_user,
  log_in_when_logged_in,
  complete_cancel_twice,
};

struct FaultFacts {
  Fault fault{};
  std::string_view name;      // "pool-key-omits-user"
  std::string_view property;  // the id that must catch it
  std::string_view source;    // the real bug
  std::string_view summary;
};

[[nodiscard]] std::span<const FaultFacts> faults();
[[nodiscard]] const FaultFacts* find_fault(std::string_view name);

/// A front-end to be built: a profile, perhaps with a fault, perhaps with a certificate.
struct Configuration {
  Profile profile;
  Fault fault = Fault::none;
  bool certificate = false;  // STARTTLS and STLS are offered
  /// Of the pool, to back-ends. What two clients at a time need and one to spare, so that a search
  /// can exhaust it; a server sets what it serves.
  std::size_t connections_max = 3;
};

}  // namespace sallyport::frontend
