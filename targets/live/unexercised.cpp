#include "targets/live/unexercised.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "trace/persistence.hpp"

namespace sallyport::live {

using properties::Needs;
using trace::Capability;
using trace::Mechanism;
using trace::MechanismSet;
using trace::Protocol;

namespace {

/// What a server must offer for a property to be put to the test.
struct Wanted {
  std::string_view property;
  MechanismSet mechanisms;  // one of these
  std::string_view otherwise;
};
constexpr std::array wanted{
    Wanted{"SAS-04", MechanismSet(Mechanism::oauthbearer),
           "no mechanism is offered whose message may be long (OAUTHBEARER)"},
    Wanted{"SAS-06", MechanismSet(Mechanism::cram_md5, Mechanism::scram_sha_256),
           "no mechanism is offered whose proof answers a nonce and can be said again (CRAM-MD5, "
           "SCRAM-SHA-256)"},
    Wanted{"SAS-07",
           MechanismSet(Mechanism::ntlm, Mechanism::scram_sha_1, Mechanism::scram_sha_256),
           "no mechanism is offered whose messages have an order (SCRAM, NTLM)"},
    Wanted{"SAS-01", MechanismSet::from_bits(0xffffffff), "no mechanism is offered"},
    Wanted{"SAS-02", MechanismSet::from_bits(0xffffffff), "no mechanism is offered"},
};

std::string of_tls(std::string_view id, const Known& known) {
  if (id == "TLS-01") {
    if (known.implicit_tls) return "TLS stands from the first octet on";
    if (!known.met().has(When::starttls)) return "neither STARTTLS nor STLS is offered";
  }
  if (id == "TLS-04") {
    if (known.tls()) return "TLS stands; probe the server in the clear";
    if (known.protocol == Protocol::pop3) return "POP3 has no word for LOGINDISABLED";
    if (!known.capabilities.has(Capability::login_disabled)) {
      return "the server takes passwords in the clear, and says so";
    }
    if (!known.exposes_password) return "needs the right password in the clear: --expose-password";
  }
  return {};
}

bool needs_account(std::string_view id) {
  constexpr std::array ids{"ADV-03", "PER-04", "RES-03", "SAS-04", "SAS-06",
                           "SEC-02", "STM-03", "TLS-04", "TLS-06"};
  return std::ranges::find(ids, id) != ids.end();
}

}  // namespace

std::string why_unobservable(const properties::Facts& facts, Needs sees) {
  if (facts.needs > sees) {
    return facts.needs == Needs::inside ? "not to be seen on any wire"
                                        : "not to be seen on a client's wire";
  }
  switch (facts.variation) {
    case trace::Variation::other_users_secrets:
      return "another user's password and mail can't be changed from outside";
    case trace::Variation::schedule:
      return sees < Needs::backend_wire
                 ? "which connection to a back-end a server takes can't be chosen from outside"
                 : "a tap can end a connection, which is a failure, but can't choose which one a "
                   "server takes";
    default:
      return {};
  }
}

std::string why_unexercised(const properties::Facts& facts, const Known& known,
                            std::size_t failed_logins) {
  const std::string_view id = facts.id;
  if (known.accounts == 0 && needs_account(id)) return "never exercised, without an account";
  std::string why = of_tls(id, known);
  for (const Wanted& each : wanted) {
    if (each.property == id && (each.mechanisms & known.offered & known.speaks).empty()) {
      why = each.otherwise;
    }
  }
  if (id == "RES-03" && known.silence_seconds < 300) {
    why = "takes a silence of 300 s at least: --silence 300s";
  }
  const bool fails = id == "SEC-02" || id == "SAS-06";
  if (why.empty() && fails) {
    why = fmt::format("takes a login that fails, and --failed-logins allows {}", failed_logins);
  }
  return why.empty() ? "never exercised" : "never exercised: " + why;
}

}  // namespace sallyport::live
