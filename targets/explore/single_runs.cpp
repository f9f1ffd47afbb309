// The pass over single runs: a state is a world and the state of all monitors that judge one run.
#include "targets/explore/alphabet.hpp"
#include "targets/explore/pass.hpp"

namespace sallyport::explore {

namespace {

struct State {
  WorldId world;
  MonitorsId monitors;
};

class SingleRuns : public Pass<State> {
 public:
  SingleRuns(Common& common, const engine::Judge& judge, const Share& share)
      : Pass(common, judge, judge.panel().single(), share, graphs(common, judge)),
        worlds_(graph_of(0)),
        actions_(worlds_.actions()) {}

  Findings run() {
    Findings found = Pass::run(
        begin(), [this](Id id, const State& state, auto&& emit) { expand(id, state, emit); });
    tell_reached(found.reached);
    return found;
  }

 private:
  static Graphs graphs(const Common& common, const engine::Judge& judge) {
    const Bound& bound = common.bound();
    Graphs one;
    one.push_back(std::make_unique<WorldGraph>(
        judge.settings().usual, alphabet(judge.subject(), bound),
        Reductions{
            .footprints = bound.footprints, .symmetry = bound.symmetry, .compact = bound.compact},
        common.request().seed));
    return one;
  }

  State begin() {
    const EventsId first = worlds_.beginning();
    const auto step = monitors_.step(monitors_.start(), first, worlds_.events(first));
    notebook_.note(monitors_, step.notes, 0, [] { return world::Script{}; });
    return {.world = WorldGraph::start, .monitors = step.next};
  }

  // Local steps of two clients have nothing in common, so both orders lead to one state. Behind a
  // local step of the second client those of the first are left out: whatever they lead to is
  // reached by taking them before it, in as many steps. That is so whether or not they were left
  // out there for the same reason, since at the end of such a row of steps stands a state at which
  // they weren't. Where the two change places in the order of the row, nothing is left out.
  template <class Emit>
  void expand(Id id, const State& state, Emit& emit) {
    const bool behind_second = (search_.label(id) & local_of_second) != 0;
    worlds_.edges(state.world, actions_, edges_, behind_second);
    for (const Edge& edge : edges_) {
      const auto step = monitors_.step(state.monitors, edge.events, worlds_.events(edge.events));
      notebook_.note(monitors_, step.notes, search_.states(),
                     [&] { return script_to(id, label_of(edge)); });
      if (worlds_.runaway(edge.target) && !notebook_.runaway) {
        notebook_.runaway = script_to(id, label_of(edge));
      }
      emit({.world = edge.target, .monitors = renamed(step.next, edge.renaming)},
           label_of(edge) | (is_local_of_second(edge) ? local_of_second : 0));
    }
  }

  /// In a label, beside the step: see expand.
  static constexpr std::uint32_t local_of_second = std::uint32_t{1} << 31U;
  [[nodiscard]] bool is_local_of_second(const Edge& edge) const {
    return common_.bound().commuting && edge.local && worlds_.step_of(edge.place, 0).client == 1 &&
           worlds_.symmetry().renamings()[edge.renaming].sessions[0] == 0;
  }

  MonitorsId renamed(MonitorsId monitors, RenamingId renaming) {
    return monitors_.renamed(
        monitors, renaming,
        [this](EventsId events, RenamingId r) { return worlds_.renamed(events, r); },
        [this](EventsId events) -> const trace::Events& { return worlds_.events(events); });
  }

  void tell_reached(Reached& reached) {
    for (std::uint32_t place = 0; place < set_.monitors.size(); ++place) {
      if (set_.monitors.property(place).facts.id != states_property) continue;
      monitors_.steps_of(place, [&](std::string_view state, EventsId events) {
        note_reached(reached, state, worlds_.events(events));
      });
    }
  }

  world::Script script_to(Id from, std::uint32_t label) {
    return worlds_.script_of(way_of(search_.way_to(from), label));
  }

  WorldGraph& worlds_;
  const std::vector<std::uint16_t> actions_;
  std::vector<Edge> edges_;
};

}  // namespace

Findings search_single_runs(Common& common, const engine::Judge& judge, const Share& share) {
  return SingleRuns(common, judge, share).run();
}

}  // namespace sallyport::explore
