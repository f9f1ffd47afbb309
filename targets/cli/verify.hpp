// What `sallyport verify` is asked, and what it does: every engine on every subject, one row per
// property. Split from the subcommand so that the report and the run can be read apart.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "targets/cli/conclusion.hpp"
#include "targets/cli/options.hpp"
#include "targets/cli/output/terminal.hpp"
#include "targets/engine/result.hpp"
#include "targets/explore/explore.hpp"

namespace sallyport::cli {

struct VerifyOptions {
  Common common;
  std::vector<std::string> profiles;
  std::vector<std::string> faults;
  std::vector<std::string> protocols;
  std::vector<std::string> engines;
  std::vector<std::string> properties;
  std::vector<std::string> required;
  std::string budget = "20s";
  std::string seed = "1";
  std::string clients;
  std::string backends;
  std::string depth;
  std::string memory;
  std::string threads;
  bool no_mishaps = false;
  bool no_reductions = false;
  bool compact = false;
  std::string checkpoints;
  bool resume = false;
  std::string output;
};

/// The options, checked and resolved.
struct VerifyPlan {
  std::vector<engine::Subject> subjects;
  std::vector<std::string> engines;
  std::vector<const properties::Property*> properties;
  engine::Budget budget;
  std::uint64_t seed = 1;
  explore::Bound bound;
  std::filesystem::path fuzzer;  // the instrumented sibling
};
[[nodiscard]] VerifyPlan verify_plan(const VerifyOptions& options);

inline constexpr std::array<std::string_view, 4> engine_names{"explore", "rapid", "walk", "fuzz"};
/// Runs the engine of that name. `fuzzer` is the instrumented sibling; explore tells what it
/// `reached`.
[[nodiscard]] std::vector<engine::Result> run_engine(std::string_view name,
                                                     const engine::Request& request,
                                                     const explore::Bound& bound,
                                                     const std::filesystem::path& fuzzer,
                                                     explore::Reached* reached = nullptr);
/// The engines that `asked` names, or all that there are but walk, whose scripts are rapid's; a
/// Failure where one isn't there.
[[nodiscard]] std::vector<std::string> engines_named(const std::vector<std::string>& asked,
                                                     bool fuzzer_there);

/// One engine on one subject.
struct Run {
  std::string engine;
  std::string subject;
  Rows rows;
  explore::Reached reached;
  double seconds = 0;
};

/// The report for people; where the witnesses were written is `output`, empty for nowhere.
[[nodiscard]] std::string verify_report(const std::vector<Run>& runs, const VerifyOptions& options,
                                        const Terminal& terminal);

/// The file that a row's witness is written to: `exchange-2000-imap-explore-ADV-01.script`.
[[nodiscard]] std::string witness_file(const engine::Result& result);

}  // namespace sallyport::cli
