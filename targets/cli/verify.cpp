// `sallyport verify`: runs the engines on front-ends in the simulated world.
#include "targets/cli/verify.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <system_error>
#include <thread>

#include "targets/cli/command.hpp"
#include "targets/cli/crash.hpp"
#include "targets/cli/failure.hpp"
#include "targets/cli/files.hpp"
#include "targets/cli/help.hpp"
#include "targets/cli/output/json.hpp"
#include "targets/cli/output/text.hpp"
#include "targets/cli/progress.hpp"
#include "targets/explore/archive.hpp"
#include "targets/fuzz/driver.hpp"
#include "targets/rapid/rapid.hpp"
#include "targets/walk/walk.hpp"

namespace sallyport::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t any = std::numeric_limits<std::uint64_t>::max();

// An engine that fails leaves what it was asked open; the other engines still run.
std::vector<engine::Result> failed_engine(std::string_view name, const engine::Request& request,
                                          std::string_view why) {
  std::vector<engine::Result> results;
  for (const properties::Property* property : request.properties) {
    engine::Result result;
    result.property = property->facts.id;
    result.engine = name;
    result.subject = request.subject.name();
    result.verdict = properties::Verdict::inconclusive;
    result.detail = one_line(why);
    results.push_back(std::move(result));
  }
  return results;
}

Run run_one(const VerifyPlan& plan, const std::string& name, engine::Request& request) {
  Run run{
      .engine = name, .subject = request.subject.name(), .rows = {}, .reached = {}, .seconds = 0};
  const Clock::time_point started = Clock::now();
  std::vector<engine::Result> results;
  try {
    results = run_engine(name, request, plan.bound, plan.fuzzer, &run.reached);
  } catch (const explore::Archive::Failure& failure) {
    throw Failure(failure.what());  // that a checkpoint can't be used is nothing about the subject
  } catch (const std::exception& error) {
    results = failed_engine(name, request, error.what());
  }
  run.seconds = std::chrono::duration<double>(Clock::now() - started).count();
  for (engine::Result& result : results) run.rows.push_back({std::move(result), {}});
  return run;
}

// All runs that there was time for; `left` counts the others.
std::vector<Run> run_all(const VerifyPlan& plan, bool quiet, std::size_t& left) {
  std::vector<Run> runs;
  ProgressLine progress(quiet);
  const std::size_t total = plan.subjects.size() * plan.engines.size();
  std::size_t at = 0;
  for (const engine::Subject& subject : plan.subjects) {
    engine::Request request;
    request.subject = subject;
    for (const properties::Property* property : plan.properties) {
      if (properties::applies_to(*property, subject.protocol)) {
        request.properties.push_back(property);
      }
    }
    request.budget = plan.budget;
    request.seed = plan.seed;
    request.on_progress = &ProgressLine::on_progress;
    request.progress_context = &progress;
    for (const std::string& name : plan.engines) {
      ++at;
      if (request.properties.empty()) continue;
      if (interrupted()) {
        ++left;
        continue;
      }
      progress.begin(fmt::format("{} ({} of {})", subject.name(), at, total));
      runs.push_back(run_one(plan, name, request));
      progress.erase();
    }
  }
  return runs;
}

// The rows, and behind them what the search reached, where it was asked about states.
Json document_of(const std::vector<Run>& runs, const Rows& rows) {
  Json json = document("verify", rows);
  Json reached = Json::array();
  for (const Run& run : runs) {
    if (run.reached.empty()) continue;
    Json arcs = Json::array();
    for (const explore::Arc& arc : run.reached) {
      arcs.push_back({{"state", arc.state},
                      {"command", arc.command},
                      {"status", arc.status},
                      {"next", arc.next}});
    }
    reached.push_back(
        {{"engine", run.engine}, {"subject", run.subject}, {"arcs", std::move(arcs)}});
  }
  if (!reached.empty()) json["reached"] = std::move(reached);
  return json;
}

void write_output(const std::filesystem::path& directory, const Rows& rows,
                  const std::string& results) {
  for (const Row& row : rows) {
    if (!row.result.witness) continue;
    write_file(directory / witness_file(row.result), world::to_text(row.result.witness->finding));
  }
  write_file(directory / "results.json", results);
}

