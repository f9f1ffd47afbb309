// A script says everything that is chosen in a run: what clients do, which connection of the pool
// the scheduler picks at each lease, where bytes are split. Nothing else is random, so a finding is
// a script.
//
// It has two forms with exact round-trips. Text, for people:
//
//   protocol imap
//   0 capability
//   0 authenticate NTLM alice
//   0 respond lease 1
//   1 login bob wrong split 3
//   0 login alice mishap die-at-login
//   0 wait 300
//   0 send "a1 NOOP\r\n"
//   vary 2 lease 1
//
// and bytes, for fuzzers, where every string of bytes decodes to some script.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "client/client.hpp"
#include "trace/event.hpp"
#include "world/mishap.hpp"

namespace sallyport::world {

/// The scheduler's answers during one step, in order; where they end, the canonical choice (0)
/// follows. Each is taken modulo the number of eligible connections.
using Leases = std::vector<std::uint8_t>;

struct Step {
  std::uint8_t client = 0;
  client::Action action;
  Leases leases;
  std::uint8_t split =
      0;  // the client's octets, the first 512, reach the front-end in such pieces; 0: whole
  Mishap mishap = Mishap::none;   // what goes wrong behind the front-end, once in this step
  std::uint16_t wait = 0;         // seconds; a step with a wait has no action
  bool plaintext_behind = false;  // only in a varied run: commands stand behind STARTTLS
  friend bool operator==(const Step&, const Step&) = default;
};

/// How the second run of a 2-safety property differs at one step, by its variation: other leases,
/// another split. The other variations say all by their name; one that concerns the whole run
/// (other_users_secrets) stands at step 0.
struct Change {
  trace::Variation variation = trace::Variation::schedule;
  std::uint8_t step = 0;
  Leases leases;           // schedule
  std::uint8_t split = 0;  // segmentation
  friend bool operator==(const Change&, const Change&) = default;
};

struct Script {
  trace::Protocol protocol{};
  std::vector<Step> steps;
  bool other_secrets = false;  // only in a varied run: the first account has other secrets
  std::vector<Change> vary;    // of one variation; empty where nothing is said of a second run
  friend bool operator==(const Script&, const Script&) = default;
};

inline constexpr std::uint16_t wait_seconds_max = 7200;
inline constexpr std::size_t clients_max = 2;    // a world has this many clients
inline constexpr std::size_t steps_max = 64;     // a script that is decoded from bytes ends here
inline constexpr std::size_t leases_max = 8;     // per step, in bytes
inline constexpr std::size_t octets_max = 4096;  // of one send, in bytes

/// The accounts of scripts by their place. `secret_of` is the account of the directory whose
/// password is used. admin acts for others, and may; bob may not.
struct AccountFacts {
  std::string_view name;
  std::string_view user;
  std::string_view acts_for;
};
inline constexpr AccountFacts accounts[] = {
    {"alice", "alice", ""},           {"bob", "bob", ""},
    {"carol", "carol", ""},           {"admin-as-alice", "admin", "alice"},
    {"admin-as-bob", "admin", "bob"}, {"nobody", "nobody", ""},
    {"bob-as-alice", "bob", "alice"}};
inline constexpr std::uint8_t nobody = 5;  // a user whom no directory knows

[[nodiscard]] std::string to_text(const Script& script);
[[nodiscard]] std::expected<Script, trace::TextError> script_from_text(std::string_view text);
/// One step's line, without line end: "0 respond lease 1".
[[nodiscard]] std::string to_text(const Step& step);
/// One change's: "vary 2 lease 1".
[[nodiscard]] std::string to_text(const Change& change);

/// to_bytes(s) decodes to s again for every s that from_bytes can give.
[[nodiscard]] std::string to_bytes(const Script& script);
[[nodiscard]] Script script_from_bytes(std::string_view bytes);

/// What a client says behind STARTTLS in a step with `plaintext_behind`.
[[nodiscard]] std::string_view plaintext_behind_starttls(trace::Protocol protocol);

/// The two runs that a variation compares: `script` as it would be, and varied. Where `script` has
/// a `vary` of that variation these are the script and the script with the changes made; else
/// every step is varied: by schedule, the canonical one is the first and the script's own the
/// second. Equal where the variation has nothing to change.
struct Pair {
  Script first;
  Script second;
};
[[nodiscard]] Pair runs(const Script& script, trace::Variation variation);

/// `script` in the form that a finding of a 2-safety property takes: what differs stands in `vary`.
[[nodiscard]] Script with_vary(const Script& script, trace::Variation variation);

/// A finding: a script and what it shows. Its text is a script's with lines `property ADV-01` and
/// `subject exchange-2000` (a profile, or `profile+fault`) on top.
struct Finding {
  std::string property;
  std::string subject;
  Script script;
  friend bool operator==(const Finding&, const Finding&) = default;
};
[[nodiscard]] std::string to_text(const Finding& finding);
[[nodiscard]] std::expected<Finding, trace::TextError> finding_from_text(std::string_view text);

}  // namespace sallyport::world
