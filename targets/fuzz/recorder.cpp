#include "targets/fuzz/recorder.hpp"

#include <cstdio>
#include <cstdlib>

#include "targets/engine/conclude.hpp"
#include "targets/engine/reduce.hpp"

namespace sallyport::fuzz {

namespace {

/// So many executions may be lost where the process is killed.
constexpr std::uint64_t flush_executions = 4096;

constexpr properties::Facts rest_facts{
    .id = engine::crash_id,
    .statement = "The front-end comes to rest after every action of a client",
    .kind = properties::PropertyKind::liveness,
    .severity = properties::Severity::high,
    .needs = properties::Needs::client_wire,
    .source = "the world's bound on deliveries in one step",
};

}  // namespace

Recorder::Recorder(const Environment& environment) : environment_(environment) {}

Recorder::~Recorder() { flush(); }

engine::Judge& Recorder::judge_of(trace::Protocol protocol) {
  std::unique_ptr<engine::Judge>& judge = protocol == trace::Protocol::imap ? imap_ : pop3_;
  if (!judge) {
    judge = std::make_unique<engine::Judge>(
        engine::Subject{.configuration = environment_.configuration, .protocol = protocol},
        environment_.properties);
    judge->watch(
        [](void* context, std::optional<std::size_t> step, const trace::Events& events) {
          auto& feedback = *static_cast<Feedback*>(context);
          step ? feedback.step(events) : feedback.start();
        },
        &feedback_);
  }
  return *judge;
}

engine::Judge& Recorder::judge_for(world::Script& script) {
  script.protocol = environment_.protocol.value_or(script.protocol);
  return judge_of(script.protocol);
}

void Recorder::run(world::Script script) {
  engine::Judge& judge = judge_for(script);
  judge.run(script);
  conclude(judge, script);
}

void Recorder::run(world::Script script, trace::Variation only) {
  engine::Judge& judge = judge_for(script);
  judge.run(script, only);
  conclude(judge, script);
}

void Recorder::conclude(engine::Judge& judge, const world::Script& script) {
  if (environment_.report) return record(judge, script);
  if (judge.runaway()) fail(judge, script, engine::crash_id);
  for (std::size_t i = 0; i < judge.panel().size(); ++i) {
    if (judge.tallies()[i].violations > 0) fail(judge, script, judge.panel().property(i).facts.id);
  }
}

void Recorder::record(const engine::Judge& judge, const world::Script& script) {
  ++report_.executions;
  report_.steps += script.steps.size();
  if (report_.records.empty()) {
    for (std::size_t i = 0; i < judge.panel().size(); ++i) {
      report_.records.emplace_back(judge.panel().property(i).facts.id, engine::Record{});
    }
  }
  if (judge.runaway() && !report_.runaway) report_.runaway = script;
  for (std::size_t i = 0; i < judge.panel().size(); ++i) {
    const properties::Tally& tally = judge.tallies()[i];
    engine::Record& entry = report_.records[i].second;
    entry.exercised += tally.exercised;
    if (tally.violations == 0) continue;
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    entry.violated_by(script, report_.executions, seconds);
    if (report_.records[i].first == environment_.stop_at) {
      flush();
      std::_Exit(0);  // libFuzzer would take an orderly exit for a failure of the target
    }
  }
  if (report_.executions % flush_executions == 0) flush();
}

void Recorder::fail(engine::Judge& judge, const world::Script& script, std::string_view property) {
  const world::Script reduced = engine::reduce(judge, script, property);
  const bool shown = judge.violates(reduced, property);
  const properties::Tally* tally = judge.tally(property);
  const properties::Facts* facts = &rest_facts;
  for (std::size_t i = 0; i < judge.panel().size(); ++i) {
    if (judge.panel().property(i).facts.id == property) facts = &judge.panel().property(i).facts;
  }
  const std::string actual(!shown ? "a violation that running its script again does not show"
                           : tally == nullptr ? "it never does"
                                              : tally->detail);
  const engine::Witness witness{.finding = engine::finding_of(judge, property, reduced),
                                .dialogue = judge.dialogue(reduced, property)};
  std::fputs(engine::failure_text(*facts, actual, witness).c_str(), stderr);
  std::abort();
}

void Recorder::flush() const {
  if (environment_.report) write_report(*environment_.report, report_);
}

Recorder& recorder(std::span<const properties::Property* const> extra) {
  static Recorder instance([extra] {
    const auto found = environment(extra);
    if (found) return *found;
    std::fprintf(stderr, "sallyport: %s\n", found.error().c_str());
    std::_Exit(2);  // an orderly exit would be a crash to libFuzzer
  }());
  return instance;
}

}  // namespace sallyport::fuzz
