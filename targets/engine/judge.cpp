#include "targets/engine/judge.hpp"

#include <algorithm>

#include "targets/engine/dialogue.hpp"

namespace sallyport::engine {

namespace {

/// The first step in which two scripts of the same length differ; that length where none does.
std::size_t parting(const world::Script& a, const world::Script& b) {
  const auto at = std::mismatch(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end());
  return static_cast<std::size_t>(at.first - a.steps.begin());
}

}  // namespace

Judge::Judge(const Subject& subject, std::span<const properties::Property* const> properties)
    : subject_(subject),
      setting_(subject.configuration, subject.protocol),
      panel_(properties, subject.protocol),
      state_(panel_.start()),
      tallies_(panel_.size()) {}

void Judge::judge_step(const trace::Events& events) {
  panel_.step(state_, events,
              [this](std::size_t i, const properties::Outcome& outcome, std::size_t event) {
                properties::Tally& tally = tallies_[i];
                ++tally.exercised;
                if (outcome.violation.empty()) return;
                if (tally.violations++ > 0) return;
                tally.detail = outcome.violation;
                tally.event = events_before_ + event;
              });
  events_before_ += events.size();
}

void Judge::compare(bool own_first, std::size_t step) {
  panel_.compare(state_, own_first,
                 [this, step](std::size_t i, const properties::Outcome& outcome) {
                   properties::Tally& tally = tallies_[i];
                   ++tally.exercised;
                   if (outcome.violation.empty()) return;
                   if (tally.violations++ > 0) return;
                   tally.detail = outcome.violation;
                   tally.event = step;
                 });
}

void Judge::run(const world::Script& script) {
  state_ = panel_.start();
  std::fill(tallies_.begin(), tallies_.end(), properties::Tally{});
  events_before_ = 0;
  const bool own_first = !script.vary.empty();
  const world::Pair pair = world::runs(script);
  const world::Script& beside = own_first ? pair.second : pair.first;
  // Up to here the two runs are one, and are run once.
  const std::size_t part = panel_.compares() ? parting(script, beside) : script.steps.size();

  world::World own(setting_);
  std::optional<world::World> other;
  own_.clear();
  own.begin(own_);
  judge_step(own_.events);
  for (std::size_t i = 0; i < script.steps.size() && !own.runaway(); ++i) {
    if (i == part) {
      other.emplace(own);
      state_.other = state_.own;
    }
    own_.clear();
    own.step(script.steps[i], own_);
    judge_step(own_.events);
    if (part == script.steps.size()) continue;
    if (other) {
      other_.clear();
      other->step(beside.steps[i], other_);
      panel_.step_other(state_, other_.events);
    } else {
      state_.other = state_.own;
    }
    compare(own_first, i);
  }
  runaway_ = own.runaway() || (other && other->runaway());
}

const properties::Tally* Judge::tally(std::string_view property) const {
  for (std::size_t i = 0; i < panel_.size(); ++i) {
    if (trace::equal_fold(panel_.property(i).facts.id, property)) return &tallies_[i];
  }
  return nullptr;
}

bool Judge::violates(const world::Script& script, std::string_view property) {
  run(script);
  if (property == crash_id) return runaway_;
  const properties::Tally* found = tally(property);
  return found != nullptr && found->violations > 0;
}

std::vector<std::string> Judge::dialogue(const world::Script& script, std::string_view property) {
  run(script);
  const properties::Tally* found = tally(property);
  const bool violated = found != nullptr && found->violations > 0;
  const std::optional<std::size_t> where =
      violated ? std::optional<std::size_t>(found->event) : std::nullopt;
  for (std::size_t i = 0; i < panel_.size(); ++i) {
    const properties::Property& member = panel_.property(i);
    if (!trace::equal_fold(member.facts.id, property)) continue;
    if (member.compare != nullptr) return pair_dialogue(setting_, script, where);
  }
  return single_dialogue(setting_, script, where);
}

world::Finding finding_of(const Judge& judge, std::string_view property,
                          const world::Script& script) {
  world::Finding finding{
      .property = std::string(property), .subject = judge.subject().front_end(), .script = script};
  finding.script.protocol = judge.subject().protocol;
  for (std::size_t i = 0; i < judge.panel().size(); ++i) {
    const properties::Property& member = judge.panel().property(i);
    if (member.compare == nullptr || !trace::equal_fold(member.facts.id, property)) continue;
    if (finding.script.vary.empty()) finding.script = world::with_vary(finding.script);
  }
  return finding;
}

}  // namespace sallyport::engine
