// `sallyport report`: the evidence bundle, and what changed between two of them.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <system_error>

#include "targets/cli/command.hpp"
#include "targets/cli/failure.hpp"
#include "targets/cli/files.hpp"
#include "targets/cli/options.hpp"
#include "targets/cli/output/table.hpp"
#include "targets/cli/output/text.hpp"
#include "targets/cli/progress.hpp"
#include "targets/report/artifacts.hpp"
#include "targets/report/bundle.hpp"
#include "targets/report/diff.hpp"

namespace sallyport::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  Common common;
  std::vector<std::string> results;
  std::string output;
  std::vector<std::string> attested;  // NAME=PATH
  bool diff = false;
};

// A folder stands for the results.json in it: a bundle, or the --output of a command.
void read_into(report::Evidence& evidence, const std::string& given) {
  std::error_code error;
  fs::path path(given);
  std::string name = path.filename().string();
  if (given != "-" && fs::is_directory(path, error)) {
    path /= "results.json";
    name = "results.json";
  }
  const std::string shown = given == "-" ? "standard input" : path.string();
  const auto added =
      report::add(evidence, name, read_file(path.string(), given == "-" ? shown : ""));
  if (!added) throw Failure(fmt::format("{}: {}", shown, one_line(added.error())));
}

// For people, in UTC. SOURCE_DATE_EPOCH stands for the clock, as in reproducible builds.
std::string written() {
  std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(
                             std::chrono::system_clock::now().time_since_epoch())
                             .count();
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH")) {
    const std::string_view text(epoch);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || seconds < 0 ||
        seconds > 253402300799) {
      throw Failure(
          fmt::format("SOURCE_DATE_EPOCH takes seconds since 1970, not '{}'", one_line(text)));
    }
  }
  const std::chrono::sys_seconds at{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count());
}

report::Artifact artifact(std::string name, const fs::path& path) {
  auto made = report::artifact_of(std::move(name), path);
  if (!made) throw Failure(one_line(made.error()));
  return *std::move(made);
}

// The command, its fuzz target where it is, and what --attest names.
std::vector<report::Artifact> artifacts_of(const Options& options) {
  std::vector<report::Artifact> out;
  std::error_code error;
  for (const char* binary : {"sallyport", "sallyport-fuzz-session"}) {
    const fs::path path = sibling(binary);
    if (fs::exists(path, error)) out.push_back(artifact(binary, path));
  }
  for (const std::string& given : options.attested) {
    const std::size_t equals = given.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == given.size()) {
      throw Failure(fmt::format("--attest takes NAME=PATH, not '{}'", one_line(given)));
    }
    out.push_back(artifact(given.substr(0, equals), given.substr(equals + 1)));
  }
  return out;
}

std::string summary(const report::Evidence& evidence, const fs::path& directory,
                    const std::vector<report::File>& files, const Terminal& terminal) {
  std::array<std::size_t, report::statuses> counts{};
  for (const report::Standing& standing : report::standings(evidence)) {
    ++counts[static_cast<std::size_t>(standing.status)];
  }
  static constexpr std::array styles{Style::violated, Style::open, Style::open,
                                     Style::holds,    Style::open, Style::quiet};
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < report::statuses; ++i) {
    if (counts[i] == 0) continue;
    const auto name = report::name(static_cast<report::Status>(i));
    parts.push_back(terminal.styled(fmt::format("{} {}", counts[i], name), styles[i]));
  }
  const auto traces = static_cast<std::uint64_t>(std::ranges::count_if(
      files, [](const report::File& file) { return file.name.starts_with("traces/"); }));
  const std::string beside = fmt::format(
      "beside it results.json, results.sarif, junit.xml, attestation.json and {} in traces/",
      unbroken(counted(traces, "file")));
  return fmt::format("{}\n{}\n{}", parts.empty() ? "no property was judged" : joined(parts, ", "),
                     (directory / "index.html").string(), paragraph(beside, terminal.columns, 2));
}

Exit write_bundle(const Options& options) {
  if (options.output.empty()) throw Failure("report: --output is required");
  std::optional<BusyLine> busy(std::in_place, options.common.quiet, "report " + options.output);
  report::Evidence evidence;
  for (const std::string& given : options.results) read_into(evidence, given);
  if (evidence.empty()) throw Failure("there is no result in what was given");
  const fs::path directory(options.output);
  const auto files = report::bundle(evidence, artifacts_of(options), SALLYPORT_VERSION, written());
  make_directory(directory);
  // A witness of an earlier bundle would pass for one of this.
  std::error_code error;
  fs::remove_all(directory / "traces", error);
  if (error) throw Failure(fmt::format("{}: {}", options.output, error.message()));
  make_directory(directory / "traces");
  for (const report::File& file : files) write_file(directory / file.name, file.octets);
  busy.reset();
  print(options.common.json() ? report::dumped(report::to_json(evidence, SALLYPORT_VERSION))
                              : summary(evidence, directory, files, terminal_of(STDOUT_FILENO)));
  return Exit::holds;
}

