#include "targets/explore/explore.hpp"

#include <algorithm>
#include <exception>
#include <thread>

#include "targets/engine/conclude.hpp"
#include "targets/engine/judge.hpp"
#include "targets/explore/alphabet.hpp"
#include "targets/explore/cycles.hpp"
#include "targets/explore/pass.hpp"

namespace sallyport::explore {

namespace {

using engine::Panel;

/// That every way to log in that is offered works; of that, cycles are looked for as well.
constexpr std::string_view served_id = "ADV-03";

/// Single runs get as much as all pairs together. With one thread they take turns; with more,
/// single runs have a thread of their own and the pairs share the others.
class Exploration {
 public:
  Exploration(const engine::Request& request, const Bound& bound)
      : common_(request, bound), judge_(request.subject, request.properties) {
    if (judge_.panel().single().monitors.size() > 0) passes_.push_back(nullptr);
    for (const Panel::Set& set : judge_.panel().pairs()) passes_.push_back(&set);
    found_.resize(passes_.size());
    std::vector<std::string_view> names;
    for (const Panel::Set* const set : passes_) {
      names.push_back(name_of(set == nullptr ? judge_.panel().single() : *set));
    }
    Checkpoint::prepare(common_, names);
  }

  std::vector<engine::Result> run(Reached* reached) {
    // A search for one violation stops as soon as it is found, and repeats only in one thread.
    const bool alone = !common_.request().stop_at.empty() || common_.bound().threads < 2;
    std::vector<std::vector<std::size_t>> hands(
        alone ? 1 : std::min(common_.bound().threads, passes_.size()));
    for (std::size_t i = 0; i < passes_.size(); ++i) {
      const bool single = passes_[i] == nullptr;
      const std::size_t others = hands.size() - (hands.size() > 1 && !passes_[0] ? 1 : 0);
      hands[single || hands.size() == 1 ? 0 : hands.size() - 1 - i % others].push_back(i);
    }
    std::vector<std::thread> threads;
    std::vector<std::exception_ptr> failures(hands.size());
    for (std::size_t i = 0; i < hands.size(); ++i) {
      threads.emplace_back([this, &hand = hands[i], &failure = failures[i]] {
        try {
          run(hand);
        } catch (...) {
          failure = std::current_exception();
          common_.stop();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::exception_ptr& failure : failures) {
      if (failure) std::rethrow_exception(failure);
    }
    for (const Findings& each : found_) {
      if (reached != nullptr) reached->insert(each.reached.begin(), each.reached.end());
    }
    return conclusion();
  }

 private:
  /// What a pass gets beside the others.
  [[nodiscard]] double weight(std::size_t pass) const {
    return passes_[pass] == nullptr
               ? static_cast<double>(std::max<std::size_t>(1, passes_.size() - 1))
               : 1.0;
  }
  [[nodiscard]] double weight(std::span<const std::size_t> passes) const {
    double sum = 0;
    for (const std::size_t pass : passes) sum += weight(pass);
    return sum;
  }

  void run(const std::vector<std::size_t>& hand) {
    for (std::size_t i = 0; i < hand.size(); ++i) {
      const std::size_t pass = hand[i];
      const bool none =
          common_.request().budget.count && share(pass, std::span(hand)).states_max == 0;
      if (common_.stopped() || none) {
        found_[pass].stop = none ? Stop::states : Stop::asked;
        continue;
      }
      found_[pass] =
          passes_[pass] == nullptr
              ? search_single_runs(common_, judge_, share(pass, std::span(hand).subspan(i)))
              : search_pairs(common_, judge_, *passes_[pass],
                             share(pass, std::span(hand).subspan(i)));
      common_.ended(found_[pass].states);
    }
  }

  /// Of the time that is left for `rest`, which begins with it; of the states, whatever others
  /// took, so that a count repeats.
  [[nodiscard]] Share share(std::size_t pass, std::span<const std::size_t> rest) const {
    const engine::Budget& budget = common_.request().budget;
    Share share{.states_max = std::numeric_limits<std::uint32_t>::max() - 1};
    if (budget.time) {
      const Clock::duration left = common_.began() + *budget.time - Clock::now();
      share.until = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                       left * (weight(pass) / weight(rest)));
    }
    if (budget.count) {
      share.states_max = states_for(pass, *budget.count);
    }
    return share;
  }

  /// What is left over by rounding goes to the first pass.
  [[nodiscard]] std::uint64_t states_for(std::size_t pass, std::uint64_t count) const {
    double all = 0;
    for (std::size_t i = 0; i < passes_.size(); ++i) all += weight(i);
    std::uint64_t left = count;
    for (std::size_t i = passes_.size(); i-- > pass;) {
      const double part = static_cast<double>(count) * weight(i) / all;
      if (i == pass && pass != 0) return static_cast<std::uint64_t>(part);
      if (i != 0) left -= static_cast<std::uint64_t>(part);
    }
    return left;
  }

  std::vector<engine::Result> conclusion() {
    Findings all;
    all.records.resize(judge_.panel().size());
    all.depth = std::numeric_limits<std::size_t>::max();
    bool depth_exhausted = true;
    for (const Findings& each : found_) {
      for (std::size_t i = 0; i < each.records.size(); ++i) {
        if (each.records[i].script) all.records[i] = each.records[i];
        all.records[i].exercised = std::max(all.records[i].exercised, each.records[i].exercised);
      }
      all.states += each.states;
      all.depth = std::min(all.depth, each.depth);
      all.worlds += each.worlds;
      all.transitions += each.transitions;
      all.steps_run += each.steps_run;
      all.strays += each.strays;
      all.confusion += each.confusion;
      all.resumed_states += each.resumed_states;
      if (all.checkpoint_problem.empty()) all.checkpoint_problem = each.checkpoint_problem;
      depth_exhausted =
          depth_exhausted && (each.stop == Stop::exhausted || each.stop == Stop::depth);
      if (all.stop == Stop::exhausted ||
          (all.stop == Stop::depth && each.stop != Stop::exhausted)) {
        all.stop = each.stop;
      }
      if (!all.runaway) all.runaway = each.runaway;
    }
    engine::Ending ending{.engine = "explore",
                          .unit = "states",
                          .done = all.states,
                          .failure = {},
                          .bound = {},
                          .runaway = all.runaway};
    const Bound& bound = common_.bound();
    const engine::Request& request = common_.request();
    ending.bound = {
        {"exhausted", all.stop == Stop::exhausted},
        {"depth_exhausted", depth_exhausted},
        {"depth", std::uint64_t{all.depth}},
        {"stopped", std::string(name(all.stop))},
        {"depth_max", std::uint64_t{bound.depth_max}},
        {"clients", std::uint64_t{bound.clients}},
        {"mishaps", bound.mishaps},
        {"alphabet", std::uint64_t{alphabet(request.subject, bound).size()}},
        {"connections_max", std::uint64_t{request.subject.configuration.connections_max}},
        {"footprints", bound.footprints},
        {"symmetry", bound.symmetry},
        {"commuting", bound.commuting},
        {"compact", bound.compact},
        {"confusion", all.confusion},
        {"worlds", std::uint64_t{all.worlds}},
        {"transitions", all.transitions},
        {"steps_run", all.steps_run},
        {"strays", all.strays},
        {"memory_octets", std::uint64_t{common_.memory_peak()}}};
    if (!bound.checkpoints.empty()) {
      ending.bound.emplace_back("resumed_states", all.resumed_states);
      ending.bound.emplace_back(
          "checkpoint", all.checkpoint_problem.empty() ? "written" : all.checkpoint_problem);
    }
    const std::optional<std::size_t> served = place_of(served_id);
    Cycles cycles;
    if (served) {
      cycles = search_cycles(judge_.settings().usual);
      engine::Record& record = all.records[*served];
      if (cycles.lasso && !record.script) record.script = cycles.lasso->script;
    }
    std::vector<engine::Result> results = engine::conclude(request, judge_, all.records, ending);
    if (served) tell(cycles, results[*served]);
    return results;
  }

  [[nodiscard]] std::optional<std::size_t> place_of(std::string_view id) const {
    for (std::size_t i = 0; i < judge_.panel().size(); ++i) {
      if (judge_.panel().property(i).facts.id == id) return i;
    }
    return std::nullopt;
  }

  static void tell(const Cycles& cycles, engine::Result& result) {
    result.bound.emplace_back("cycle_states", cycles.states);
    result.bound.emplace_back("cycles_exhausted", cycles.exhausted);
    if (!cycles.lasso) return;
    const Lasso& lasso = *cycles.lasso;
    result.bound.emplace_back("cycle", world::to_text(lasso.script));
    result.bound.emplace_back("cycle_begins", std::uint64_t{lasso.loop});
    result.detail +=
        "; and a client that never gives up is asked for its password for ever: its steps " +
        std::to_string(lasso.loop + 1) + " to " + std::to_string(lasso.script.steps.size()) +
        " repeat";
  }

  Common common_;
  engine::Judge judge_;
  std::vector<const Panel::Set*> passes_;  // null: single runs
  std::vector<Findings> found_;
};

}  // namespace

std::vector<engine::Result> run(const engine::Request& request, const Bound& bound,
                                Reached* reached) {
  return Exploration(request, bound).run(reached);
}

}  // namespace sallyport::explore
