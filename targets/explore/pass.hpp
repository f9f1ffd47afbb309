// One pass of the search, and what all passes have in common.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "targets/engine/conclude.hpp"
#include "targets/engine/judge.hpp"
#include "targets/explore/explore.hpp"
#include "targets/explore/monitor_graph.hpp"
#include "targets/explore/search.hpp"
#include "targets/explore/world_graph.hpp"

namespace sallyport::explore {

using Clock = std::chrono::steady_clock;

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
  std::optional<world::Script> runaway;
};

/// What passes that run at once know of each other.
class Common {
 public:
  Common(const engine::Request& request, const Bound& bound) : request_(request), bound_(bound) {}

  [[nodiscard]] const engine::Request& request() const { return request_; }
  [[nodiscard]] const Bound& bound() const { return bound_; }
  [[nodiscard]] Clock::time_point began() const { return began_; }
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(Clock::now() - began_).count();
  }
  void ended(const Findings& findings) { states_ += findings.states; }
  void stop() { stopped_ = true; }
  [[nodiscard]] bool stopped() const { return stopped_; }
  /// A pass has this much more memory than when it last said so, or less. False where all passes
  /// together have too much.
  bool has_room(std::ptrdiff_t more);
  /// The most that they had at once, in octets.
  [[nodiscard]] std::size_t memory_peak() const { return memory_peak_; }
  /// False where whoever watches wants it to stop.
  [[nodiscard]] bool report(std::uint64_t states, std::size_t depth, std::size_t waiting);

 private:
  const engine::Request& request_;
  const Bound& bound_;
  const Clock::time_point began_ = Clock::now();
  std::atomic<std::uint64_t> states_ = 0;
  std::atomic<std::ptrdiff_t> memory_ = 0;
  std::atomic<std::size_t> memory_peak_ = 0;
  std::atomic<bool> stopped_ = false;
  std::mutex reporting_;
};

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

/// What both kinds of pass do besides searching: they note what monitors say, and watch over time
/// and memory.
class Notebook {
 public:
  Notebook(Common& common, const engine::Judge& judge, const Share& share)
      : common_(common), judge_(judge), share_(share) {
    findings.records.resize(judge.panel().size());
  }

  /// `notes` were seen. `script` is asked for the script behind them where it is needed.
  template <class ToScript>
  void note(const MonitorGraph& graph, NotesId notes, const std::vector<std::size_t>& members,
            std::uint64_t states, ToScript&& script) {
    if (counts_.size() <= notes) counts_.resize(notes + std::size_t{1});
    if (counts_[notes]++ == 0) first_seen(graph.notes(notes), members, states, script);
  }
  /// Adds up what was exercised, once the search has ended.
  void conclude(const MonitorGraph& graph, const std::vector<std::size_t>& members);
  /// The pass has so much memory now. False where that is too much.
  bool uses(std::size_t memory);

  [[nodiscard]] Stop watch(std::uint64_t states, std::size_t depth, std::size_t waiting,
                           std::size_t memory);
  [[nodiscard]] const Share& share() const { return share_; }
  /// Is it time to ask for the memory? That isn't free.
  [[nodiscard]] bool is_due() { return ++watched_ % 64 == 0; }

  Findings findings;

 private:
  template <class ToScript>
  void first_seen(const std::vector<Note>& notes, const std::vector<std::size_t>& members,
                  std::uint64_t states, ToScript&& script) {
    for (const Note& note : notes) {
      engine::Record& record = findings.records[members[note.property]];
      if (!note.violated || record.script) continue;
      record.script = script();
      record.done_before = states;  // of this pass: what others did meanwhile is the clock's to say
      record.seconds_before = common_.seconds();
      const auto& id = judge_.panel().property(members[note.property]).facts.id;
      if (id == common_.request().stop_at) common_.stop();
    }
  }

  Common& common_;
  const engine::Judge& judge_;
  Share share_;
  std::vector<std::uint64_t> counts_;
  std::uint64_t watched_ = 0;
  std::size_t memory_said_ = 0;
};

/// A step of the search, as Search labels it. The highest bit is free.
[[nodiscard]] constexpr std::uint32_t label_of(const Edge& edge) {
  return std::uint32_t{edge.action} << 16U | edge.schedule;
}
/// The way to `id` and the step behind it, for WorldGraph::script_of.
[[nodiscard]] std::vector<std::pair<std::uint16_t, std::uint16_t>> way_of(
    std::vector<std::uint32_t> labels, std::optional<std::uint32_t> last);

}  // namespace sallyport::explore
