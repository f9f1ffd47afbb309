#include "targets/cli/matrix.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "targets/cli/conclusion.hpp"
#include "targets/cli/crash.hpp"
#include "targets/cli/failure.hpp"
#include "targets/cli/files.hpp"
#include "targets/cli/output/json.hpp"
#include "targets/cli/output/table.hpp"
#include "targets/cli/output/text.hpp"
#include "targets/cli/progress.hpp"
#include "targets/cli/verify.hpp"

namespace sallyport::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// Shorter in steps, then in octets.
bool shorter(const world::Script& a, const world::Script& b) {
  if (a.steps.size() != b.steps.size()) return a.steps.size() < b.steps.size();
  return world::to_bytes(a).size() < world::to_bytes(b).size();
}

std::uint64_t figure(const engine::Result& result, std::string_view name) {
  for (const auto& [key, value] : result.bound) {
    if (key == name && std::holds_alternative<std::uint64_t>(value)) {
      return std::get<std::uint64_t>(value);
    }
  }
  return 0;
}

double duration(const engine::Result& result) {
  for (const auto& [key, value] : result.bound) {
    if (key == "seconds_to_violation" && std::holds_alternative<double>(value)) {
      return std::get<double>(value);
    }
  }
  return 0;
}

engine::Budget half(engine::Budget budget) {
  if (budget.time) *budget.time /= 2;
  if (budget.count) *budget.count = (*budget.count + 1) / 2;
  return budget;
}

class Matrix {
 public:
  explicit Matrix(const MatrixOptions& options)
      : budget_(budget_named(options.budget)),
        seed_(number_named("--seed", options.seed, 0, UINT64_MAX)),
        fuzzer_(sibling(fuzzer_name)),
        progress_(options.common.quiet) {
    std::error_code error;
    engines_ = engines_named(options.engines, std::filesystem::exists(fuzzer_, error));
    for (const std::string& name : options.faults) faults_.push_back(fault_named(name));
    if (faults_.empty()) {
      const auto all = frontend::faults();
      faults_.assign(all.begin(), all.end());
    }
  }

  std::vector<MatrixRow> run() {
    std::vector<MatrixRow> rows;
    for (const frontend::FaultFacts& fault : faults_) {
      MatrixRow row{.fault = fault, .kills = {}};
      for (const std::string& engine : engines_) {
        if (interrupted()) return rows;
        progress_.begin(fmt::format("{} by {} ({} of {})", fault.name, engine, rows.size() + 1,
                                    faults_.size()));
        row.kills.push_back(kill(fault, engine));
        progress_.erase();
      }
      rows.push_back(std::move(row));
    }
    return rows;
  }
  [[nodiscard]] const std::vector<std::string>& engines() const { return engines_; }
  [[nodiscard]] bool complete(const std::vector<MatrixRow>& rows) const {
    return rows.size() == faults_.size();
  }

 private:
  Kill kill(const frontend::FaultFacts& fault, const std::string& engine) {
    engine::Request request;
    request.subject = {
        .configuration = frontend::configured(profile_named("hardened"), fault.fault),
        .protocol = fault.protocol};
    const auto catalogue = properties::catalogue();
    std::ranges::copy_if(catalogue, std::back_inserter(request.properties), [&](const auto* each) {
      return properties::applies_to(*each, fault.protocol);
    });
    request.budget = budget_;
    request.seed = seed_;
    request.stop_at = fault.property;
    request.on_progress = &ProgressLine::on_progress;
    request.progress_context = &progress_;
    Kill kill{.engine = engine, .protocol = fault.protocol};
    const Clock::time_point started = Clock::now();
    try {
      // A search with one client gets deeper, and one with two sees more: half of the budget each.
      const bool search = engine == "explore";
      if (search) request.budget = half(budget_);
      for (std::size_t clients = 1; clients <= (search ? 2 : 1) && !kill.caught; ++clients) {
        for (engine::Result& result : run_engine(engine, request, {.clients = clients}, fuzzer_)) {
          take(kill, fault, result);
        }
      }
    } catch (const std::exception& error) {
      kill.problem = one_line(error.what());
    }
    if (!kill.caught) kill.seconds = std::chrono::duration<double>(Clock::now() - started).count();
    return kill;
  }

  static void take(Kill& kill, const frontend::FaultFacts& fault, engine::Result& result) {
    const bool intended = result.property == fault.property;
    const std::string unit = kill.engine == "explore" ? "states" : "executions";
    if (intended && result.verdict == properties::Verdict::violated) {
      kill.caught = true;
      kill.done = figure(result, unit + "_to_violation");
      kill.seconds = duration(result);
      kill.witness = std::move(result.witness);
    } else if (intended) {
      kill.done = figure(result, unit);
      if (result.verdict == properties::Verdict::inconclusive) kill.problem = result.detail;
    } else if (result.verdict == properties::Verdict::violated) {
      kill.also.push_back(result.property);
    }
  }

  engine::Budget budget_;
  std::uint64_t seed_;
  std::filesystem::path fuzzer_;
  ProgressLine progress_;
  std::vector<std::string> engines_;
  std::vector<frontend::FaultFacts> faults_;
};

Json kill_to_json(const Kill& kill) {
  Json json;
  json["engine"] = kill.engine;
  json["caught"] = kill.caught;
  json["also"] = kill.also;
  json[kill.engine == "explore" ? "states" : "executions"] = kill.done;
  json["seconds"] = kill.seconds;
  if (kill.witness) {
    json["witness_steps"] = kill.witness->finding.script.steps.size();
    json["witness"] = world::to_text(kill.witness->finding);
  }
  if (!kill.problem.empty()) json["problem"] = kill.problem;
  return json;
}