std::string changes(std::string_view heading, const std::vector<report::Change>& rows, Style style,
                    const Terminal& terminal) {
  if (rows.empty()) return {};
  Table table({{.heading = "property"},
               {.heading = "subject"},
               {.heading = "before"},
               {.heading = "after"},
               {.heading = "detail", .wraps = true, .spared = true}});
  for (const report::Change& row : rows) {
    table.add({{row.property.empty() ? "(stage)" : row.property},
               {row.subject},
               {row.before},
               {row.after, style},
               {row.detail, Style::quiet}});
  }
  return fmt::format("{}\n{}\n", terminal.styled(heading, Style::heading), table.fitted(terminal));
}

std::string bounds(const std::vector<report::BoundChange>& rows, const Terminal& terminal) {
  if (rows.empty()) return {};
  Table table({{.heading = "subject"},
               {.heading = "engine"},
               {.heading = "bound"},
               {.heading = "before"},
               {.heading = "after"}});
  for (const report::BoundChange& row : rows) {
    table.add({{row.subject}, {row.engine}, {row.name}, {row.before}, {row.after}});
  }
  return fmt::format("{}\n{}\n", terminal.styled("other bounds", Style::heading),
                     table.fitted(terminal));
}

Exit compare(const Options& options) {
  if (options.results.size() != 2) throw Failure("--diff takes two: OLD and NEW");
  if (!options.output.empty()) throw Failure("--diff writes no bundle; expected no --output");
  std::array<report::Evidence, 2> sides;
  for (std::size_t i = 0; i < 2; ++i) read_into(sides[i], options.results[i]);
  const report::Difference found = report::difference(sides[0], sides[1]);
  if (options.common.json()) {
    print(report::dumped(report::to_json(found)));
  } else {
    const Terminal terminal = terminal_of(STDOUT_FILENO);
    std::string text = changes("newly violated", found.violated, Style::violated, terminal);
    text += changes("fixed", found.fixed, Style::holds, terminal);
    text += changes("no longer known", found.lost, Style::open, terminal);
    text += changes("changed otherwise", found.other, Style::quiet, terminal);
    text += bounds(found.bounds, terminal);
    text += paragraph(fmt::format("{} compared: {} newly violated, {} fixed, {} no longer known",
                                  counted(found.compared, "verdict"), found.violated.size(),
                                  found.fixed.size(), found.lost.size()),
                      terminal.columns);
    print(text);
  }
  if (!found.violated.empty()) return Exit::violated;
  if (found.compared > 0) return Exit::holds;
  remark("the two have no property and subject in common: nothing was compared");
  return Exit::vacuous;
}

}  // namespace

void add_report(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand(
      "report",
      "Make an evidence bundle of results\n"
      "RESULTS are files that commands printed with --format json (verify, probe, audit, replay, "
      "faults --matrix), that scripts wrote (a night, coverage, the lab's survey), or bundles. "
      "The bundle is a page for people and the same as JSON, SARIF, JUnit XML and an in-toto "
      "statement, with each witness.");
  sub->add_option("RESULTS", options->results,
                  "Files of results, or folders with a results.json; - for standard input")
      ->required();
  sub->add_option("--output", options->output, "Write the bundle into this directory")
      ->type_name("DIR");
  sub->add_option("--attest", options->attested,
                  "Name the digest of this file or folder in attestation.json, beside those of "
                  "the command itself; repeatable")
      ->type_name("NAME=PATH")
      ->allow_extra_args(false);
  sub->add_flag("--diff", options->diff,
                "Write no bundle; say what changed from the first RESULTS to the second, new "
                "violations first");
  add_common(*sub, options->common);
  sub->footer(
      "Exit status:\n"
      "  0  the bundle was written, whatever its verdicts; with --diff: no new violation\n"
      "  1  with --diff: something is violated that was not before\n"
      "  2  wrong usage, or a file that can't be read\n"
      "  3  with --diff: the two have nothing in common\n");
  sub->callback([options, &action] {
    action = [options] {
      check(options->common);
      return options->diff ? compare(*options) : write_bundle(*options);
    };
  });
}

}  // namespace sallyport::cli
