// The top of the page: what was found, and within which bounds.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <variant>

#include "targets/report/page_data.hpp"

namespace sallyport::report {
namespace {

using Value = engine::Result::Value;
using Bound = engine::Result::Bound;

struct Show {
  std::string operator()(std::uint64_t number) const { return grouped(number); }
  std::string operator()(double number) const { return fmt::format("{:.3g}", number); }
  std::string operator()(bool yes) const { return yes ? "yes" : "no"; }
  std::string operator()(const std::string& text) const { return text; }
};

const Value* member(const Bound& bound, std::string_view name) {
  const auto found =
      std::ranges::find_if(bound, [&](const auto& each) { return each.first == name; });
  return found == bound.end() ? nullptr : &found->second;
}

std::string shown(const Bound& bound, std::string_view name) {
  const Value* value = member(bound, name);
  return value == nullptr ? std::string{} : std::visit(Show{}, *value);
}

bool is(const Bound& bound, std::string_view name, bool expected) {
  const Value* value = member(bound, name);
  return value != nullptr && *value == Value(expected);
}

/// One engine on one subject: what all its rows have in common.
struct Run {
  std::string engine;
  std::string subject;
  Bound bound;
  std::size_t rows = 0;
};

std::vector<Run> runs_of(const Evidence& evidence) {
  std::vector<Run> runs;
  for (const Judged& judged : evidence.results) {
    const engine::Result& result = judged.row.result;
    auto known = std::ranges::find_if(runs, [&](const Run& run) {
      return run.engine == result.engine && run.subject == result.subject;
    });
    if (known == runs.end()) {
      runs.push_back(
          {.engine = result.engine, .subject = result.subject, .bound = result.bound, .rows = 1});
      continue;
    }
    ++known->rows;
    std::erase_if(known->bound, [&](const auto& each) {
      return std::ranges::find(result.bound, each) == result.bound.end();
    });
  }
  return runs;
}

std::string work_of(const Bound& bound) {
  std::vector<std::string> parts;
  for (const char* unit : {"states", "executions", "coverage_edges", "connections"}) {
    const std::string number = shown(bound, unit);
    std::string words = unit;
    std::ranges::replace(words, '_', ' ');
    if (!number.empty()) parts.push_back(number + ' ' + words);
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

// How it ended; a search that was cut short never looks like one that was not.
std::string ending_of(const Bound& bound) {
  if (is(bound, "exhausted", true)) {
    std::string out = "exhausted: no state within this bound was left out";
    // Of worlds by their fingerprints some may have been taken for others.
    const Value* confusion = member(bound, "confusion");
    const auto* missed = confusion == nullptr ? nullptr : std::get_if<double>(confusion);
    if (missed == nullptr || *missed <= 0) return out;
    return out + fmt::format(", but with a probability of at most {:.2g}", *missed);
  }
  if (!is(bound, "exhausted", false)) return {};
  std::string out = "not exhausted";
  if (const std::string why = shown(bound, "stopped"); !why.empty()) out += ", stopped by " + why;
  if (const Value* depth = member(bound, "depth")) {
    const auto* steps = std::get_if<std::uint64_t>(depth);
    if (steps != nullptr) out += fmt::format("; every script of up to {}", counted(*steps, "step"));
  }
  return out;
}

// The command that repeats a run of the simulated world; empty for any other.
std::string command_of(const Run& run) {
  const std::string_view subject = run.subject;
  const std::size_t slash = subject.rfind('/');
  const std::string_view front_end = subject.substr(0, slash);
  if (slash == std::string_view::npos || !engine::configuration_from(front_end)) return {};
  if (member(run.bound, "budget") == nullptr) return {};
  const std::size_t plus = front_end.find('+');
  std::string line = fmt::format("sallyport verify --profile {}", front_end.substr(0, plus));
  if (plus != std::string_view::npos)
    line += fmt::format(" --fault {}", front_end.substr(plus + 1));
  line += fmt::format(" --protocol {} --engine {}", subject.substr(slash + 1), run.engine);
  static constexpr std::array<std::array<std::string_view, 3>, 5> options{{
      {"budget", "--budget", ""},
      {"seed", "--seed", ""},
      {"clients", "--clients", "1"},
      {"connections_max", "--backends", "3"},
      {"depth_max", "--depth", "64"},
  }};
  for (const auto& [key, option, usual] : options) {
    const std::string value = shown(run.bound, key);
    if (!value.empty() && value != usual) line += fmt::format(" {} {}", option, value);
  }
  if (is(run.bound, "mishaps", false)) line += " --no-mishaps";
  if (is(run.bound, "compact", true)) line += " --compact";
  if (is(run.bound, "footprints", false)) line += " --no-reductions";
  return line;
}

Data found_data(const View& view, const std::string& property) {
  Data where = list();
  for (const Standing& standing : view.standings) {
    if (standing.property != property || standing.status != Status::violated) continue;
    std::vector<std::string> engines;
    for (const Judged* judged : standing.rows) {
      if (status_of(judged->row) == Status::violated) {
        engines.push_back(judged->row.result.engine);
      }
    }
    Data row;
    row.set("subject", standing.subject);
    row.set("detail", standing.shown().row.result.detail);
    row.set("engines", fmt::format("{}", fmt::join(engines, ", ")));
    where.push_back(row);
  }
  for (const Json& stage : view.evidence.nightly) {
    for (const Json& finding : stage["findings"]) {
      if (finding["property"] != property) continue;
      Data row;
      row.set("subject", finding["file"].get<std::string>());
      row.set("detail", finding["detail"].get<std::string>());
      row.set("engines", fmt::format("the night's stage {}", stage["stage"].get<std::string>()));
      where.push_back(row);
    }
  }
  return where;
}

// What has a standing, and what only a night found.
std::vector<std::string> ids_of(const View& view) {
  std::vector<std::string> ids = view.properties();
  for (const Json& stage : view.evidence.nightly) {
    for (const Json& finding : stage["findings"]) {
      const auto id = finding["property"].get<std::string>();
      if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
  }
  return ids;
}

// `open`: something is inconclusive, a stage of a night included.
std::string headline(const View& view, std::size_t violated, bool open) {
  if (violated > 0) {
    return fmt::format("{} violated", violated == 1 ? "1 property is"
                                                    : fmt::format("{} properties are", violated));
  }
  const bool exercised =
      std::ranges::find(view.standings, Status::holds, &Standing::status) != view.standings.end() ||
      std::ranges::any_of(view.evidence.nightly, [](const Json& stage) {
        return stage["verdict"] == name(Status::holds);
      });
  if (view.standings.empty() && view.evidence.nightly.empty()) return "No property was judged";
  if (!exercised) return "Nothing was put to the test";
  return open ? "No violation was found, and not everything could be judged"
              : "No violation was found within the bounds below";
}

}  // namespace

Data summary_data(const View& view) {
  std::array<std::size_t, statuses> counts{};
  for (const Standing& standing : view.standings)
    ++counts[static_cast<std::size_t>(standing.status)];
  Data tiles = list();
  for (std::size_t i = 0; i < statuses; ++i) {
    if (counts[i] == 0) continue;
    Data tile = verdict(static_cast<Status>(i));
    tile.set("count", grouped(counts[i]));
    tiles.push_back(tile);
  }
  Data violations = list();
  std::size_t violated = 0;
  for (const std::string& id : ids_of(view)) {
    const Data where = found_data(view, id);
    if (where.is_empty_list()) continue;
    Data row = facts_data(id);
    row.set("where", where);
    row.set("linked",
            std::ranges::find(view.standings, id, &Standing::property) != view.standings.end());
    violations.push_back(row);
    ++violated;
  }
  Data out;
  const bool open = counts[static_cast<std::size_t>(Status::inconclusive)] > 0 ||
                    std::ranges::any_of(view.evidence.nightly, [](const Json& stage) {
                      return stage["verdict"] == name(Status::inconclusive);
                    });
  out.set("headline", headline(view, violated, open));
  std::vector<std::string> subjects = view.subjects;
  subjects.insert(subjects.end(), view.servers.begin(), view.servers.end());
  out.set("title", subjects.empty() ? "sallyport" : fmt::format("{}", fmt::join(subjects, ", ")));
  Data names = list();
  for (const std::string& subject : subjects) {
    Data name;
    name.set("subject", subject);
    names.push_back(name);
  }
  out.set("subjects", names);
  out.set("has_subjects", !subjects.empty());
  out.set("engines", fmt::format("{}", fmt::join(view.engines, ", ")));
  out.set("judgements", counted(view.standings.size(), "pair"));
  out.set("tiles", tiles);
  out.set("has_violations", violated > 0);
  out.set("violations", violations);
  return out;
}

Data bounds_data(const View& view) {
  Data out = list();
  for (const Run& run : runs_of(view.evidence)) {
    Data row;
    row.set("engine", run.engine);
    row.set("subject", run.subject);
    row.set("work", work_of(run.bound));
    row.set("ending", ending_of(run.bound));
    row.set("exhausted", is(run.bound, "exhausted", true));
    row.set("budget", shown(run.bound, "budget"));
    row.set("seed", shown(run.bound, "seed"));
    row.set("command", command_of(run));
    row.set("has_command", !command_of(run).empty());
    row.set("rows", counted(run.rows, "row"));
    Data figures = list();
    for (const auto& [name, value] : run.bound) {
      // A run of one property has its own figures among the common ones.
      if (name == "cycle" || name.ends_with("_to_violation") || name == "witness_steps") continue;
      Data figure;
      figure.set("name", name);
      figure.set("value", std::visit(Show{}, value));
      figures.push_back(figure);
    }
    row.set("figures", figures);
    row.set("has_figures", !figures.is_empty_list());
    out.push_back(row);
  }
  return out;
}

}  // namespace sallyport::report