Json document(const MatrixOptions& options, const std::vector<MatrixRow>& rows) {
  Json json;
  json["schema"] = 1;
  json["command"] = "faults";
  json["bound"] = {{"budget", options.budget}, {"seed", options.seed}};
  json["matrix"] = Json::array();
  for (const MatrixRow& row : rows) {
    Json fault = to_json(row.fault);
    fault["protocol"] = trace::name(row.fault.protocol);
    fault["kills"] = Json::array();
    for (const Kill& kill : row.kills) fault["kills"].push_back(kill_to_json(kill));
    json["matrix"].push_back(std::move(fault));
  }
  return json;
}

std::string brief(const Kill& kill) {
  if (!kill.problem.empty()) return "failed";
  if (!kill.caught) return "-";
  const std::string count = kill.done < 10000     ? fmt::format("{}", kill.done)
                            : kill.done < 1000000 ? fmt::format("{}k", kill.done / 1000)
                                                  : fmt::format("{}M", kill.done / 1000000);
  return fmt::format("{} in {}, {:.1f} s", kill.witness->finding.script.steps.size(), count,
                     kill.seconds);
}

std::string report(const Matrix& matrix, const std::vector<MatrixRow>& rows) {
  std::vector<Column> columns{{.heading = "fault", .wraps = true}, {.heading = "property"}};
  for (const std::string& engine : matrix.engines()) columns.push_back({.heading = engine});
  columns.push_back({.heading = "also", .wraps = true, .spared = true});
  Table table(std::move(columns));
  std::size_t by_two = 0;
  std::size_t by_search = 0;
  std::string differences;
  for (const MatrixRow& row : rows) {
    std::vector<Cell> cells{{std::string(row.fault.name)}, {std::string(row.fault.property)}};
    std::vector<std::string> also;
    bool searched = false;
    for (const Kill& kill : row.kills) {
      cells.push_back({brief(kill), kill.caught ? Style::holds : Style::violated});
      searched = searched || (kill.caught && kill.engine != "fuzz");
      for (const std::string& id : kill.also) {
        if (std::ranges::find(also, id) == also.end()) also.push_back(id);
      }
      if (kill.witness &&
          shorter(row.best()->witness->finding.script, kill.witness->finding.script) &&
          row.best()->witness->finding.script.steps.size() !=
              kill.witness->finding.script.steps.size()) {
        differences += fmt::format("  {}: {} {} steps, {} {}\n", row.fault.name, kill.engine,
                                   kill.witness->finding.script.steps.size(), row.best()->engine,
                                   row.best()->witness->finding.script.steps.size());
      }
    }
    std::ranges::sort(also);
    cells.push_back({fmt::format("{}", fmt::join(also, " ")), Style::quiet});
    table.add(std::move(cells));
    by_two += row.catchers() >= 2 ? 1 : 0;
    by_search += searched ? 1 : 0;
  }
  const Terminal terminal = terminal_of(STDOUT_FILENO);
  std::string out = table.fitted(terminal) + '\n';
  out += paragraph(
      "A cell: steps of the minimal witness, states or executions and seconds to the first catch.",
      terminal.columns);
  out +=
      paragraph(fmt::format("{} faults; {} caught by at least two engines; {} by explore or rapid.",
                            rows.size(), by_two, by_search),
                terminal.columns);
  if (!differences.empty()) out += "Minimal witnesses of different length:\n" + differences;
  return out;
}

/// `<fault>-<protocol>.script`, as corpora/regressions keeps them.
void write_witnesses(const std::filesystem::path& directory, const std::vector<MatrixRow>& rows) {
  make_directory(directory);
  for (const MatrixRow& row : rows) {
    const Kill* const best = row.best();
    if (best == nullptr) continue;
    const std::string name =
        fmt::format("{}-{}.script", trace::name(row.fault.protocol), row.fault.name);
    write_file(directory / name, "# expect violated\n" + world::to_text(best->witness->finding));
  }
}

}  // namespace

const Kill* MatrixRow::best() const {
  const Kill* best = nullptr;
  for (const Kill& kill : kills) {
    if (!kill.witness) continue;
    const bool better =
        best == nullptr || shorter(kill.witness->finding.script, best->witness->finding.script);
    if (better) best = &kill;
  }
  return best;
}

std::size_t MatrixRow::catchers() const {
  return static_cast<std::size_t>(std::ranges::count(kills, true, &Kill::caught));
}

Exit run_matrix(const MatrixOptions& options) {
  check(options.common);
  note_interrupts();
  Matrix matrix(options);
  const std::vector<MatrixRow> rows = matrix.run();
  if (!options.witnesses.empty()) write_witnesses(options.witnesses, rows);
  print(options.common.json() ? dumped(document(options, rows)) : report(matrix, rows));
  if (!matrix.complete(rows)) {
    remark("interrupted: not every fault was tried");
    return Exit::failed;
  }
  const auto uncaught = std::ranges::count(rows, std::size_t{0}, &MatrixRow::catchers);
  if (uncaught == 0) return Exit::holds;
  remark(fmt::format("{} of {} faults were caught by no engine within the budget", uncaught,
                     rows.size()));
  return Exit::failed;
}

}  // namespace sallyport::cli
