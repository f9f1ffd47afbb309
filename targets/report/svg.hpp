// Pictures for the page, as SVG that takes its colours from the page's style sheet, so that they
// follow light, dark and paper. Whatever a colour says, a word or a sign says as well.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "targets/engine/dialogue.hpp"

namespace sallyport::report {

/// `text` between tags or in an attribute; what XML can't carry becomes "?".
[[nodiscard]] std::string markup(std::string_view text);

/// A run as a sequence diagram: clients, the front-end, and the connections of its pool with the
/// back-ends behind them. Lines are numbered from 1, as in the list of octets below it. A bar on a
/// connection says which session leases it, where the trace tells.
[[nodiscard]] std::string sequence_diagram(const engine::Run& run, std::string_view title);

/// A command that was completed in a state, how, and where that led.
struct Arc {
  std::string state;
  std::string command;
  std::string status;
  std::string next;
};
/// A box for each state, with the commands that leave it as it is, accepted and refused; an arrow
/// for each change of state with the commands that make it.
[[nodiscard]] std::string state_graph(const std::vector<Arc>& arcs, std::string_view title);

/// How a figure grew with the executions.
struct Series {
  std::string name;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> points;  // executions, figure; in order
};
[[nodiscard]] std::string growth_plot(const Series& series);

}  // namespace sallyport::report
