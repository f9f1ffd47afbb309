// One pass of the search, and what all passes have in common.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "targets/engine/conclude.hpp"
#include "targets/engine/judge.hpp"
#include "targets/explore/archive.hpp"
#include "targets/explore/checkpoint.hpp"
#include "targets/explore/common.hpp"
#include "targets/explore/explore.hpp"
#include "targets/explore/monitor_graph.hpp"
#include "targets/explore/reached.hpp"
#include "targets/explore/search.hpp"
#include "targets/explore/world_graph.hpp"

namespace sallyport::explore {

/// What a pass has found when it ends.
struct Findings {
  std::vector<engine::Record> records;  // by place in the panel
  std::uint64_t states = 0;
  std::size_t depth = 0;
  std::size_t worlds = 0;
  std::uint64_t transitions = 0;
  std::uint64_t steps_run = 0;
  std::uint64_t strays = 0;
  double confusion = 0;
  Stop stop = Stop::exhausted;
  std::uint64_t resumed_states = 0;  // that a checkpoint had
  std::string checkpoint_problem;    // empty: it was written, where it was to be
  std::optional<world::Script> runaway;
  Reached reached;
};

/// Of the pass over what `set` judges; also its checkpoint's.
[[nodiscard]] std::string_view name_of(const engine::Panel::Set& set);

/// How far a pass may go.
struct Share {
  Clock::time_point until = Clock::time_point::max();
  std::uint64_t states_max = 0;
};

/// All properties of single runs, on every schedule. `judge` is only read.
[[nodiscard]] Findings search_single_runs(Common& common, const engine::Judge& judge,
                                          const Share& share);

/// The properties of `set`: two runs at once, compared whenever both are at rest. By schedule the
/// second run is the one on the canonical schedule and the first takes every schedule; by every
/// other variation both take the canonical one, and the second run's steps are the varied ones.
[[nodiscard]] Findings search_pairs(Common& common, const engine::Judge& judge,
                                    const engine::Panel::Set& set, const Share& share);

/// What monitors say on the way, noted.
class Notebook {
 public:
  Notebook(Common& common, const engine::Judge& judge, const engine::Panel::Set& set)
      : records(judge.panel().size()), common_(common), judge_(judge), members_(set.members) {}

  /// `notes` were seen at a step from the state that is being expanded. `script` is asked for the
  /// script behind them where it is needed.
  template <class ToScript>
  void note(const MonitorGraph& graph, NotesId notes, std::uint64_t states, ToScript&& script) {
    if (counts_.size() <= notes) counts_.resize(notes + std::size_t{1});
    if (!std::exchange(counts_[notes].seen, true)) first_seen(graph.notes(notes), states, script);
    pending_.push_back(notes);
  }
  /// The state that was being expanded is done: what was noted at it counts.
  void settle() {
    for (const NotesId notes : pending_) ++counts_[notes].times;
    pending_.clear();
  }
  /// Adds up what was exercised, once the search has ended.
  void conclude(const MonitorGraph& graph);
  /// But for what isn't settled.
  void archive(Archive& archive);

  std::vector<engine::Record> records;  // by place in the panel
  std::optional<world::Script> runaway;

 private:
  struct Count {
    std::uint64_t times = 0;
    bool seen = false;  // also at a step that isn't settled
  };

  template <class ToScript>
  void first_seen(const std::vector<Note>& notes, std::uint64_t states, ToScript&& script) {
    for (const Note& note : notes) {
      engine::Record& record = records[members_[note.property]];
      if (!note.violated || record.script) continue;
      record.script = script();
      record.done_before = states;  // of this pass: what others did meanwhile is the clock's to say
      record.seconds_before = common_.seconds();
      const auto& id = judge_.panel().property(members_[note.property]).facts.id;
      if (id == common_.request().stop_at) common_.stop();
    }
  }

  Common& common_;
  const engine::Judge& judge_;
  const std::vector<std::size_t>& members_;
  std::vector<Count> counts_;
  std::vector<NotesId> pending_;
};

/// Watches over a pass's time and memory, and its checkpoint.
class Watch {
 public:
  Watch(Common& common, const Share& share, std::string_view pass)
      : common_(common), share_(share), checkpoint_(common, pass) {}

