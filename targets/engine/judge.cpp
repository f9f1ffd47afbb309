#include "targets/engine/judge.hpp"

#include <algorithm>
#include <utility>

namespace sallyport::engine {

namespace {

/// The first step in which two scripts of the same length differ; that length where none does.
std::size_t parting(const world::Script& a, const world::Script& b) {
  const auto at = std::mismatch(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end());
  return static_cast<std::size_t>(at.first - a.steps.begin());
}

/// They change nearly every script, so each costs a second run of it.
bool is_costly(trace::Variation variation) {
  return variation == trace::Variation::segmentation ||
         variation == trace::Variation::backend_before_tls ||
         variation == trace::Variation::other_users_secrets;
}

/// A step of one of two runs, and what is there behind it.
struct Taking {
  const world::Step& step;
  const world::World& world;
  const world::Taken& taken;
};

/// Do the two runs part in this step by something that `variation` didn't make? What they show
/// from then on says nothing.
bool part(const Taking& own, const Taking& other, trace::Variation variation) {
  // A slow back-end keeps one waiting and not the other, or keeps them at different points: what
  // they do next comes at different times, and time is not compared.
  if (own.world.at_rest() != other.world.at_rest()) return true;
  if (!own.world.at_rest()) {
    for (std::size_t s = 0; s < world::clients_max; ++s) {
      if (!own.world.client(s).stands_as(other.world.client(s))) return true;
    }
  }
  // Something goes wrong in one of them, and the other has no connection to go wrong.
  if (own.step.mishap == other.step.mishap && own.world.struck() != other.world.struck()) {
    return true;
  }
  // A choice of connections is the same only where there is the same to choose from.
  return variation != trace::Variation::schedule && !own.step.leases.empty() &&
         own.taken.arities != other.taken.arities;
}

}  // namespace

Judge::Judge(const Subject& subject, std::span<const properties::Property* const> properties)
    : subject_(subject),
      settings_(subject.configuration, subject.protocol),
      panel_(properties, subject.protocol),
      fresh_(settings_.usual),
      world_(fresh_),
      single_(panel_.single().monitors.start()),
      tallies_(panel_.size()) {
  fresh_.begin(begun_);
  judge_step(begun_.events);
  begun_single_ = single_;
  begun_tallies_ = tallies_;
}

void Judge::note(std::size_t member, const properties::Outcome& outcome, std::size_t where) {
  properties::Tally& tally = tallies_[member];
  ++tally.exercised;
  if (outcome.violation().empty() || tally.violations++ > 0) return;
  tally.detail = outcome.violation();
  tally.event = where;
}

void Judge::judge_step(const trace::Events& events) {
  const Panel::Set& set = panel_.single();
  set.monitors.step(single_, events,
                    [&](std::size_t i, const properties::Outcome& outcome, std::size_t event) {
                      note(set.members[i], outcome, events_before_ + event);
                    });
  events_before_ += events.size();
}

std::vector<const Panel::Set*> Judge::sets_for(const world::Script& script) const {
  std::vector<const Panel::Set*> sets;
  std::vector<const Panel::Set*> in_turn;
  for (const Panel::Set& set : panel_.pairs()) {
    if (!script.vary.empty() && script.vary.front().variation != set.variation) continue;
    (script.vary.empty() && is_costly(set.variation) ? in_turn : sets).push_back(&set);
  }
  if (!in_turn.empty()) {
    sets.push_back(in_turn[trace::digest_of(world::to_bytes(script)) % in_turn.size()]);
  }
  return sets;
}

void Judge::run(const world::Script& script) { run(script, sets_for(script)); }

void Judge::run(const world::Script& script, trace::Variation only) {
  std::vector<const Panel::Set*> sets;
  for (const Panel::Set& set : panel_.pairs()) {
    if (set.variation == only) sets.push_back(&set);
  }
  run(script, sets);
}

/// Nothing, where the variation changes nothing of the script.
void Judge::set_beside(const world::Script& script, const Panel::Set& set,
                       const world::World& own) {
  const bool varied = !script.vary.empty() && script.vary.front().variation == set.variation;
  const bool own_first = varied || set.variation != trace::Variation::schedule;
  world::Pair pair = world::runs(script, set.variation);
  Beside beside{.set = &set,
                .own_first = own_first,
                .script = std::move(own_first ? pair.second : pair.first),
                .part = 0,
                .world = std::nullopt,
                .own = set.monitors.start(),
                .other = set.monitors.start()};
  beside.part = parting(script, beside.script);
  const auto ignore = [](std::size_t, const properties::Outcome&, std::size_t) {};
  if (beside.script.other_secrets) {
    beside.part = 0;
    beside.world.emplace(settings_.of(beside.script));
    other_.clear();
    beside.world->begin(other_);
    set.monitors.step(beside.other, other_.events, ignore);
  } else if (beside.part == script.steps.size()) {
    return;
  } else {
    set.monitors.step(beside.other, begun_.events, ignore);
  }
  set.monitors.step(beside.own, begun_.events, ignore);
  if (beside.part == 0 && !beside.world) beside.world.emplace(own);
  beside_.push_back(std::move(beside));
}

/// The own run has taken `own_step`, from `own_before`; the other takes its `step` now.
void Judge::step_beside(Beside& beside, const world::World& own_before, const world::World& own,
                        const world::Step& own_step, std::size_t step) {
  const properties::Monitors& monitors = beside.set->monitors;
  const auto ignore = [](std::size_t, const properties::Outcome&, std::size_t) {};
  if (step == beside.part && !beside.world) {
    beside.world.emplace(own_before);
    beside.other = beside.own;
  }
  monitors.step(beside.own, own_.events, ignore);
  if (beside.world) {
    other_.clear();
    beside.world->step(beside.script.steps[step], other_, &other_taken_);
    beside.parted =
        beside.parted ||
        part({.step = own_step, .world = own, .taken = own_taken_},
             {.step = beside.script.steps[step], .world = *beside.world, .taken = other_taken_},
             beside.set->variation);
    monitors.step(beside.other, other_.events, ignore);
    runaway_ = runaway_ || beside.world->runaway();
  } else {
    beside.other = beside.own;
  }
  if (beside.parted || !own.at_rest()) return;
  monitors.compare(beside.own_first ? beside.own : beside.other,
                   beside.own_first ? beside.other : beside.own,
                   [&](std::size_t i, const properties::Outcome& outcome) {
                     note(beside.set->members[i], outcome, step);
                   });
}

void Judge::run(const world::Script& script, const std::vector<const Panel::Set*>& sets) {
  single_ = begun_single_;
  tallies_ = begun_tallies_;
  events_before_ = begun_.events.size();
  runaway_ = false;
  world::World& own = world_;
  if (on_step_ != nullptr) on_step_(context_, std::nullopt, begun_.events);
  for (const Panel::Set* const set : sets) set_beside(script, *set, own);
  for (std::size_t i = 0; i < script.steps.size() && !runaway_; ++i) {
    const bool parts = std::ranges::any_of(
        beside_, [i](const Beside& beside) { return beside.part == i && !beside.world; });
    std::optional<world::World> before;
    if (parts) before.emplace(own);
    own_.clear();
    own.step(script.steps[i], own_, &own_taken_);
    judge_step(own_.events);
    if (on_step_ != nullptr) on_step_(context_, i, own_.events);
    runaway_ = own.runaway();
    for (Beside& beside : beside_)
      step_beside(beside, before ? *before : own, own, script.steps[i], i);
  }
  // Now rather than before the next run: a fuzzer that looks for leaks runs an input twice if it
  // left memory behind.
  beside_.clear();
  world_ = fresh_;
  own_.clear();
  other_.clear();
}

trace::Variation Judge::variation_of(std::string_view property) const {
  for (std::size_t i = 0; i < panel_.size(); ++i) {
    const properties::Facts& facts = panel_.property(i).facts;
    if (trace::equal_fold(facts.id, property)) return facts.variation;
  }
  return trace::Variation::none;
}

const properties::Tally* Judge::tally(std::string_view property) const {
  for (std::size_t i = 0; i < panel_.size(); ++i) {
    if (trace::equal_fold(panel_.property(i).facts.id, property)) return &tallies_[i];
  }
  return nullptr;
}

bool Judge::violates(const world::Script& script, std::string_view property) {
  if (property == crash_id) {
    run(script);
    return runaway_;
  }
  run(script, variation_of(property));
  const properties::Tally* found = tally(property);
  return found != nullptr && found->violations > 0;
}

std::vector<Run> Judge::runs(const world::Script& script, std::string_view property) {
  const trace::Variation variation = variation_of(property);
  run(script, variation);
  const properties::Tally* found = tally(property);
  const bool violated = found != nullptr && found->violations > 0;
  const std::optional<std::size_t> where =
      violated ? std::optional<std::size_t>(found->event) : std::nullopt;
  if (variation != trace::Variation::none) {
    return pair_of_runs(settings_, script, variation, where);
  }
  std::vector<Run> out;
  out.push_back(single_run(settings_.usual, script, where));
  return out;
}

std::vector<std::string> Judge::dialogue(const world::Script& script, std::string_view property) {
  return lines_of(runs(script, property));
}

world::Finding finding_of(const Judge& judge, std::string_view property,
                          const world::Script& script) {
  world::Finding finding{
      .property = std::string(property), .subject = judge.subject().front_end(), .script = script};
  finding.script.protocol = judge.subject().protocol;
  const trace::Variation variation = judge.variation_of(property);
  if (variation != trace::Variation::none) {
    finding.script = world::with_vary(finding.script, variation);
  }
  return finding;
}

}  // namespace sallyport::engine
