// Which commands were completed in which state of a session: a graph, and the same as a table.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "targets/report/page_data.hpp"
#include "targets/report/svg.hpp"

namespace sallyport::report {
namespace {

std::vector<Arc> arcs_of(const Json& reached) {
  std::vector<Arc> out;
  for (const Json& arc : reached["arcs"]) {
    const auto text = [&](const char* key) { return arc[key].get<std::string>(); };
    out.push_back({.state = text("state"),
                   .command = text("command"),
                   .status = text("status"),
                   .next = text("next")});
  }
  return out;
}

template <class Member>
std::vector<std::string> sorted(const std::vector<Arc>& arcs, Member member) {
  std::vector<std::string> out;
  for (const Arc& arc : arcs) out.push_back(arc.*member);
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// "OK → selected, NO": how the command was answered in the state.
std::string answers(const std::vector<Arc>& arcs, const std::string& state,
                    const std::string& command) {
  std::vector<std::string> out;
  for (const Arc& arc : arcs) {
    if (arc.state != state || arc.command != command) continue;
    out.push_back(arc.next == state ? arc.status : fmt::format("{} → {}", arc.status, arc.next));
  }
  return fmt::format("{}", fmt::join(out, ", "));
}

Data table_of(const std::vector<Arc>& arcs) {
  const std::vector<std::string> states = sorted(arcs, &Arc::state);
  Data columns = list();
  for (const std::string& state : states) {
    Data column;
    column.set("state", state);
    columns.push_back(column);
  }
  Data rows = list();
  for (const std::string& command : sorted(arcs, &Arc::command)) {
    Data cells = list();
    for (const std::string& state : states) {
      const std::string answered = answers(arcs, state, command);
      Data cell;
      cell.set("answers", answered);
      cell.set("reached", !answered.empty());
      cells.push_back(cell);
    }
    Data row;
    row.set("command", command);
    row.set("cells", cells);
    rows.push_back(row);
  }
  Data out;
  out.set("columns", columns);
  out.set("rows", rows);
  return out;
}

}  // namespace

Data reached_data(const View& view) {
  Data graphs = list();
  for (const Json& each : view.evidence.reached) {
    const std::vector<Arc> arcs = arcs_of(each);
    const auto subject = each["subject"].get<std::string>();
    Data graph;
    graph.set("subject", subject);
    graph.set("engine", each["engine"].get<std::string>());
    graph.set("svg", state_graph(arcs, fmt::format("States of a session of {}", subject)));
    graph.set("table", table_of(arcs));
    graphs.push_back(graph);
  }
  Data out;
  out.set("there", !graphs.is_empty_list());
  out.set("graphs", graphs);
  return out;
}

}  // namespace sallyport::report
