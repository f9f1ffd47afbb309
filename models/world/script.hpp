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

namespace sallyport::world {

/// The scheduler's answers during one step, in order; where they end, the canonical choice (0)
/// follows. Each is taken modulo the number of eligible connections.
using Leases = std::vector<std::uint8_t>;

struct Step {
  std::uint8_t client = 0;
  client::Action action;
  Leases leases;
  std::uint8_t split =
      0;  // the client's octets reach the front-end in pieces of this size; 0: whole
  friend bool operator==(const Step&, const Step&) = default;
};

/// How the second run of a 2-safety property differs: other leases at one step.
struct Change {
  std::uint8_t step = 0;
  Leases leases;
  friend bool operator==(const Change&, const Change&) = default;
};

struct Script {
  trace::Protocol protocol{};
  std::vector<Step> steps;
  std::vector<Change> vary;  // for Variation::schedule; empty where there is one run only
  friend bool operator==(const Script&, const Script&) = default;
};

inline constexpr std::size_t clients_max = 2;    // a world has this many clients
inline constexpr std::size_t steps_max = 64;     // a script that is decoded from bytes ends here
inline constexpr std::size_t leases_max = 8;     // per step, in bytes
inline constexpr std::size_t octets_max = 4096;  // of one send, in bytes

/// `account` names in the text: 0 alice, 1 bob.
inline constexpr std::string_view account_names[] = {"alice", "bob"};

[[nodiscard]] std::string to_text(const Script& script);
[[nodiscard]] std::expected<Script, trace::TextError> script_from_text(std::string_view text);
/// One step's line, without line end: "0 respond lease 1".
[[nodiscard]] std::string to_text(const Step& step);

/// to_bytes(s) decodes to s again for every s that from_bytes can give.
[[nodiscard]] std::string to_bytes(const Script& script);
[[nodiscard]] Script script_from_bytes(std::string_view bytes);

/// The two runs that a variation of the schedule compares: `script` as it is and with its `vary`
/// applied. Without `vary`, the canonical schedule (no leases) and `script`.
struct Pair {
  Script first;
  Script second;
};
[[nodiscard]] Pair runs(const Script& script);

/// `script` in the form that a finding of a 2-safety property takes: canonical steps, and the
/// leases that differ in `vary`.
[[nodiscard]] Script with_vary(const Script& script);

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
