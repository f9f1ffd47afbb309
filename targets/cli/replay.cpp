// `sallyport replay`: runs a finding again and says whether it still shows what it showed.
//
// The script is first run in a child process, so that a subject that dies is a result, CRASH, and
// not the end of the command.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
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
#include "targets/cli/progress.hpp"
#include "targets/cli/replay_live.hpp"
#include "targets/engine/judge.hpp"
#include "targets/engine/reduce.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  Common common;
  std::string file;
  std::string profile;
  std::string fault;
  bool bytes = false;
  bool reduce = false;
  LiveOptions live;
};

constexpr std::string_view default_front_end = "exchange-2000";
constexpr std::size_t crash_reductions_max = 200;  // each is a process or two

world::Finding read_finding(const std::string& file, bool bytes) {
  const std::string label = file == "-" ? "standard input" : file;
  const std::string text = read_file(file, label);
  if (bytes) return {.property = {}, .subject = {}, .script = world::script_from_bytes(text)};
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
  std::string heading;  // the subject's name
  Rows rows;
  std::vector<std::string> dialogue;
};

Replay replay_of(const world::Finding& finding, const engine::Subject& subject) {
  Replay replay{.heading = subject.name(), .rows = {}, .dialogue = {}};
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

// The shortest script found that violates what `finding` does, or the first thing that it violates
// where it names none. One that violates nothing comes back as it is.
world::Finding reduced(world::Finding finding, const engine::Subject& subject) {
  const Rows rows = replay_of(finding, subject).rows;
  const auto row = std::ranges::find_if(
      rows, [](const Row& r) { return r.result.verdict == properties::Verdict::violated; });
  if (row == rows.end()) return finding;
  finding.property = row->result.property;
  if (finding.property == engine::crash_id) {
    finding.script = engine::reduce(
        std::move(finding.script),
        [&](const world::Script& script) {
          const Rows again = replay_of({finding.property, finding.subject, script}, subject).rows;
          return again.front().result.verdict == properties::Verdict::violated;
        },
        crash_reductions_max);
    return finding;
  }
  engine::Judge judge(subject, properties_named({finding.property}));
  finding.script = engine::reduce(judge, std::move(finding.script), finding.property);
  return finding;
}

std::string repeat_line(const Options& options) {
  if (!options.live.url.empty()) return repeat_line(options.file, options.live);
  std::string line = fmt::format("sallyport replay {}", shell_word(options.file));
  if (!options.profile.empty()) line += fmt::format(" --profile {}", options.profile);
  if (!options.fault.empty()) line += fmt::format(" --fault {}", options.fault);
  if (options.bytes) line += " --bytes";
  if (options.reduce) line += " --reduce";
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
  return terminal.styled(replay.heading, Style::heading) + '\n' +
         dialogue(replay.dialogue, Lines::whole, terminal) + '\n' + others;
}

Replay replay_live(const world::Finding& finding, const Options& options) {
  if (finding.property == engine::crash_id) {
    throw Failure(
        "a CRASH is of a front-end in this process; expected another property with --live");
  }
  if (!options.profile.empty() || !options.fault.empty()) {
    throw Failure(
        "--profile and --fault are for the simulated front-end; expected none with --live");
  }
  LiveReplay played = replayed_live(finding, options.live);
  Replay replay{
      .heading = {}, .rows = std::move(played.rows), .dialogue = std::move(played.dialogue)};
  if (!replay.rows.empty()) replay.heading = replay.rows.front().result.subject;
  return replay;
}

Exit replay(const Options& options) {
  check(options.common);
  world::Finding finding = read_finding(options.file, options.bytes);
  Replay done;
  std::optional<BusyLine> busy(std::in_place, options.common.quiet, "replay " + options.file);
  if (options.live.url.empty()) {
    const engine::Subject subject = subject_of(finding, options);
    if (options.reduce) finding = reduced(std::move(finding), subject);
    done = replay_of(finding, subject);
  } else {
    if (options.reduce) {
      throw Failure("--reduce is for the simulated front-end; expected it without --live");
    }
    done = replay_live(finding, options);
  }
  busy.reset();
  if (options.common.json()) {
    Json json = document("replay", done.rows);
    json["dialogue"] = done.dialogue;
    print(dumped(json));
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
  sub->add_flag("--bytes", options->bytes,
                "FINDING is what a fuzzer left: a script in its byte form");
  sub->add_flag("--reduce", options->reduce,
                "Shorten the script first, as long as it violates the same property");
  add_live_options(*sub, options->live);
  add_common(*sub, options->common);
  sub->footer(exit_statuses);
  sub->callback([options, &action] { action = [options] { return replay(*options); }; });
}

}  // namespace sallyport::cli
