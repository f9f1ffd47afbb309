// What a probe does to a server: a list of visits, each a short script on connections of its own,
// because servers hang up after a few refused commands (Dovecot after three, nginx after five).
//
// The plan is a table of scripts with the conditions under which each is played. The first visit
// asks for the lists; the others follow from what was offered and what the probe was given. Nothing
// in them harms a mailbox: no message is fetched, flagged or deleted. A valid user's password is
// said wrong, or a login of his made to fail, at most as often as the caller allows, and no
// password at all where the server says that it takes none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/client.hpp"
#include "targets/live/conversation.hpp"
#include "trace/event.hpp"
#include "world/script.hpp"

namespace sallyport::live {

/// More accounts than scripts have names for log in nowhere.
inline constexpr std::size_t accounts_max = 3;

/// Under which conditions a visit is made; all of its own must be met.
enum class When : std::uint8_t {
  account,        // one was given
  other_account,  // and a second one
  third_account,
  passwords,     // the server takes LOGIN, or USER and PASS
  no_passwords,  // LOGINDISABLED is shown, and the right password may be risked
  starttls,      // STARTTLS or STLS is shown in the clear
  tls,           // or it stands from the first octet on
  initial,       // an initial response may be there: SASL-IR, or POP3
  certificate,   // of the first account
  silence,       // the caller allows one that lasts
  tap,           // a back-end's wire is seen
  backend_tls,   // and TLS there is the rule
  patience,      // and the front-end's with a back-end that hangs is known
};
using WhenSet = trace::EnumSet<When>;
[[nodiscard]] std::string_view description(When when);

struct Visit {
  std::string purpose;  // "commands out of their state"
  world::Script script;
  Conversation::Manner manner = Conversation::Manner::proper;  // of the server
  /// The log-in by which it shows whether the account is valid at all.
  bool proves_account = false;
  /// No secret is sent, so that it doesn't matter whom the server's certificate names.
  bool trusts_anybody = false;
  /// The first account's logins that fail in it.
  std::uint8_t failed_logins = 0;
  /// It is played again so, and the runs are compared.
  trace::Variation variation = trace::Variation::none;
};

/// What the plan depends on.
struct Known {
  trace::Protocol protocol{};
  bool starttls = false;      // every visit begins with it
  bool implicit_tls = false;  // TLS stands from the first octet on
  bool exposes_password = false;
  bool certificate = false;
  bool tap = false;
  bool backend_tls = false;
  bool patience = false;
  std::size_t accounts = 0;  // that the server is said to have
  std::uint32_t silence_seconds = 0;
  trace::MechanismSet speaks = client::spoken;  // that the probe can
  trace::MechanismSet offered;
  trace::CapabilitySet capabilities;

  [[nodiscard]] bool tls() const { return starttls || implicit_tls; }
  /// All conditions that are met.
  [[nodiscard]] WhenSet met() const;
};

/// The lists, and with `starttls` those before and after TLS.
[[nodiscard]] Visit first_visit(trace::Protocol protocol, bool starttls);
[[nodiscard]] std::vector<Visit> further_visits(const Known& known);

/// The whole plan before anything is known, for a person to read: each visit's purpose, conditions
/// and script. `known` has what was given, not what was offered.
struct Intention {
  std::string purpose;
  std::string when;  // "an account was given, and STARTTLS is shown"; empty: always
  std::string script;
};
[[nodiscard]] std::vector<Intention> intentions(const Known& known);

}  // namespace sallyport::live
