#include "trace/persistence.hpp"

#include <algorithm>
#include <array>

namespace sallyport::trace {
namespace {

using enum PersistenceClass;
using M = Mechanism;

// Round trips count from the command to the final OK; IMAP's LOGIN and POP3's USER and PASS, which
// are no mechanisms, are replayable as PLAIN is.
constexpr std::array table{
    MechanismFacts{M::plain, replayable, 2, 1, false, true, "none", "TLS", "RFC 4616"},
    MechanismFacts{M::login, replayable, 3, 2, false, true, "constant prompts",
                   "TLS, gathered whole", "draft-murchison-sasl-login"},
    MechanismFacts{M::xoauth2, replayable, 2, 1, false, true, "the token", "TLS", "Google XOAUTH2"},
    MechanismFacts{M::oauthbearer, replayable, 2, 1, false, true,
                   "the token; host and port name the front-end",
                   "TLS; the back-end accepts the front-end's host and port", "RFC 7628"},
    MechanismFacts{M::anonymous, replayable, 2, 1, false, false, "none", "by policy", "RFC 4505"},
    MechanismFacts{M::apop, nonce_bound, 1, 0, true, false, "a nonce in the greeting",
                   "the front-end makes the nonce and has the secret", "RFC 1939 §7"},
    MechanismFacts{M::cram_md5, nonce_bound, 2, 0, true, false, "a nonce with the host's name",
                   "the front-end has the verifier", "RFC 2195"},
    MechanismFacts{M::digest_md5, nonce_bound, 3, 0, true, false, "nonce, realm, digest-uri",
                   "the front-end has the verifier; no security layer", "RFC 2831"},
    MechanismFacts{M::scram_sha_1, nonce_bound, 4, 3, false, false, "joint nonce, salt",
                   "the front-end has StoredKey and ServerKey", "RFC 5802"},
    MechanismFacts{M::scram_sha_256, nonce_bound, 4, 3, false, false, "joint nonce, salt",
                   "the front-end has StoredKey and ServerKey", "RFC 7677"},
    MechanismFacts{M::scram_sha_1_plus, channel_bound, 4, 3, false, false,
                   "joint nonce and the client's TLS channel", "terminated on its own TLS",
                   "RFC 5802"},
    MechanismFacts{M::scram_sha_256_plus, channel_bound, 4, 3, false, false,
                   "joint nonce and the client's TLS channel", "terminated on its own TLS",
                   "RFC 7677"},
    MechanismFacts{M::otp, nonce_bound, 3, 2, false, false, "sequence and seed, once only",
                   "it has the sequence to itself", "RFC 2444"},
    MechanismFacts{M::skey, nonce_bound, 3, 2, false, false, "sequence and seed, once only",
                   "it has the sequence to itself", "RFC 2222"},
    MechanismFacts{M::kerberos_v4, connection_bound, 3, 0, true, false,
                   "a nonce and the service principal", "never", "RFC 1731"},
    MechanismFacts{M::gssapi, connection_bound, 4, 3, false, false,
                   "context, principal, security layer",
                   "own principal, no layer, delegated credentials", "RFC 4752"},
    MechanismFacts{M::gss_spnego, connection_bound, 5, 4, false, false,
                   "whatever it selects, NTLM perhaps", "never", "MS-SPNG"},
    MechanismFacts{M::ntlm, connection_bound, 3, 2, false, false,
                   "a challenge in the connection's context", "never", "MS-NLMP, KB 306874"},
    MechanismFacts{M::external, channel_bound, 2, 1, false, false,
                   "the client certificate of this TLS session",
                   "the certificate is mapped to a user, and it is trusted by back-ends",
                   "RFC 4422 appendix A"},
};

}  // namespace

std::span<const MechanismFacts> mechanism_facts() { return table; }

const MechanismFacts* facts(Mechanism mechanism) {
  const auto* const found = std::ranges::find(table, mechanism, &MechanismFacts::mechanism);
  return found == table.end() ? nullptr : found;
}

std::string_view letter(PersistenceClass persistence) {
  switch (persistence) {
    case replayable:
      return "A";
    case nonce_bound:
      return "N";
    case connection_bound:
      return "C";
    case channel_bound:
      return "X";
  }
  return "";
}

MechanismSet of_class(PersistenceClass persistence) {
  MechanismSet set;
  for (const MechanismFacts& each : table) {
    if (each.persistence == persistence) set.add(each.mechanism);
  }
  return set;
}

}  // namespace sallyport::trace
