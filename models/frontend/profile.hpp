// Profiles: what a front-end is meant to do, as data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "frontend/account.hpp"
#include "frontend/faults.hpp"
#include "trace/event.hpp"
#include "trace/vocabulary.hpp"

namespace sallyport::frontend {

/// What a session may cost. 0: no limit.
struct Limits {
  std::size_t line_octets = 8192;       // of a command line before authentication
  std::size_t literal_octets = 65536;   // of one literal before authentication
  std::size_t frame_octets = 131072;    // of a whole command before authentication
  std::uint32_t held_octets = 0;        // stated to the world: what one session holds at most then
  std::uint8_t failures = 0;            // failed authentications, then the session ends
  std::uint8_t errors = 0;              // lines that are no command before authentication
  std::uint16_t failure_seconds = 0;    // before a failed authentication is answered
  std::uint16_t login_seconds = 0;      // without a word from a client that isn't authenticated
  std::uint16_t imap_idle_seconds = 0;  // from one that is (RFC 3501 §5.4: 30 minutes at least)
  std::uint16_t pop3_idle_seconds = 0;  // (RFC 1939 §3: 10 minutes at least)
  std::uint16_t backend_seconds = 60;   // for a back-end or the account database to answer
};

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
  bool id = false;                // ID (RFC 2971)
  bool bare_plus = false;         // IMAP: "+" without a space, as Exchange (MS-OXIMAP4)
  bool tls = false;               // it has a certificate, and asks back-ends for TLS
  bool tls_before_clear_text = false;  // with a certificate: no password before TLS
  bool cache = false;                  // what the account database said is kept for a while
  Limits limits;
};

[[nodiscard]] std::span<const Profile> profiles();
/// Null where there is none of that name.
[[nodiscard]] const Profile* find_profile(std::string_view name);

/// Which connections that nobody leases are kept. Whatever this closes has rested longest.
struct IdlePolicy {
  std::size_t per_user = 32;    // more of one user's are not kept
  std::uint32_t seconds = 300;  // nor any that rests so long
};

/// A front-end to be built: a profile, perhaps with a fault, perhaps with a certificate.
struct Configuration {
  Profile profile;
  Fault fault = Fault::none;
  bool certificate = false;      // STARTTLS and STLS are offered
  bool tls_to_backends = false;  // no credential goes to a back-end without TLS
  /// Of the pool, to back-ends. What two clients at a time need and one to spare, so that a search
  /// can exhaust it; a server sets what it serves.
  std::size_t connections_max = 3;
  /// None: a pool that is full stays full, and a search has no order of connections to tell apart.
  std::optional<IdlePolicy> idle = std::nullopt;
  /// From which challenges are made. The same number gives the same challenges, which a run that is
  /// to be repeated wants and a server for real users must not have.
  std::uint64_t nonce_seed = 0;
  /// Of front_end_user at the back-ends. A server for real users draws one.
  std::string backend_password = std::string(front_end_password);
};

/// `profile` with all that it asks for: a certificate and TLS to back-ends where it has TLS.
[[nodiscard]] Configuration configured(const Profile& profile, Fault fault = Fault::none);

}  // namespace sallyport::frontend
