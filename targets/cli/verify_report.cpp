// What `sallyport verify` says to people: a table per subject with a column per engine, what each
// engine's word is bounded by, then every violation once with its shortest witness.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <variant>

#include "properties/property.hpp"
#include "targets/cli/output/table.hpp"
#include "targets/cli/output/text.hpp"
#include "targets/cli/output/violation.hpp"
#include "targets/cli/verify.hpp"

namespace sallyport::cli {
namespace {

using properties::Verdict;
using Group = std::vector<const Run*>;  // the runs on one subject

std::vector<Group> by_subject(const std::vector<Run>& runs) {
  std::vector<Group> groups;
  for (const Run& run : runs) {
    if (groups.empty() || groups.back().front()->subject != run.subject) groups.emplace_back();
    groups.back().push_back(&run);
  }
  return groups;
}

const Row* row_of(const Run& run, std::string_view property) {
  const auto found = std::ranges::find_if(
      run.rows, [&](const Row& row) { return row.result.property == property; });
  return found == run.rows.end() ? nullptr : &*found;
}

// The ids with a row in any run, in the catalogue's order, CRASH first: it matters most.
std::vector<std::string_view> ids_of(const Group& group) {
  const auto present = [&](std::string_view id) {
    return std::ranges::any_of(group, [&](const Run* run) { return row_of(*run, id) != nullptr; });
  };
  std::vector<std::string_view> ids;
  if (present(engine::crash_id)) ids.push_back(engine::crash_id);
  for (const properties::Property* property : properties::catalogue()) {
    if (present(property->facts.id)) ids.push_back(property->facts.id);
  }
  return ids;
}

Cell cell_of(const Row* row) {
  if (row == nullptr) return {"-", Style::quiet};
  std::string text(properties::name(row->result.verdict));
  if (row->result.exercised > 0) text += fmt::format(" ×{}", row->result.exercised);
  return {std::move(text), style_of(*row)};
}

std::string table_of(const Group& group, const Terminal& terminal) {
  std::vector<Column> columns{{.heading = "property"}};
  for (const Run* run : group) columns.push_back({.heading = run->engine});
  columns.push_back({.heading = "statement", .wraps = true, .spared = true});
  Table table(std::move(columns));
  for (const std::string_view id : ids_of(group)) {
    std::vector<Cell> cells{{std::string(id), Style::plain}};
    for (const Run* run : group) cells.push_back(cell_of(row_of(*run, id)));
    const properties::Property* property = properties::find(id);
    cells.push_back(
        {property == nullptr ? "" : std::string(property->facts.statement), Style::quiet});
    table.add(std::move(cells));
  }
  return table.fitted(terminal);
}

std::string shown(const engine::Result::Value& value) {
  struct Show {
    std::string operator()(std::uint64_t number) const { return grouped(number); }
    std::string operator()(double number) const { return fmt::format("{:.3g}", number); }
    std::string operator()(bool yes) const { return yes ? "yes" : "no"; }
    std::string operator()(const std::string& text) const { return text; }
  };
  return std::visit(Show{}, value);
}

// "budget 20s, seed 1, states 12 034, exhausted yes, 3.2 s": what all rows of the run have in
// common.
std::string bound_of(const Run& run) {
  std::string out;
  if (run.rows.empty()) return out;
  for (const auto& member : run.rows.front().result.bound) {
    const bool common = std::ranges::all_of(run.rows, [&](const Row& row) {
      return std::ranges::find(row.result.bound, member) != row.result.bound.end();
    });
    const bool of_one = run.rows.size() == 1 && member.first.ends_with("_to_violation");
    if (!common || of_one) continue;
    out += unbroken(fmt::format("{} {},", member.first, shown(member.second))) + ' ';
  }
  return out + unbroken(fmt::format("{:.1f} s", run.seconds));
}

std::string repeat_line(const engine::Result& result, const VerifyOptions& options) {
  if (!options.output.empty()) {
    const std::filesystem::path path = std::filesystem::path(options.output) / witness_file(result);
    return fmt::format("sallyport replay {}", shell_word(path.string()));
  }
  const std::string_view subject = result.subject;
  const std::size_t slash = subject.rfind('/');
  const std::string_view front_end = subject.substr(0, slash);
  const std::size_t plus = front_end.find('+');
  std::string line = fmt::format("sallyport verify --profile {}", front_end.substr(0, plus));
  if (plus != std::string_view::npos) {
    line += fmt::format(" --fault {}", front_end.substr(plus + 1));
  }
  line += fmt::format(" --protocol {} --engine {}", subject.substr(slash + 1), result.engine);
  if (result.property != engine::crash_id) line += fmt::format(" --property {}", result.property);
  line += fmt::format(" --budget {} --seed {}", options.budget, options.seed);
  if (!options.clients.empty()) line += fmt::format(" --clients {}", options.clients);
  if (!options.depth.empty()) line += fmt::format(" --depth {}", options.depth);
  return line;
}

std::size_t length(const Row& row) {
  return row.result.witness ? row.result.witness->finding.script.steps.size()
                            : static_cast<std::size_t>(-1);
}

// Of each violated property of a subject, the row with the shortest witness.
std::vector<const Row*> shortest(const Group& group) {
  std::vector<const Row*> rows;
  for (const std::string_view id : ids_of(group)) {
    const Row* best = nullptr;
    for (const Run* run : group) {
      const Row* row = row_of(*run, id);
      if (row == nullptr || row->result.verdict != Verdict::violated) continue;
      if (best == nullptr || length(*row) < length(*best)) best = row;
    }
    if (best != nullptr) rows.push_back(best);
  }
  return rows;
}

std::string summary(const std::vector<Run>& runs, const Terminal& terminal) {
  std::map<Verdict, std::size_t> counts;
  std::map<Verdict, Style> styles;
  for (const Run& run : runs) {
    for (const Row& row : run.rows) {
      ++counts[row.result.verdict];
      styles[row.result.verdict] = style_of(row);
    }
  }
  std::string out;
  for (const auto& [verdict, count] : counts) {
    if (!out.empty()) out += ", ";
    out += terminal.styled(fmt::format("{} {}", count, properties::name(verdict)), styles[verdict]);
  }
  return out.empty() ? "nothing was judged\n" : out + '\n';
}

}  // namespace

std::string witness_file(const engine::Result& result) {
  return report::witness_name(result) + ".script";
}

std::string verify_report(const std::vector<Run>& runs, const VerifyOptions& options,
                          const Terminal& terminal) {
  std::string out;
  const std::vector<Group> groups = by_subject(runs);
  for (const Group& group : groups) {
    out += terminal.styled(group.front()->subject, Style::heading) + '\n';
    out += table_of(group, terminal);
    for (const Run* run : group) out += field(run->engine, bound_of(*run), terminal);
    out += '\n';
  }
  for (const Group& group : groups) {
    for (const Row* row : shortest(group)) {
      out += violation(*row, repeat_line(row->result, options), Lines::clipped, terminal) + '\n';
    }
  }
  return out + summary(runs, terminal);
}

}  // namespace sallyport::cli