std::string left_out_remark(const VerifyOptions& options, const VerifyPlan& plan) {
  const bool fuzzed = std::ranges::find(plan.engines, "fuzz") != plan.engines.end();
  if (!options.engines.empty() || fuzzed) return {};
  return fmt::format("the engine fuzz was left out: {} isn't beside this command", fuzzer_name);
}

Exit verify(const VerifyOptions& options) {
  const VerifyPlan plan = verify_plan(options);
  if (!options.output.empty()) make_directory(options.output);
  const std::string left_out = left_out_remark(options, plan);
  note_interrupts();
  std::size_t left = 0;
  const std::vector<Run> runs = run_all(plan, options.common.quiet, left);
  Rows rows;
  for (const Run& run : runs) rows.insert(rows.end(), run.rows.begin(), run.rows.end());
  const std::string results = dumped(document_of(runs, rows));
  if (!options.output.empty()) write_output(options.output, rows, results);
  if (options.common.json()) {
    if (!left_out.empty() && !options.common.quiet) remark(left_out);
    print(results);
  } else {
    print(verify_report(runs, options, terminal_of(STDOUT_FILENO)));
    if (!left_out.empty()) print(fmt::format("{}\n", left_out));
  }
  return ended(conclude(rows, options.required, interrupted(), left));
}

}  // namespace

// All engines but walk, and fuzz only where its sibling was built, unless they are asked for by
// name.
std::vector<std::string> engines_named(const std::vector<std::string>& asked, bool fuzzer_there) {
  for (const std::string& name : asked) {
    expect_one_of("engine", name, engine_names);
    if (name == "fuzz" && !fuzzer_there) {
      throw Failure(
          fmt::format("the engine fuzz needs {} beside this command; build it, or choose "
                      "--engine explore,rapid",
                      fuzzer_name));
    }
  }
  std::vector<std::string> chosen;
  for (const std::string_view name : engine_names) {
    const bool named = std::ranges::find(asked, name) != asked.end();
    const bool usual = name != "walk" && (name != "fuzz" || fuzzer_there);
    if (named || (asked.empty() && usual)) chosen.emplace_back(name);
  }
  return chosen;
}

std::vector<engine::Result> run_engine(std::string_view name, const engine::Request& request,
                                       const explore::Bound& bound,
                                       const std::filesystem::path& fuzzer,
                                       explore::Reached* reached) {
  if (name == "explore") return explore::run(request, bound, reached);
  if (name == "rapid") return rapid::run(request);
  if (name == "walk") return walk::run(request, bound.threads);
  return fuzz::run(request, fuzzer);
}

VerifyPlan verify_plan(const VerifyOptions& options) {
  check(options.common);
  VerifyPlan plan;
  for (const std::string& id : options.required) (void)property_named(id);
  plan.properties = properties_named(options.properties);
  const auto protocols = protocols_named(options.protocols);
  for (frontend::Configuration front_end : front_ends(options.profiles, options.faults)) {
    if (!options.backends.empty()) {
      front_end.connections_max =
          number_named("--backends", options.backends, 1, properties::max_links);
    }
    for (const trace::Protocol protocol : protocols) {
      plan.subjects.push_back({.configuration = front_end, .protocol = protocol});
    }
  }
  plan.budget = budget_named(options.budget);
  plan.seed = number_named("--seed", options.seed, 0, any);
  if (!options.clients.empty()) {
    plan.bound.clients = number_named("--clients", options.clients, 1, world::clients_max);
  }
  if (!options.depth.empty()) {
    plan.bound.depth_max = number_named("--depth", options.depth, 1, world::steps_max);
  }
  if (!options.memory.empty()) {
    plan.bound.memory_octets_max = number_named("--memory", options.memory, 1, 1U << 20U) << 20U;
  }
  plan.bound.threads = options.threads.empty() ? std::max(1U, std::thread::hardware_concurrency())
                                               : number_named("--threads", options.threads, 1, 256);
  plan.bound.mishaps = !options.no_mishaps;
  plan.bound.compact = options.compact;
  if (options.resume && options.checkpoints.empty()) {
    throw Failure("--resume: needs --checkpoint DIR, where the checkpoints are");
  }
  if (!options.checkpoints.empty()) {
    plan.bound.checkpoints = options.checkpoints;
    plan.bound.resume = options.resume;
    plan.bound.program = digest_of_this_program();
  }
  if (options.no_reductions) {
    plan.bound.footprints = plan.bound.symmetry = plan.bound.commuting = false;
  }
  plan.fuzzer = sibling(fuzzer_name);
  std::error_code error;
  plan.engines = engines_named(options.engines, std::filesystem::exists(plan.fuzzer, error));
  return plan;
}