  /// Before each state: a reason to stop, or Stop::exhausted to go on.
  template <class Pass>
  Stop operator()(Pass& pass) {
    if (common_.stopped()) return Stop::asked;
    if (++watched_ % 64 != 0) return Stop::exhausted;  // the rest isn't free
    if (!uses(pass.memory())) return Stop::memory;
    if (Clock::now() >= share_.until) return Stop::time;
    if (watched_ % 4096 != 0) return Stop::exhausted;
    if (checkpoint_.is_due()) checkpoint_.save(pass);
    const auto& search = pass.search();
    if (!common_.report(search.states(), search.depth(), search.waiting())) common_.stop();
    return Stop::exhausted;
  }
  /// The pass has so much memory now. False where that is too much.
  bool uses(std::size_t memory);
  [[nodiscard]] const Share& share() const { return share_; }
  [[nodiscard]] Checkpoint& checkpoint() { return checkpoint_; }

 private:
  Common& common_;
  Share share_;
  Checkpoint checkpoint_;
  std::uint64_t watched_ = 0;
  std::size_t memory_said_ = 0;
};

/// A search, what it goes through, and what is noted on the way. `State` names worlds and
/// monitors by their numbers.
template <class State>
class Pass {
 public:
  [[nodiscard]] const Search<State>& search() const { return search_; }
  [[nodiscard]] std::size_t memory() const {
    std::size_t sum = search_.octets() + monitors_.memory();
    for (const auto& graph : graphs_) sum += graph->memory();
    return sum;
  }
  void archive(Archive& archive) {
    archive(search_, monitors_, notebook_);
    for (const auto& graph : graphs_) archive(*graph);
  }

 protected:
  using Id = typename Search<State>::Id;
  /// One for all runs, or one for each of two.
  using Graphs = std::vector<std::unique_ptr<WorldGraph>>;

  Pass(Common& common, const engine::Judge& judge, const engine::Panel::Set& set,
       const Share& share, Graphs graphs)
      : common_(common),
        set_(set),
        monitors_(set.monitors),
        notebook_(common, judge, set),
        graphs_(std::move(graphs)),
        watch_(common, share, name_of(set)) {}

  [[nodiscard]] WorldGraph& graph_of(std::size_t run) {
    return *graphs_[std::min(run, graphs_.size() - 1)];
  }

  /// `expand(id, state, emit)` is Search's.
  template <class Expand>
  Findings run(const State& start, Expand&& expand) {
    search_ = Search<State>(start);
    const bool resumed = watch_.checkpoint().load(*this);
    Findings found{.resumed_states = resumed ? search_.states() : 0};
    const Limits limits{.depth_max = common_.bound().depth_max,
                        .states_max = watch_.share().states_max};
    found.stop = search_.run(
        limits,
        [&](Id id, const State& state, auto&& emit) {
          notebook_.settle();
          expand(id, state, emit);
        },
        [this] { return watch_(*this); });
    // At Stop::states something of the last state found no room; it will be expanded again.
    if (found.stop != Stop::states) notebook_.settle();
    watch_.checkpoint().save(*this);
    found.checkpoint_problem = watch_.checkpoint().problem();
    notebook_.settle();
    notebook_.conclude(monitors_);
    found.records = std::move(notebook_.records);
    found.runaway = std::move(notebook_.runaway);
    found.states = search_.states();
    found.depth = search_.depth();
    for (const auto& graph : graphs_) {
      found.worlds += graph->worlds();
      found.transitions += graph->transitions();
      found.steps_run += graph->run();
      found.strays += graph->strays();
      found.confusion += graph->confusion();
    }
    watch_.uses(memory());
    watch_.uses(0);  // it is given back now
    return found;
  }

  Common& common_;
  const engine::Panel::Set& set_;
  MonitorGraph monitors_;
  Notebook notebook_;
  Search<State> search_;

 private:
  Graphs graphs_;
  Watch watch_;
};

/// A step of the search, as Search labels it. The highest bit is free.
[[nodiscard]] constexpr std::uint32_t label_of(const Edge& edge) {
  return std::uint32_t{edge.place} << 16U | edge.schedule;
}
/// The way to `id` and the step behind it, for WorldGraph::script_of.
[[nodiscard]] std::vector<std::pair<std::uint16_t, std::uint16_t>> way_of(
    std::vector<std::uint32_t> labels, std::optional<std::uint32_t> last);

}  // namespace sallyport::explore
