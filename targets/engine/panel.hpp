// The monitors of a run, set up for both kinds of property: those that judge one run, and those
// that compare it with a second run of the same script on another schedule. They are kept apart so
// that the second run, and the state that a search has for it, carries only what is compared.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "properties/monitors.hpp"
#include "properties/property.hpp"
#include "trace/event.hpp"

namespace sallyport::engine {

class Panel {
 public:
  /// Those of `properties` that apply to `protocol`, in their order.
  Panel(std::span<const properties::Property* const> properties, trace::Protocol protocol);

  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] const properties::Property& property(std::size_t i) const { return *members_[i]; }
  [[nodiscard]] bool compares() const { return pair_.size() > 0; }
  /// The two sets, and the place in the panel of their property i.
  [[nodiscard]] const properties::Monitors& single() const { return single_; }
  [[nodiscard]] const properties::Monitors& pair() const { return pair_; }
  [[nodiscard]] std::size_t single_member(std::size_t i) const { return single_member_[i]; }
  [[nodiscard]] std::size_t pair_member(std::size_t i) const { return pair_member_[i]; }

  struct State {
    properties::Monitors::State single;  // of the run
    properties::Monitors::State own;     // of the run, for comparison
    properties::Monitors::State other;   // of the second run
  };
  [[nodiscard]] State start() const;

  /// `each(i, outcome, event)` for every event of the run that concerned property i.
  template <class Each>
  void step(State& state, const trace::Events& events, Each&& each) const {
    single_.step(state.single, events,
                 [&](std::size_t i, const properties::Outcome& outcome, std::size_t event) {
                   each(single_member_[i], outcome, event);
                 });
    step_pair(state.own, events);
  }
  /// The second run, in lockstep.
  void step_other(State& state, const trace::Events& events) const {
    step_pair(state.other, events);
  }
  /// When both runs are quiescent: `each(i, outcome)`. `own_first` says whether the run is the
  /// first of the two.
  template <class Each>
  void compare(State& state, bool own_first, Each&& each) const {
    pair_.compare(
        own_first ? state.own : state.other, own_first ? state.other : state.own,
        [&](std::size_t i, const properties::Outcome& outcome) { each(pair_member_[i], outcome); });
  }

 private:
  void step_pair(properties::Monitors::State& state, const trace::Events& events) const {
    if (!compares()) return;
    pair_.step(state, events, [](std::size_t, const properties::Outcome&, std::size_t) {});
  }

  std::vector<const properties::Property*> members_;
  std::vector<std::size_t> single_member_;  // place in single_ → place in members_
  std::vector<std::size_t> pair_member_;
  properties::Monitors single_;
  properties::Monitors pair_;
};

}  // namespace sallyport::engine
