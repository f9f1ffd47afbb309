#include "targets/live/witness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "targets/engine/dialogue.hpp"

namespace sallyport::live {

namespace {

constexpr std::size_t excerpt_lines_max = 40;

std::string shown(const trace::DialogueLine& line, bool marked) {
  return (marked ? "> " : "  ") + engine::to_text(line);
}

/// The line that an event comes from: the last one before it on its side of the wire.
std::optional<std::size_t> line_of(const trace::Trace& trace, std::size_t event,
                                   std::size_t first) {
  const trace::Event& violating = trace.events[event];
  const bool by_client = violating.kind == trace::Kind::command ||
                         violating.kind == trace::Kind::response ||
                         violating.kind == trace::Kind::literal ||
                         (violating.kind == trace::Kind::malformed && !violating.from_server);
  const bool on_a_wire =
      violating.point == trace::Point::client || violating.point == trace::Point::backend;
  std::optional<std::size_t> nearest;
  for (std::size_t i = trace.dialogue.size(); i-- > first;) {
    const trace::DialogueLine& line = trace.dialogue[i];
    if (line.first_event > event) continue;
    if (!nearest) nearest = i;
    if (!on_a_wire || (line.from_server != by_client && line.point == violating.point)) return i;
  }
  return nearest;
}

/// What the server said in a step.
std::vector<std::size_t> said(const trace::Dialogue& dialogue, const Run& run, std::size_t step) {
  const std::size_t begin = step == 0 ? run.first_event : run.behind[step - 1];
  std::vector<std::size_t> lines;
  for (std::size_t i = run.first_line; i < dialogue.size(); ++i) {
    const trace::DialogueLine& line = dialogue[i];
    const bool inside = line.first_event >= begin && line.first_event < run.behind[step];
    if (inside && line.from_server) lines.push_back(i);
  }
  return lines;
}

}  // namespace

std::vector<std::string> excerpt(const trace::Trace& trace, const Run& run, std::size_t event) {
  std::vector<std::string> out;
  const auto marked = line_of(trace, event, run.first_line);
  if (!marked) return out;
  const std::size_t lines = *marked + 1 - run.first_line;
  const std::size_t first = *marked + 1 - std::min(lines, excerpt_lines_max);
  if (first > run.first_line) out.emplace_back("  ...");
  for (std::size_t i = first; i <= *marked; ++i) {
    out.push_back(shown(trace.dialogue[i], i == *marked));
  }
  return out;
}

std::vector<std::string> pair_dialogue(const trace::Trace& trace, const world::Script& script,
                                       const Run& first, const Run& second, std::size_t step) {
  const trace::Dialogue& dialogue = trace.dialogue;
  const auto a = said(dialogue, first, step);
  const auto b = said(dialogue, second, step);
  const auto parting = std::mismatch(a.begin(), a.end(), b.begin(), b.end(),
                                     [&](std::size_t left, std::size_t right) {
                                       return dialogue[left].octets == dialogue[right].octets;
                                     });
  std::vector<std::string> out;
  const auto add = [&](const Run& run, std::optional<std::size_t> marked) {
    for (std::size_t i = run.first_line;
         i < dialogue.size() && dialogue[i].first_event < run.behind[step]; ++i) {
      out.push_back(shown(dialogue[i], marked == i));
    }
  };
  out.emplace_back("first run, as the script stands:");
  add(first, parting.first == a.end() ? std::nullopt : std::optional(*parting.first));
  std::string varied;
  for (const world::Change& change : script.vary) {
    varied += (varied.empty() ? "" : "; ") + world::to_text(change);
  }
  out.push_back("second run, " + varied + ":");
  add(second, parting.second == b.end() ? std::nullopt : std::optional(*parting.second));
  return out;
}

std::vector<std::string> transcript(const trace::Trace& trace) {
  std::vector<std::string> out;
  std::size_t line = 0;
  const auto say = [&](std::size_t before) {
    while (line < trace.dialogue.size() && trace.dialogue[line].first_event <= before) {
      out.push_back(shown(trace.dialogue[line++], false));
    }
  };
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    const trace::Event& e = trace.events[i];
    if (e.kind != trace::Kind::closed || e.point != trace::Point::client) continue;
    say(i);
    out.push_back(fmt::format("  ! close s{} {}", e.session, e.from_server ? "server" : "client"));
  }
  say(trace.events.size());
  return out;
}

}  // namespace sallyport::live
