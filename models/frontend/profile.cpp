#include "frontend/profile.hpp"

#include <algorithm>
#include <array>

namespace sallyport::frontend {
namespace {

using trace::Mechanism;
using trace::MechanismSet;

// What Exchange 2000 listed besides NTLM isn't in the KB; PLAIN stands for "basic authentication is
// supported" in its SASL form.
constexpr std::array all_profiles{
    Profile{.name = "exchange-2000",
            .summary = "as released: NTLM advertised and relayed over whichever connection is free",
            .product = "Microsoft Exchange 2000 front-end (reference model)",
            .offers = MechanismSet{Mechanism::ntlm, Mechanism::plain},
            .stepwise = MechanismSet{Mechanism::ntlm},
            .capa = false,
            .bare_plus = true},
    Profile{.name = "exchange-2000-sp1",
            .summary = "with Service Pack 1: NTLM no longer advertised",
            .product = "Microsoft Exchange 2000 SP1 front-end (reference model)",
            .offers = MechanismSet{Mechanism::plain},
            .stepwise = {},
            .capa = false,
            .bare_plus = true},
    Profile{.name = "hardened",
            .summary = "what sallyport recommends: replayable credentials only, under TLS",
            .product = "sallyport reference front-end",
            .offers = MechanismSet{Mechanism::plain},
            .stepwise = {},
            .capa = true,
            .initial_response = true,
            .tls_before_clear_text = true},
};

constexpr std::array all_faults{
    FaultFacts{Fault::advertise_ntlm, "advertise-ntlm", "ADV-01", "KB 306874",
               "lists show NTLM, which AUTHENTICATE then refuses"},
    FaultFacts{Fault::start_unoffered_mechanism, "start-unoffered-mechanism", "ADV-02",
               "KB 306874: the list was fixed, back-ends still speak NTLM",
               "AUTHENTICATE NTLM is relayed though no list shows it"},
    FaultFacts{Fault::offer_cram_md5_without_verifier, "offer-cram-md5-without-verifier", "ADV-03",
               "Dovecot 2.3 proxy with a static passdb; Courier 5 proxy",
               "CRAM-MD5 is offered and challenged, but nothing can check the digest"},
    FaultFacts{Fault::copy_backend_lists, "copy-backend-lists", "ADV-06", "Cyrus IMAP #6004",
               "mechanisms that one back-end offers are shown to every client from then on"},
    FaultFacts{Fault::relay_ntlm_over_free_connections, "relay-ntlm-over-free-connections",
               "PER-01", "KB 306874",
               "each NTLM message is relayed over whichever connection is free"},
    FaultFacts{Fault::move_login_between_messages, "move-login-between-messages", "PER-02",
               "KB 306874, for a mechanism of two messages",
               "the connection is leased anew between the messages of a login"},
    FaultFacts{Fault::match_any_connection_without_credentials,
               "match-any-connection-without-credentials", "PER-05", "CVE-2015-3143",
               "a session without credentials is given any authenticated connection"},
    FaultFacts{Fault::pool_key_omits_user, "pool-key-omits-user", "ISO-01", "CVE-2003-0904",
               "an authenticated connection serves whoever logs in next"},
    FaultFacts{Fault::log_in_when_logged_in, "log-in-when-logged-in", "STM-01",
               "RFC 3501 §6.2, RFC 1939 §4",
               "LOGIN, AUTHENTICATE, USER and AUTH are carried out after authentication too"},
    FaultFacts{Fault::complete_cancel_twice, "complete-cancel-twice", "RSP-01",
               "Dovecot 0.99: reply to a cancelled AUTHENTICATE",
               "a cancelled exchange is completed twice"},
};

}  // namespace

std::span<const Profile> profiles() { return all_profiles; }

const Profile* find_profile(std::string_view name) {
  const auto* const found =
      std::ranges::find_if(all_profiles, [&](const Profile& p) { return p.name == name; });
  return found == all_profiles.end() ? nullptr : found;
}

std::span<const FaultFacts> faults() { return all_faults; }

const FaultFacts* find_fault(std::string_view name) {
  const auto* const found =
      std::ranges::find_if(all_faults, [&](const FaultFacts& f) { return f.name == name; });
  return found == all_faults.end() ? nullptr : found;
}

}  // namespace sallyport::frontend