void add_verify(CLI::App& app, Action& action) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* sub = app.add_subcommand("verify",
                                     "Search front-ends in the simulated world for violations\n"
                                     "Without --profile and --fault, the front-ends of KB 306874 "
                                     "are searched: exchange-2000, which "
                                     "has the bug, and exchange-2000-sp1, which has the fix.");
  sub->add_option("--profile", options->profiles,
                  "A front-end: exchange-2000, exchange-2000-sp1, hardened; repeatable")
      ->type_name("PROFILE")
      ->delimiter(',');
  sub->add_option(
         "--fault", options->faults,
         "One deviation, put into hardened or into the given profile; see sallyport faults; "
         "repeatable")
      ->type_name("FAULT")
      ->delimiter(',');
  sub->add_option("--protocol", options->protocols, "One protocol (default: both)")
      ->type_name("imap|pop3")
      ->delimiter(',');
  sub->add_option(
         "--engine", options->engines,
         "explore (exhaustive within its bound), rapid (RapidCheck), walk (rapid's scripts "
         "on all cores), fuzz (libFuzzer), or several with commas (default: all but walk)")
      ->type_name("ENGINE[,ENGINE…]")
      ->delimiter(',');
  sub->add_option(
         "--budget", options->budget,
         "For each engine on each subject: a time (20s, 10m, 2h), or a count of scripts or "
         "states (200000x), with which a run repeats to the octet (default: 20s)")
      ->type_name("TIME|COUNTx");
  sub->add_option("--seed", options->seed,
                  "Where chance begins, for rapid, walk and fuzz (default: 1)")
      ->type_name("N");
  sub->add_option("--property", options->properties,
                  "Judge this one only; repeatable; see sallyport properties")
      ->type_name("ID")
      ->delimiter(',');
  sub->add_option("--require", options->required,
                  "Exit with 3 if this one was never exercised; repeatable")
      ->type_name("ID")
      ->delimiter(',');
  sub->add_option("--clients", options->clients, "explore: clients at once, 1 or 2 (default: 1)")
      ->type_name("N");
  sub->add_option(
         "--backends", options->backends,
         "Connections to back-ends that the front-end may have at once, 1 to 8 (default: 3)")
      ->type_name("N");
  sub->add_option("--depth", options->depth, "explore: steps of the longest script (default: 64)")
      ->type_name("N");
  sub->add_flag("--no-mishaps", options->no_mishaps,
                "explore: nothing goes wrong behind the front-end");
  sub->add_flag("--compact", options->compact,
                "explore: tell worlds apart by 61 bits, in a third of the memory; the probability "
                "that one was missed is stated");
  sub->add_flag("--no-reductions", options->no_reductions,
                "explore: run each step of each state, in every order");
  sub->add_option("--checkpoint", options->checkpoints,
                  "explore: keep what was found in this directory, every ten minutes and at the "
                  "end")
      ->type_name("DIR");
  sub->add_flag("--resume", options->resume,
                "explore: go on with what --checkpoint's directory has, perhaps with a larger "
                "budget, depth or memory");
  sub->add_option("--memory", options->memory,
                  "explore: stop cleanly at so many MiB (default: 4096)")
      ->type_name("MIB");
  sub->add_option("--threads", options->threads,
                  "explore and walk: how many at once (default: all cores)")
      ->type_name("N");
  sub->add_option(
         "--output", options->output,
         "Write each witness and results.json into this directory; a witness is a file for "
         "sallyport replay")
      ->type_name("DIR");
  add_common(*sub, options->common);
  sub->footer(exit_statuses);
  sub->callback([options, &action] { action = [options] { return verify(*options); }; });
}

}  // namespace sallyport::cli
