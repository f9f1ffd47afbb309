#include "targets/walk/walk.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "targets/engine/conclude.hpp"
#include "targets/engine/judge.hpp"
#include "targets/engine/random.hpp"
#include "targets/engine/random_script.hpp"
#include "targets/engine/reduce.hpp"

namespace sallyport::walk {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t block_scripts = 64;  // some ten milliseconds, between looks at the clock
constexpr std::size_t pieces_max = 10;       // of work in a script: some forty steps, as for rapid

/// What a block, or all blocks so far, have shown.
struct Seen {
  explicit Seen(std::size_t properties) : records(properties) {}

  std::vector<engine::Record> records;
  std::uint64_t executions = 0;
  std::uint64_t steps = 0;
  std::optional<std::pair<std::uint64_t, world::Script>> runaway;  // with its number
};

class Walk {
 public:
  explicit Walk(const engine::Request& request)
      : request_(request),
        judge_(request.subject, request.properties),
        seen_(judge_.panel().size()) {}

  std::vector<engine::Result> run(std::size_t threads) {
    {
      std::vector<std::jthread> others;
      for (std::size_t i = 1; i < threads; ++i) {
        others.emplace_back([this] {
          engine::Judge judge(request_.subject, request_.properties);
          while (go_on()) take_block(judge);
        });
      }
      while (go_on() && tell_progress()) take_block(judge_);
      stop_ = true;
    }
    for (std::size_t i = 0; i < seen_.records.size(); ++i) {
      std::optional<world::Script>& script = seen_.records[i].script;
      const auto id = judge_.panel().property(i).facts.id;
      if (script) script = engine::reduce(judge_, std::move(*script), id);
    }
    engine::Ending ending{.engine = "walk",
                          .unit = "executions",
                          .done = seen_.executions,
                          .failure = {},
                          .bound = {{"steps", seen_.steps}},
                          .runaway = std::nullopt};
    if (seen_.runaway) ending.runaway = seen_.runaway->second;
    return engine::conclude(request_, judge_, seen_.records, ending);
  }

 private:
  [[nodiscard]] bool go_on() const {
    return !stop_ && (!request_.budget.time || Clock::now() - started_ < *request_.budget.time);
  }

  /// By the caller's own thread alone.
  bool tell_progress() {
    if (request_.on_progress == nullptr) return true;
    return request_.on_progress(request_.progress_context, {.engine = "walk",
                                                            .done = done_,
                                                            .seconds = seconds(),
                                                            .unit = "scripts",
                                                            .depth = 0,
                                                            .frontier = 0});
  }

  void take_block(engine::Judge& judge) {
    const std::uint64_t first = block_scripts * next_block_++;
    const std::uint64_t end =
        request_.budget.count.value_or(std::numeric_limits<std::uint64_t>::max());
    if (first >= end) {
      stop_ = true;  // all other blocks were taken; they run to their end
      return;
    }
    Seen block(seen_.records.size());
    engine::Random random(engine::Random(request_.seed).next() ^ first);
    for (std::uint64_t i = first; i < std::min(end, first + block_scripts); ++i) {
      judge_one(judge, script(random), i + 1, block);
    }
    add(block);
  }

  [[nodiscard]] world::Script script(engine::Random& random) const {
    world::Script script{.protocol = request_.subject.protocol};
    engine::Surroundings around{.certificate = request_.subject.configuration.certificate};
    for (std::size_t i = 1 + random.below(pieces_max); i > 0; --i) {
      engine::append_piece(script, random, around);
    }
    if (script.steps.size() > world::steps_max) script.steps.resize(world::steps_max);
    return script;
  }

  void judge_one(engine::Judge& judge, const world::Script& script, std::uint64_t number,
                 Seen& block) const {
    judge.run(script);
    ++block.executions;
    block.steps += script.steps.size();
    if (judge.runaway() && !block.runaway) block.runaway.emplace(number, script);
    for (std::size_t i = 0; i < block.records.size(); ++i) {
      const properties::Tally& tally = judge.tallies()[i];
      engine::Record& record = block.records[i];
      record.exercised += tally.exercised;
      if (tally.violations > 0 && !record.script) record.violated_by(script, number, seconds());
    }
  }

  /// In whatever order blocks end: sums, and the first script by its number.
  void add(Seen& block) {
    const std::scoped_lock lock(mutex_);
    seen_.executions += block.executions;
    seen_.steps += block.steps;
    done_ = seen_.executions;
    if (block.runaway && (!seen_.runaway || block.runaway->first < seen_.runaway->first)) {
      seen_.runaway = std::move(block.runaway);
    }
    for (std::size_t i = 0; i < seen_.records.size(); ++i) {
      engine::Record& all = seen_.records[i];
      engine::Record& one = block.records[i];
      const std::uint64_t exercised = all.exercised + one.exercised;
      if (one.script && judge_.panel().property(i).facts.id == request_.stop_at) stop_ = true;
      if (one.script && (!all.script || one.done_before < all.done_before)) all = std::move(one);
      all.exercised = exercised;
    }
  }

  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(Clock::now() - started_).count();
  }

  const engine::Request& request_;
  const Clock::time_point started_ = Clock::now();
  engine::Judge judge_;  // of the caller's thread
  std::atomic<bool> stop_ = false;
  std::atomic<std::uint64_t> next_block_ = 0;
  std::atomic<std::uint64_t> done_ = 0;
  std::mutex mutex_;
  Seen seen_;
};

}  // namespace

std::vector<engine::Result> run(const engine::Request& request, std::size_t threads) {
  return Walk(request).run(threads);
}

}  // namespace sallyport::walk
