// One script, judged: the run itself by the safety and liveness monitors, and each pair of runs
// that a 2-safety property compares, in lockstep. rapid, fuzz, replay and the reducer all judge
// through this one place, and explore confirms its witnesses here.
//
// The pair that a variation makes of a script is world::runs. A script with `vary` is judged for
// that variation alone; one without for the variations that change it, of which the costly ones,
// which change nearly every script, take turns by the script's digest. What it exercises and
// violates beside 2-safety is said of the run as it stands, without `vary`.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "properties/monitors.hpp"
#include "targets/engine/dialogue.hpp"
#include "targets/engine/panel.hpp"
#include "targets/engine/result.hpp"
#include "world/script.hpp"
#include "world/world.hpp"

namespace sallyport::engine {

/// Runs scripts against one subject. Not for several threads at once: it keeps its buffers.
class Judge {
 public:
  /// `properties` that don't apply to the subject's protocol are left out. The properties outlive
  /// it.
  Judge(const Subject& subject, std::span<const properties::Property* const> properties);
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  /// Judges `script`; tallies()[i] is about panel().property(i), of this script alone. Its `event`
  /// is an index into the events of the run as it stands; for 2-safety, the step after which the
  /// two runs were seen to differ. The protocol is the subject's, whatever the script says.
  void run(const world::Script& script);
  /// The same for one variation, whatever the script; none: for no pair at all.
  void run(const world::Script& script, trace::Variation only);
  [[nodiscard]] const std::vector<properties::Tally>& tallies() const { return tallies_; }
  /// Called behind each step of the run as it stands with the step's events; before the first step
  /// with those of the start, `step` being none.
  using OnStep = void (*)(void* context, std::optional<std::size_t> step, const trace::Events&);
  void watch(OnStep on_step, void* context) {
    on_step_ = on_step;
    context_ = context;
  }
  [[nodiscard]] const Panel& panel() const { return panel_; }
  /// The subject never came to rest in the last run (see World::runaway).
  [[nodiscard]] bool runaway() const { return runaway_; }
  /// Runs `script`; `property` may be CRASH, for a subject that never comes to rest.
  [[nodiscard]] bool violates(const world::Script& script, std::string_view property);
  /// What the last run showed of `property`; null where the panel hasn't got it.
  [[nodiscard]] const properties::Tally* tally(std::string_view property) const;

  /// `script` run once more, the line that violates `property` marked; both runs for a 2-safety
  /// property.
  [[nodiscard]] std::vector<Run> runs(const world::Script& script, std::string_view property);
  /// The same, ready to print.
  [[nodiscard]] std::vector<std::string> dialogue(const world::Script& script,
                                                  std::string_view property);

  [[nodiscard]] const Subject& subject() const { return subject_; }
  [[nodiscard]] const world::Settings& settings() const { return settings_; }
  /// That `property` compares runs by; none where it judges one run, or isn't in the panel.
  [[nodiscard]] trace::Variation variation_of(std::string_view property) const;

 private:
  /// A second run beside the script's own, and what compares them.
  struct Beside {
    const Panel::Set* set;
    bool own_first;
    world::Script script;
    std::size_t part;  // the first step in which the two scripts differ
    std::optional<world::World> world;
    bool parted = false;  // the runs are no longer compared
    properties::Monitors::State own;
    properties::Monitors::State other;
  };

  void run(const world::Script& script, const std::vector<const Panel::Set*>& sets);
  [[nodiscard]] std::vector<const Panel::Set*> sets_for(const world::Script& script) const;
  void set_beside(const world::Script& script, const Panel::Set& set, const world::World& own);
  void judge_step(const trace::Events& events);
  void step_beside(Beside& beside, const world::World& own_before, const world::World& own,
                   const world::Step& own_step, std::size_t step);
  void note(std::size_t member, const properties::Outcome& outcome, std::size_t where);

  Subject subject_;
  world::Settings settings_;
  Panel panel_;
  // What every run begins with: a world, its first events, and what they show.
  const world::World fresh_;
  trace::Trace begun_;
  properties::Monitors::State begun_single_;
  std::vector<properties::Tally> begun_tallies_;
  world::World world_;  // of the run as it stands
  properties::Monitors::State single_;
  std::vector<Beside> beside_;
  std::vector<properties::Tally> tallies_;
  trace::Trace own_;
  world::Taken own_taken_;
  world::Taken other_taken_;
  trace::Trace other_;
  std::size_t events_before_ = 0;  // of the run, in steps before this one
  bool runaway_ = false;
  OnStep on_step_ = nullptr;
  void* context_ = nullptr;
};

/// The finding of `script`: 2-safety properties get their leases as `vary`.
[[nodiscard]] world::Finding finding_of(const Judge& judge, std::string_view property,
                                        const world::Script& script);

}  // namespace sallyport::engine
