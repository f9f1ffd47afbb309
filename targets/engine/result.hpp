// What every engine is asked and what it answers: a subject, a budget, and one result per property.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "frontend/profile.hpp"
#include "properties/property.hpp"
#include "properties/verdict.hpp"
#include "trace/event.hpp"
#include "world/script.hpp"

namespace sallyport::engine {

/// The property of a subject that dies, is stopped by a sanitizer, or never comes to rest. It is in
/// no catalogue, and has a row only where it is violated.
inline constexpr std::string_view crash_id = "CRASH";

/// A front-end under test in the simulated world: "exchange-2000/imap",
/// "hardened+advertise-ntlm/pop3".
struct Subject {
  frontend::Configuration configuration;
  trace::Protocol protocol{};
  [[nodiscard]] std::string front_end() const;  // without the protocol
  [[nodiscard]] std::string name() const;
};

/// `exchange-2000`, or `hardened+advertise-ntlm`: a profile, perhaps with a fault.
[[nodiscard]] std::expected<frontend::Configuration, std::string> configuration_from(
    std::string_view front_end);

/// How long an engine may work on one subject: a time, or a count of executions (states for
/// explore). With a count and a seed, a run repeats to the octet.
struct Budget {
  std::optional<std::chrono::milliseconds> time;
  std::optional<std::uint64_t> count;
};
/// "20s", "10m", "2h", "200000x".
[[nodiscard]] std::expected<Budget, std::string> budget_from(std::string_view text);
/// The same text again; "none" for a budget without a bound.
[[nodiscard]] std::string to_text(const Budget& budget);

/// Called now and then by an engine that works for long, with what it has done so far.
struct Progress {
  std::string_view engine;
  std::uint64_t done = 0;  // executions or states
  double seconds = 0;
  std::string_view unit;     // "states", "scripts"
  std::size_t depth = 0;     // explore: steps
  std::size_t frontier = 0;  // explore: states that wait
};
/// Returns false to stop the engine cleanly; its results so far stand.
using OnProgress = bool (*)(void* context, const Progress&);

struct Request {
  Subject subject;
  std::vector<const properties::Property*> properties;  // to be judged
  Budget budget;
  std::uint64_t seed = 1;
  std::string_view stop_at;  // the engine may stop once this property is violated; empty: never
  OnProgress on_progress = nullptr;
  void* progress_context = nullptr;
};

/// A script that shows a violation, and what it looks like.
struct Witness {
  world::Finding finding;
  std::vector<std::string> dialogue;  // lines ready to print; the violated one begins with "> "
};

struct Result {
  std::string property;  // an id of the catalogue, or CRASH
  std::string engine;
  std::string subject;
  properties::Verdict verdict{};
  std::string detail;
  std::uint64_t exercised = 0;
  /// What the verdict is bounded by, in order: budget, seed, executions, states, depth, …
  using Value = std::variant<std::uint64_t, double, bool, std::string>;
  using Bound = std::vector<std::pair<std::string, Value>>;
  Bound bound;
  std::optional<Witness> witness;
};

}  // namespace sallyport::engine
