// One script, judged: the run itself by the safety and liveness monitors, and the pair of runs that
// a 2-safety property compares, in lockstep. rapid, fuzz, replay and the reducer all judge through
// this one place, and explore confirms its witnesses here.
//
// A script without `vary` is run as it stands and compared with its canonical schedule; one with
// `vary` is run without it and compared with the varied run. What it exercises and violates beside
// 2-safety is said of the run as it stands, without `vary`.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "properties/monitors.hpp"
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
  [[nodiscard]] const std::vector<properties::Tally>& tallies() const { return tallies_; }
  [[nodiscard]] const Panel& panel() const { return panel_; }
  /// The subject never came to rest in the last run (see World::runaway).
  [[nodiscard]] bool runaway() const { return runaway_; }
  /// Runs `script`; `property` may be CRASH, for a subject that never comes to rest.
  [[nodiscard]] bool violates(const world::Script& script, std::string_view property);
  /// What the last run showed of `property`; null where the panel hasn't got it.
  [[nodiscard]] const properties::Tally* tally(std::string_view property) const;

  /// The dialogue of `script`, ready to print, the line that violates `property` marked. Both runs
  /// for a 2-safety property, under headings.
  [[nodiscard]] std::vector<std::string> dialogue(const world::Script& script,
                                                  std::string_view property);

  [[nodiscard]] const Subject& subject() const { return subject_; }
  [[nodiscard]] const world::Setting& setting() const { return setting_; }

 private:
  void judge_step(const trace::Events& events);
  void compare(bool own_first, std::size_t step);

  Subject subject_;
  world::Setting setting_;
  Panel panel_;
  Panel::State state_;
  std::vector<properties::Tally> tallies_;
  trace::Trace own_;
  trace::Trace other_;
  std::size_t events_before_ = 0;  // of the run, in steps before this one
  bool runaway_ = false;
};

/// The finding of `script`: 2-safety properties get their leases as `vary`.
[[nodiscard]] world::Finding finding_of(const Judge& judge, std::string_view property,
                                        const world::Script& script);

}  // namespace sallyport::engine
