#include "targets/fuzz/driver.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "targets/engine/conclude.hpp"
#include "targets/engine/judge.hpp"
#include "targets/engine/reduce.hpp"
#include "targets/engine/seeds.hpp"
#include "targets/fuzz/environment.hpp"
#include "targets/fuzz/log.hpp"
#include "targets/fuzz/process.hpp"
#include "targets/fuzz/report.hpp"

namespace sallyport::fuzz {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t script_octets_max = 256;  // some twenty steps
constexpr auto one_script_max = 10s;            // then libFuzzer says timeout
constexpr auto overrun_max = 30s;               // behind its own time, before it is killed
constexpr auto poll_every = 10ms;
constexpr auto progress_every = 250ms;
constexpr std::size_t crash_reductions_max = 200;  // runs of the sibling

/// A private directory that goes when its owner goes.
class Workspace {
 public:
  Workspace() {
    std::error_code ignored;
    std::string name = (fs::temp_directory_path(ignored) / "sallyport-fuzz-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) return;
    path_ = name;
    fs::create_directory(path_ / "seeds", ignored);
    fs::create_directory(path_ / "artifacts", ignored);
    fs::create_directory(path_ / "report", ignored);
  }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  [[nodiscard]] bool made() const { return !path_.empty(); }
  [[nodiscard]] fs::path operator/(std::string_view name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Driver {
 public:
  Driver(const engine::Request& request, fs::path sibling)
      : request_(request),
        sibling_(std::move(sibling)),
        judge_(request.subject, request.properties),
        records_(judge_.panel().size()) {}

  std::vector<engine::Result> run() {
    ending_.engine = "fuzz";
    ending_.unit = "executions";
    if (access(sibling_.c_str(), X_OK) != 0) {
      ending_.failure = sibling_.string() + ": expected the fuzz target there, found none to run";
    } else if (!workspace_.made()) {
      ending_.failure = "no temporary directory could be made";
    } else {
      fuzz();
    }
    std::vector<engine::Result> results = engine::conclude(request_, judge_, records_, ending_);
    if (crash_) results.push_back(std::move(*crash_));
    return results;
  }

 private:
  void fuzz() {
    auto process = Process::start(arguments(), variables(), workspace_ / "log");
    if (!process) {
      ending_.failure = process.error();
      return;
    }
    const std::optional<Exit> exit = watch(*process);
    process->stop();
    const std::string log = contents(workspace_ / "log");
    take_report();
    ending_.bound.emplace_back("coverage_edges", figure_in(log, "cov: ").value_or(0));
    if (!exit) {
      if (ending_.failure.empty() && ending_.done == 0) ending_.done = executions_in(log);
      return;
    }
    if (exit->well()) {
      if (ending_.done == 0) ending_.failure = "the fuzz target left no report";
      return;
    }
    const std::optional<world::Script> script = artifact();
    if (script) {
      take_crash(*script, log);
    } else {
      ending_.failure = "the fuzz target failed: " + last_line_of(log);
    }
  }

  /// Scripts to start from: the seeds of this protocol, in their order, which the seed list keeps.
  std::string seeds() {
    std::string list;
    for (const engine::Seed& seed : engine::seeds()) {
      const auto script = world::script_from_text(seed.text);
      if (!script || script->protocol != request_.subject.protocol) continue;
      const fs::path path = workspace_ / "seeds" / seed.name;
      std::ofstream(path, std::ios::binary) << world::to_bytes(*script);
      if (!list.empty()) list.push_back(',');
      list += path.string();
    }
    return list;
  }

  std::vector<std::string> arguments() {
    const auto folded = static_cast<std::uint32_t>(request_.seed ^ request_.seed >> 32);
    std::vector<std::string> out{
        sibling_.string(),
        "-seed=" + std::to_string(folded == 0 ? 1 : folded),  // 0 would be a random one
        "-seed_inputs=" + seeds(),
        "-max_len=" + std::to_string(script_octets_max),
        "-len_control=0",
        "-reload=0",
        "-detect_leaks=0",
        "-timeout=" + std::to_string(one_script_max.count()),
        "-print_final_stats=1",
        "-artifact_prefix=" + (workspace_ / "artifacts").string() + "/"};
    if (request_.budget.count) out.push_back("-runs=" + std::to_string(*request_.budget.count));
    if (request_.budget.time) {
      const auto whole = std::chrono::ceil<std::chrono::seconds>(*request_.budget.time);
      out.push_back("-max_total_time=" + std::to_string(whole.count()));
    }
    return out;
  }

  std::vector<std::pair<std::string, std::string>> variables() const {
    const frontend::Configuration& configuration = request_.subject.configuration;
    std::string ids;
    for (std::size_t i = 0; i < judge_.panel().size(); ++i) {
      if (i > 0) ids.push_back(',');
      ids += judge_.panel().property(i).facts.id;
    }
    const bool imap = request_.subject.protocol == trace::Protocol::imap;
    return {{variables::front_end, request_.subject.front_end()},
            {variables::protocol, imap ? "imap" : "pop3"},
            {variables::certificate, configuration.certificate ? "1" : "0"},
            {variables::connections, std::to_string(configuration.connections_max)},
            {variables::properties, ids},
            {variables::stop_at, std::string(request_.stop_at)},
            {variables::report, (workspace_ / "report").string()}};
  }

  /// Nothing where the sibling was stopped, by the caller or because it didn't stop itself.
  std::optional<Exit> watch(Process& process) {
    const Clock::time_point started = Clock::now();
    Clock::time_point shown = started;
    for (;;) {
      if (const auto exit = process.poll()) return exit;
      const Clock::time_point now = Clock::now();
      if (request_.budget.time && now - started > *request_.budget.time + overrun_max) {
        ending_.failure = "the fuzz target did not stop when its time was over";
        return std::nullopt;
      }
      if (request_.on_progress != nullptr && now - shown >= progress_every) {
        shown = now;
        const engine::Progress progress{
            .engine = "fuzz",
            .done = executions_in(contents(workspace_ / "log")),
            .seconds = std::chrono::duration<double>(now - started).count(),
            .unit = "scripts",
            .depth = 0,
            .frontier = 0};
        if (!request_.on_progress(request_.progress_context, progress)) return std::nullopt;
      }
      std::this_thread::sleep_for(poll_every);
    }
  }

  void take_report() {
    auto report = read_report(workspace_ / "report");
    if (!report) return;
    ending_.done = report->executions;
    ending_.bound.emplace_back("steps", report->steps);
    if (report->runaway) {
      ending_.runaway = engine::reduce(judge_, *report->runaway, engine::crash_id);
    }
    for (std::size_t i = 0; i < records_.size(); ++i) {
      const std::string_view id = judge_.panel().property(i).facts.id;
      for (auto& [property, record] : report->records) {
        if (property != id) continue;
        records_[i] = std::move(record);
        if (!records_[i].script || !judge_.violates(*records_[i].script, id)) continue;
        records_[i].script = engine::reduce(judge_, std::move(*records_[i].script), id);
      }
    }
  }

  /// The input that libFuzzer left behind when it died.
  std::optional<world::Script> artifact() {
    std::error_code error;
    for (const fs::directory_entry& entry :
         fs::directory_iterator(workspace_ / "artifacts", error)) {
      world::Script script = world::script_from_bytes(contents(entry.path()));
      script.protocol = request_.subject.protocol;
      return script;
    }
    return std::nullopt;
  }

  bool crashes(const world::Script& script) {
    const fs::path input = workspace_ / "crash";
    std::ofstream(input, std::ios::binary) << world::to_bytes(script);
    auto process =
        Process::start({sibling_.string(), "-detect_leaks=0",
                        "-timeout=" + std::to_string(one_script_max.count()), input.string()},
                       variables(), workspace_ / "crash.log");
    return process && !process->wait().well();
  }

  void take_crash(const world::Script& script, const std::string& log) {
    const bool again = crashes(script);
    const world::Script reduced =
        again ? engine::reduce(
                    script, [this](const world::Script& candidate) { return crashes(candidate); },
                    crash_reductions_max)
              : script;
    const std::string what = failure_in(log);
    ending_.failure = "the fuzz target crashed first";
    crash_ = engine::Result{.property = std::string(engine::crash_id),
                            .engine = "fuzz",
                            .subject = request_.subject.name(),
                            .verdict = properties::Verdict::violated,
                            .detail = what.empty() ? last_line_of(log) : what,
                            .exercised = 1,
                            .bound = {{"budget", engine::to_text(request_.budget)},
                                      {"seed", request_.seed},
                                      {"repeats", again},
                                      {"witness_steps", std::uint64_t{reduced.steps.size()}}},
                            .witness = std::nullopt};
    crash_->witness = engine::Witness{
        .finding = engine::finding_of(judge_, engine::crash_id, reduced), .dialogue = {}};
    for (const world::Step& step : reduced.steps) {
      crash_->witness->dialogue.push_back("  " + world::to_text(step));
    }
    crash_->witness->dialogue.push_back("> " + crash_->detail);
    for (const std::string& frame : stack_in(log, 8)) {
      crash_->witness->dialogue.push_back("    in " + frame);
    }
  }

  const engine::Request& request_;
  const fs::path sibling_;
  engine::Judge judge_;
  std::vector<engine::Record> records_;
  engine::Ending ending_;
  std::optional<engine::Result> crash_;
  Workspace workspace_;
};

}  // namespace

std::vector<engine::Result> run(const engine::Request& request, const fs::path& sibling) {
  return Driver(request, sibling).run();
}

}  // namespace sallyport::fuzz
