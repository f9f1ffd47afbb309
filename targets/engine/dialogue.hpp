// The lines that a person reads under a finding.
//
//     C0: a1 CAPABILITY
//   > S0: * CAPABILITY IMAP4rev1 AUTH=NTLM
//     F1: …                                 to the back-end on connection 1
//     B1: …                                 and its answer
//        (Outlook Express asks for the password (prompt 1))
//
// Octets outside printable ASCII are escaped as \r, \n, \t, \\ and \xNN.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trace/event.hpp"
#include "world/script.hpp"
#include "world/world.hpp"

namespace sallyport::engine {

[[nodiscard]] std::string escaped(std::string_view octets);

/// Without the mark: "C0: a1 CAPABILITY".
[[nodiscard]] std::string to_text(const trace::DialogueLine& line);

/// A run as a person follows it.
struct Run {
  std::string heading;                // over each run of a pair; empty over a single one
  trace::Trace trace;                 // with its dialogue
  std::optional<std::size_t> marked;  // the line of the dialogue that completes the violation
};

/// The run of `script` without its `vary`; `event` is the index of the violating event.
[[nodiscard]] Run single_run(const world::Setting& setting, const world::Script& script,
                             std::optional<std::size_t> event);

/// Both runs; the lines where they come to differ in `step` are marked.
[[nodiscard]] std::vector<Run> pair_of_runs(const world::Settings& settings,
                                            const world::Script& script, trace::Variation variation,
                                            std::optional<std::size_t> step);

/// Headings and lines, the marked ones behind "> ".
[[nodiscard]] std::vector<std::string> lines_of(std::span<const Run> runs);

/// The runs that were printed as `lines`, for findings that can't be run here: of live servers and
/// of recordings. They have no events. A line that no wire carried, a frame of a crash say, becomes
/// a remark, like what a person was shown.
[[nodiscard]] std::vector<Run> runs_from(std::span<const std::string> lines);

}  // namespace sallyport::engine
