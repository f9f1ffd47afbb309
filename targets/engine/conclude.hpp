// From what an engine has seen to what it may say: the one place where verdicts are made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "properties/property.hpp"
#include "properties/verdict.hpp"
#include "targets/engine/judge.hpp"
#include "targets/engine/result.hpp"

namespace sallyport::engine {

/// What a verdict rests on.
struct Evidence {
  std::uint64_t exercised = 0;
  bool violated = false;  // and its witness confirmed
  /// Why no more can be said: the subject failed, the witness doesn't reproduce, nothing was run.
  bool failed = false;
};
/// `sees` is what the engine can observe.
[[nodiscard]] properties::Verdict verdict_of(const Evidence& evidence, properties::Needs needs,
                                             properties::Needs sees);

/// What an engine has of one property when it stops.
struct Record {
  std::uint64_t exercised = 0;
  std::optional<world::Script> script;  // violates the property
  std::uint64_t done_before = 0;        // executions or states when it was first seen
  double seconds_before = 0;

  /// The first violation counts for `done_before`, the shortest script stays.
  void violated_by(const world::Script& found, std::uint64_t done, double seconds);
};

/// How an engine's work on one subject ended.
struct Ending {
  std::string_view engine;
  std::string_view unit;  // "executions", "states"
  std::uint64_t done = 0;
  std::string failure;  // one line, where the engine could not do its work to the end
  Result::Bound bound;  // behind budget and seed
  /// A script after which the subject never comes to rest.
  std::optional<world::Script> runaway;
};

/// One result per property of `judge`, in order, and one for CRASH where there is something to say.
/// `records[i]` is about judge.panel().property(i). Every witness is run again before it is
/// believed.
[[nodiscard]] std::vector<Result> conclude(const Request& request, Judge& judge,
                                           const std::vector<Record>& records,
                                           const Ending& ending);

/// What a red run prints: Requirement, Source, Expected, Actual, the dialogue, and one line that
/// repeats it.
[[nodiscard]] std::string failure_text(const properties::Facts& facts, std::string_view actual,
                                       const Witness& witness);

}  // namespace sallyport::engine
