#include "targets/rapid/rapid.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "targets/engine/conclude.hpp"
#include "targets/engine/judge.hpp"
#include "targets/engine/random.hpp"
#include "targets/engine/reduce.hpp"
#include "targets/rapid/scripts.hpp"

namespace sallyport::rapid {

namespace {

using Clock = std::chrono::steady_clock;

/// Scripts in a round: enough for RapidCheck to grow their size, few enough to look at the clock.
constexpr std::uint64_t round_scripts = 400;

/// RapidCheck reports to this instead of to standard error.
class Quiet final : public rc::detail::TestListener {
  void onTestCaseFinished(const rc::detail::CaseDescription&) override {}
  void onShrinkTried(const rc::detail::CaseDescription&, bool) override {}
  void onTestFinished(const rc::detail::TestMetadata&, const rc::detail::TestResult&) override {}
};

class Checking {
 public:
  explicit Checking(const engine::Request& request)
      : request_(request),
        judge_(request.subject, request.properties),
        records_(judge_.panel().size()),
        scripts_(scripts(request.subject)) {}

  std::vector<engine::Result> run() {
    engine::Random seeds(request_.seed);
    while (go_on()) round(seeds.next());
    engine::Ending ending{.engine = "rapid",
                          .unit = "executions",
                          .done = executions_,
                          .failure = {},
                          .bound = {{"shrinks", shrinks_}, {"steps", steps_}},
                          .runaway = runaway_};
    return engine::conclude(request_, judge_, records_, ending);
  }

 private:
  [[nodiscard]] std::uint64_t left() const {
    const auto count = request_.budget.count;
    return count ? *count - executions_ : round_scripts;
  }

  bool go_on() {
    const auto time = request_.budget.time;
    if (left() == 0 || satisfied_ || (time && Clock::now() - started_ >= *time)) return false;
    if (request_.on_progress == nullptr) return true;
    return request_.on_progress(request_.progress_context, {.engine = "rapid",
                                                            .done = executions_,
                                                            .seconds = seconds(),
                                                            .unit = "scripts",
                                                            .depth = 0,
                                                            .frontier = 0});
  }

  void round(std::uint64_t seed) {
    target_.reset();
    violated_.clear();
    const rc::detail::Property property =
        rc::gen::map(scripts_, [this](const world::Script& script) {
          rc::detail::CaseDescription description;
          description.example = [] { return rc::detail::Example(); };
          description.result.type = upholds(script) ? rc::detail::CaseResult::Type::Success
                                                    : rc::detail::CaseResult::Type::Failure;
          return description;
        });
    rc::detail::TestParams params;
    params.seed = seed;
    params.maxSuccess = static_cast<int>(std::min(round_scripts, left()));
    Quiet quiet;
    rc::detail::checkProperty(property, {}, params, quiet, {});
    for (const std::size_t i : violated_) {
      const auto id = judge_.panel().property(i).facts.id;
      records_[i].script = engine::reduce(judge_, std::move(*records_[i].script), id);
    }
  }

  /// A generated script is judged by all properties; while RapidCheck shrinks, by the one that
  /// failed.
  bool upholds(const world::Script& script) {
    if (target_) {
      ++shrinks_;
      if (!judge_.violates(script, judge_.panel().property(*target_).facts.id)) return true;
      records_[*target_].script = script;
      return false;
    }
    ++executions_;
    steps_ += script.steps.size();
    judge_.run(script);
    if (judge_.runaway() && !runaway_) runaway_ = script;
    for (std::size_t i = 0; i < records_.size(); ++i) {
      const properties::Tally& tally = judge_.tallies()[i];
      records_[i].exercised += tally.exercised;
      if (tally.violations == 0 || records_[i].script) continue;
      records_[i].violated_by(script, executions_, seconds());
      violated_.push_back(i);
      if (!target_) target_ = i;
      if (judge_.panel().property(i).facts.id == request_.stop_at) satisfied_ = true;
    }
    return !target_;
  }

  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(Clock::now() - started_).count();
  }

  const engine::Request& request_;
  const Clock::time_point started_ = Clock::now();
  engine::Judge judge_;
  std::vector<engine::Record> records_;
  rc::Gen<world::Script> scripts_;
  std::optional<std::size_t> target_;  // what RapidCheck shrinks for
  std::vector<std::size_t> violated_;  // first seen in this round
  std::optional<world::Script> runaway_;
  bool satisfied_ = false;
  std::uint64_t executions_ = 0;
  std::uint64_t shrinks_ = 0;
  std::uint64_t steps_ = 0;
};

}  // namespace

std::vector<engine::Result> run(const engine::Request& request) { return Checking(request).run(); }

}  // namespace sallyport::rapid
