// The pass over single runs: a state is a world and the state of all monitors that judge one run.
#include "targets/explore/alphabet.hpp"
#include "targets/explore/pass.hpp"

namespace sallyport::explore {

namespace {

class SingleRuns {
 public:
  SingleRuns(Common& common, const engine::Judge& judge, const Share& share)
      : notebook_(common, judge, share),
        common_(common),
        set_(judge.panel().single()),
        worlds_(judge.settings().usual, alphabet(judge.subject(), common.bound()),
                {.footprints = common.bound().footprints,
                 .symmetry = common.bound().symmetry,
                 .compact = common.bound().compact},
                common.request().seed),
        monitors_(set_.monitors),
        search_(begin()) {}

  Findings run() {
    const Limits limits{.depth_max = common_.bound().depth_max,
                        .states_max = notebook_.share().states_max};
    Findings& found = notebook_.findings;
    found.stop = search_.run(
        limits, [this](Id id, const State& state, auto&& emit) { expand(id, state, emit); },
        [this] { return watch(); });
    notebook_.conclude(monitors_, set_.members);
    found.states = search_.states();
    found.depth = search_.depth();
    found.worlds = worlds_.worlds();
    found.transitions = worlds_.transitions();
    found.steps_run = worlds_.run();
    found.strays = worlds_.strays();
    found.confusion = worlds_.confusion();
    notebook_.uses(memory());
    notebook_.uses(0);  // it is given back now
    return std::move(found);
  }

 private:
  struct State {
    WorldId world;
    MonitorsId monitors;
  };
  using Id = Search<State>::Id;

  State begin() {
    const EventsId first = worlds_.beginning();
    const auto step = monitors_.step(monitors_.start(), first, worlds_.events(first));
    notebook_.note(monitors_, step.notes, set_.members, 0, [] { return world::Script{}; });
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
    worlds_.edges(state.world, edges_, behind_second);
    for (const Edge& edge : edges_) {
      const auto step = monitors_.step(state.monitors, edge.events, worlds_.events(edge.events));
      notebook_.note(monitors_, step.notes, set_.members, search_.states(),
                     [&] { return script_to(id, label_of(edge)); });
      if (worlds_.runaway(edge.target) && !notebook_.findings.runaway) {
        notebook_.findings.runaway = script_to(id, label_of(edge));
      }
      emit({.world = edge.target, .monitors = renamed(step.next, edge.renaming)},
           label_of(edge) | (is_local_of_second(edge) ? local_of_second : 0));
    }
  }

  /// In a label, beside the step: see expand.
  static constexpr std::uint32_t local_of_second = std::uint32_t{1} << 31U;
  [[nodiscard]] bool is_local_of_second(const Edge& edge) const {
    return common_.bound().commuting && edge.local && worlds_.step_of(edge.action, 0).client == 1 &&
           worlds_.symmetry().renamings()[edge.renaming].sessions[0] == 0;
  }

  MonitorsId renamed(MonitorsId monitors, RenamingId renaming) {
    return monitors_.renamed(
        monitors, renaming,
        [this](EventsId events, RenamingId r) { return worlds_.renamed(events, r); },
        [this](EventsId events) -> const trace::Events& { return worlds_.events(events); });
  }

  Stop watch() {
    if (common_.stopped()) return Stop::asked;
    if (!notebook_.is_due()) return Stop::exhausted;
    return notebook_.watch(search_.states(), search_.depth(), search_.waiting(), memory());
  }

  world::Script script_to(Id from, std::uint32_t label) {
    return worlds_.script_of(way_of(search_.way_to(from), label));
  }

  [[nodiscard]] std::size_t memory() const {
    return search_.octets() + worlds_.memory() + monitors_.memory();
  }

  Notebook notebook_;
  Common& common_;
  const engine::Panel::Set& set_;
  WorldGraph worlds_;
  MonitorGraph monitors_;
  Search<State> search_;
  std::vector<Edge> edges_;
};

}  // namespace

Findings search_single_runs(Common& common, const engine::Judge& judge, const Share& share) {
  return SingleRuns(common, judge, share).run();
}

}  // namespace sallyport::explore
