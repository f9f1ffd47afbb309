// A section for each property: what it claims, what each engine says, and its witnesses.
#include <fmt/format.h>

#include <algorithm>

#include "targets/report/page_data.hpp"
#include "targets/report/svg.hpp"
#include "targets/report/witness.hpp"

namespace sallyport::report {
namespace {

std::string_view words_of(Origin origin) {
  switch (origin) {
    case Origin::repeated:
      return "Run once more for this report, with the same dialogue.";
    case Origin::differs:
      return "As it was recorded; run once more with this version, the dialogue is another one.";
    case Origin::recorded:
      break;
  }
  return "As it was recorded.";
}

Data lines_data(const engine::Run& run) {
  Data lines = list();
  for (std::size_t i = 0; i < run.trace.dialogue.size(); ++i) {
    Data line;
    line.set("text", engine::to_text(run.trace.dialogue[i]));
    line.set("marked", run.marked == i);
    lines.push_back(line);
  }
  return lines;
}

// The command that runs the witness again: of a probe, on the same server.
std::string repeat_line(const Judged& judged, const std::string& place) {
  std::string line = fmt::format("sallyport replay {}.script", place);
  const std::string& subject = judged.row.result.subject;
  const std::size_t slash = subject.rfind('/');
  if (judged.command != "probe" || slash == std::string::npos) return line;
  return line + fmt::format(" --live {}://{}", subject.substr(slash + 1), subject.substr(0, slash));
}

Data witness_data(const View& view, const Standing& standing) {
  const Judged& judged = standing.shown();
  const engine::Result& result = judged.row.result;
  const Shown drawn = shown(judged.row);
  Data runs = list();
  for (const engine::Run& run : drawn.runs) {
    Data each;
    each.set("heading", run.heading);
    each.set("has_heading", !run.heading.empty());
    each.set("svg",
             sequence_diagram(
                 run, fmt::format("Dialogue of {} on {}{}{}", standing.property, standing.subject,
                                  run.heading.empty() ? "" : ", ", run.heading)));
    each.set("lines", lines_data(run));
    each.set("octets", counted(run.trace.dialogue.size(), "line"));
    runs.push_back(each);
  }
  const world::Script& script = result.witness->finding.script;
  Data out;
  out.set("subject", standing.subject);
  out.set("engine", result.engine);
  out.set("detail", result.detail);
  out.set("runs", runs);
  out.set("origin", std::string(words_of(drawn.origin)));
  out.set("live", judged.command == "probe");
  out.set("repeat", repeat_line(judged, place_of(view.places, judged)));
  out.set("has_script", !script.steps.empty());
  out.set("steps", counted(script.steps.size(), "step"));
  out.set("script", world::to_text(result.witness->finding));
  out.set("deviation", judged.row.deviation);
  out.set("has_deviation", !judged.row.deviation.empty());
  return out;
}

Data row_data(const View& view, const Judged& judged) {
  const engine::Result& result = judged.row.result;
  Data row = verdict(status_of(judged.row));
  row.set("subject", result.subject);
  row.set("engine", result.engine);
  row.set("exercised", grouped(result.exercised));
  row.set("detail", result.detail);
  const std::string place = place_of(view.places, judged);
  row.set("place", place);
  row.set("has_place", !place.empty());
  row.set("scripted", !place.empty() && !result.witness->finding.script.steps.empty());
  std::string first;
  for (const auto& [key, value] : result.bound) {
    const auto* number = std::get_if<std::uint64_t>(&value);
    if (number == nullptr || !key.ends_with("_to_violation")) continue;
    const bool states = key.starts_with("states");
    first = fmt::format("first after {}", counted(*number, states ? "state" : "execution"));
  }
  row.set("first", first);
  return row;
}

}  // namespace

Data sections_data(const View& view) {
  Data sections = list();
  for (const std::string& id : view.properties()) {
    Data section = facts_data(id);
    Data rows = list();
    Data witnesses = list();
    std::string verdicts = "|";
    Status worst = Status::unobservable;
    for (const Standing& standing : view.standings) {
      if (standing.property != id) continue;
      worst = std::min(worst, standing.status);
      verdicts += fmt::format("{}|", name(standing.status));
      for (const Judged* judged : standing.rows) rows.push_back(row_data(view, *judged));
      const bool found =
          standing.status == Status::violated || standing.status == Status::deviation;
      if (found && standing.shown().row.result.witness) {
        witnesses.push_back(witness_data(view, standing));
      }
    }
    section.set("verdicts", verdicts);
    section.set("worst", verdict(worst));
    section.set("open", worst == Status::violated);
    section.set("rows", rows);
    section.set("witnesses", witnesses);
    sections.push_back(section);
  }
  return sections;
}

}  // namespace sallyport::report
