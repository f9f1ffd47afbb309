// `sallyport replay`: runs a finding again and says whether it still shows what it showed.
//
// The script is first run in a child process, so that a subject that dies is a result, CRASH, and
// not the end of the command.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "targets/cli/command.hpp"
#include "targets/cli/crash.hpp"
#include "targets/cli/failure.hpp"
#include "targets/cli/files.hpp"
#include "targets/cli/help.hpp"
#include "targets/cli/options.hpp"
#include "targets/cli/output/json.hpp"
#include "targets/cli/output/text.hpp"
#include "targets/cli/output/violation.hpp"
#include "targets/engine/judge.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  Common common;
  std::string file;
  std::string profile;
  std::string fault;
};

constexpr std::string_view default_front_end = "exchange-2000";

world::Finding read_finding(const std::string& file) {
  const std::string label = file == "-" ? "standard input" : file;
  const std::string text = read_file(file, label);
  auto finding = world::finding_from_text(text);
  if (!finding) {
    throw Failure(fmt::format("{}:{}: {}", label, finding.error().line, finding.error().message));
  }
  return *std::move(finding);
}

engine::Subject subject_of(const world::Finding& finding, const Options& options) {
  const std::string_view recorded =
      finding.subject.empty() ? default_front_end : std::string_view(finding.subject);
  const std::size_t plus = recorded.find('+');
  std::string front_end(recorded);
  if (!options.profile.empty()) {
    front_end = options.profile;
  } else if (!options.fault.empty()) {
    front_end = finding.subject.empty() ? "hardened" : std::string(recorded.substr(0, plus));
  }
  if (!options.fault.empty()) front_end += '+' + options.fault;
  return {.configuration = front_end_named(front_end), .protocol = finding.script.protocol};
}

engine::Result crash_result(const engine::Subject& subject, std::string detail) {
  engine::Result result;
  result.property = engine::crash_id;
  result.engine = "replay";
  result.subject = subject.name();
  result.exercised = 1;
  result.verdict = detail.empty() ? properties::Verdict::holds : properties::Verdict::violated;
  result.detail = std::move(detail);
  return result;
}

engine::Result result_of(const properties::Property& property, const properties::Tally& tally,
                         const engine::Subject& subject) {
  engine::Result result;
  result.property = property.facts.id;
  result.engine = "replay";
  result.subject = subject.name();
  result.exercised = tally.exercised;
  result.detail = tally.detail;
  if (tally.violations > 0) {
    result.verdict = properties::Verdict::violated;
  } else if (tally.exercised > 0) {
    result.verdict = properties::Verdict::holds;
  } else {
    result.verdict = properties::Verdict::vacuous;
  }
  return result;
}

// The script's steps stand for a dialogue that can't be had.
std::vector<std::string> steps_of(const world::Script& script) {
  std::vector<std::string> lines;
  for (const world::Step& step : script.steps) lines.push_back(world::to_text(step));
  if (!lines.empty()) lines.back().insert(0, "> ");
  return lines;
}

struct Replay {
  engine::Subject subject;
  Rows rows;
  std::vector<std::string> dialogue;
};

Replay replay_of(const world::Finding& finding, const engine::Subject& subject) {
  Replay replay{.subject = subject, .rows = {}, .dialogue = {}};
  const bool for_crash = finding.property == engine::crash_id;
  std::vector<const properties::Property*> judged;
  if (!for_crash) {
    judged =
        properties_named(finding.property.empty() ? std::vector<std::string>{}
                                                  : std::vector<std::string>{finding.property});
  }
  const auto add = [&](engine::Result result, std::vector<std::string> lines) {
    if (result.verdict == properties::Verdict::violated) {
      result.witness =
          engine::Witness{.finding = {result.property, subject.front_end(), finding.script},
                          .dialogue = std::move(lines)};
    }
    replay.rows.push_back({std::move(result), {}});
  };
  auto death = death_in_child(subject, finding.script, judged);
  if (!death && for_crash) death = death_in_sibling(subject, finding.script);
  if (death) {
    replay.dialogue = steps_of(finding.script);
    add(crash_result(subject, *std::move(death)), replay.dialogue);
    return replay;
  }
  engine::Judge judge(subject, judged);
  judge.run(finding.script);
  const std::vector<properties::Tally> tallies = judge.tallies();
  const bool runaway = judge.runaway();
  replay.dialogue = judge.dialogue(finding.script, finding.property);
  if (for_crash || runaway) {
    add(crash_result(subject, runaway ? "the subject never comes to rest" : ""), replay.dialogue);
  }
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    const properties::Property& property = judge.panel().property(i);
    engine::Result result = result_of(property, tallies[i], subject);
    std::vector<std::string> lines;
    if (result.verdict == properties::Verdict::violated) {
      lines = judge.dialogue(finding.script, property.facts.id);
    }
    add(std::move(result), std::move(lines));
  }
  return replay;
}

std::string repeat_line(const Options& options) {
  std::string line = fmt::format("sallyport replay {}", shell_word(options.file));
  if (!options.profile.empty()) line += fmt::format(" --profile {}", options.profile);
  if (!options.fault.empty()) line += fmt::format(" --fault {}", options.fault);
  return line;
}

std::string report(const Replay& replay, const Options& options, const Terminal& terminal) {
  std::string violations;
  std::string others;
  for (const Row& row : replay.rows) {
    if (row.result.verdict == properties::Verdict::violated) {
      if (!violations.empty()) violations += '\n';
      violations += violation(row, repeat_line(options), Lines::whole, terminal);
      continue;
    }
    others += fmt::format("{} {} on {}", row.result.property,
                          terminal.styled(properties::name(row.result.verdict), style_of(row)),
                          row.result.subject);
    if (row.result.exercised > 0) {
      others += fmt::format(" (exercised {})", counted(row.result.exercised, "time"));
    }
    others += '\n';
  }
  if (!violations.empty()) return others.empty() ? violations : violations + '\n' + others;
  return terminal.styled(replay.subject.name(), Style::heading) + '\n' +
         dialogue(replay.dialogue, Lines::whole, terminal) + '\n' + others;
}

Exit replay(const Options& options) {
  check(options.common);
  const world::Finding finding = read_finding(options.file);
  const Replay done = replay_of(finding, subject_of(finding, options));
  if (options.common.json()) {
    print(dumped(document("replay", done.rows)));
  } else {
    print(report(done, options, terminal_of(STDOUT_FILENO)));
  }
  return ended(conclude(done.rows, {}));
}

}  // namespace

void add_replay(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand(
      "replay",
      "Run a finding again and show its dialogue\n"
      "A finding is a script with the lines `property ID` and `subject FRONT-END` on top. Without "
      "`property` all properties are judged; without `subject` the front-end is exchange-2000.");
  sub->add_option("FINDING", options->file, "The finding's file, or - for standard input")
      ->required();
  sub->add_option("--profile", options->profile, "Run it on this front-end instead")
      ->type_name("PROFILE");
  sub->add_option("--fault", options->fault,
                  "Put this deviation into the front-end; see sallyport faults")
      ->type_name("FAULT");
  add_common(*sub, options->common);
  sub->footer(exit_statuses);
  sub->callback([options, &action] { action = [options] { return replay(*options); }; });
}

}  // namespace sallyport::cli
