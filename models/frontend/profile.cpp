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
    // CRAM-MD5 and SCRAM reveal no password, so they may come before TLS; a verifier of the
    // front-end's own judges them. Limits are small, so that a search can reach them.
    Profile{.name = "hardened",
            .summary = "what sallyport recommends: replayable credentials under TLS, proofs "
                       "verified by the front-end itself",
            .product = "sallyport reference front-end",
            .offers = MechanismSet{Mechanism::plain, Mechanism::oauthbearer, Mechanism::xoauth2,
                                   Mechanism::cram_md5, Mechanism::scram_sha_256,
                                   Mechanism::scram_sha_256_plus, Mechanism::external},
            .stepwise = {},
            .capa = true,
            .initial_response = true,
            .id = true,
            .tls = true,
            .tls_before_clear_text = true,
            .cache = true,
            .limits = {.line_octets = 2048,
                       .literal_octets = 4096,
                       .frame_octets = 8192,
                       .held_octets = 16384,
                       .failures = 3,
                       .errors = 5,
                       .failure_seconds = 1,
                       .login_seconds = 180,
                       .imap_idle_seconds = 1800,
                       .pop3_idle_seconds = 600,
                       .backend_seconds = 60}},
};

}  // namespace

std::span<const Profile> profiles() { return all_profiles; }

const Profile* find_profile(std::string_view name) {
  const auto* const found = std::ranges::find(all_profiles, name, &Profile::name);
  return found == all_profiles.end() ? nullptr : found;
}

Configuration configured(const Profile& profile, Fault fault) {
  return {.profile = profile,
          .fault = fault,
          .certificate = profile.tls,
          .tls_to_backends = profile.tls};
}

}  // namespace sallyport::frontend
