// A pass over pairs of runs: a state is two worlds and, for each, the state of what is compared.
#include <memory>

#include "targets/explore/alphabet.hpp"
#include "targets/explore/pass.hpp"

namespace sallyport::explore {

namespace {

class Pairs {
 public:
  Pairs(Common& common, const engine::Judge& judge, const engine::Panel::Set& set,
        const Share& share)
      : notebook_(common, judge, share),
        common_(common),
        judge_(judge),
        set_(set),
        by_schedule_(set.variation == trace::Variation::schedule),
        alphabet_(alphabet(judge.subject(), common.bound())),
        worlds_(judge.settings().usual, alphabet_, reductions(), common.request().seed),
        monitors_(set.monitors),
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
    for (const WorldGraph* const graph : {&worlds_, varied_.get()}) {
      if (graph == nullptr) continue;
      found.worlds += graph->worlds();
      found.transitions += graph->transitions();
      found.steps_run += graph->run();
      found.strays += graph->strays();
      found.confusion += graph->confusion();
    }
    notebook_.uses(memory());
    notebook_.uses(0);  // it is given back now
    return std::move(found);
  }

 private:
  struct State {
    WorldId first;
    WorldId second;
    MonitorsId first_monitors;
    MonitorsId second_monitors;
  };
  using Id = Search<State>::Id;

  /// Numbers stay as they are: on the canonical schedule one connection is not as good as another.
  [[nodiscard]] Reductions reductions() const {
    return {.footprints = common_.bound().footprints,
            .compact = common_.bound().compact,
            .canonical_only = !by_schedule_};
  }
  [[nodiscard]] WorldGraph& others() { return varied_ ? *varied_ : worlds_; }
  /// Events of the two graphs are numbered apart.
  [[nodiscard]] std::uint32_t name_of(EventsId events, bool second) const {
    return varied_ && second ? (events << 1U | 1U) : events << 1U;
  }
  MonitorsId step(MonitorsId from, EventsId events, bool second) {
    const WorldGraph& graph = second ? others() : worlds_;
    return monitors_.step(from, name_of(events, second), graph.events(events)).next;
  }

  State begin() {
    if (!by_schedule_) {
      const world::Script varied = varied_alphabet();
      varied_ = std::make_unique<WorldGraph>(judge_.settings().of(varied), varied.steps,
                                             reductions(), common_.request().seed);
    }
    return {.first = WorldGraph::start,
            .second = WorldGraph::start,
            .first_monitors = step(monitors_.start(), worlds_.beginning(), false),
            .second_monitors = step(monitors_.start(), others().beginning(), true)};
  }

  /// Every step of the alphabet as the variation makes it.
  [[nodiscard]] world::Script varied_alphabet() const {
    world::Script all{.protocol = judge_.subject().protocol};
    for (const world::Step& step : alphabet_) {
      const world::Script one{.protocol = all.protocol, .steps = {step}};
      const world::Pair pair = world::runs(one, set_.variation);
      all.steps.push_back(pair.second.steps[0]);
      all.other_secrets = all.other_secrets || pair.second.other_secrets;
    }
    return all;
  }

  /// Every action that either world can do, on every schedule of the first. A step that has no
  /// meaning in a world changes nothing there.
  template <class Emit>
  void expand(Id id, const State& state, Emit& emit) {
    worlds_.edges(state.first, first_edges_);
    others().edges(state.second, second_edges_);
    std::size_t j = 0;
    for (std::size_t i = 0; i < first_edges_.size() || j < second_edges_.size();) {
      const bool only_second =
          i == first_edges_.size() ||
          (j < second_edges_.size() && second_edges_[j].action < first_edges_[i].action);
      if (only_second) {
        if (second_edges_[j].schedule == 0) follow(id, state, nullptr, &second_edges_[j], emit);
        ++j;
        continue;
      }
      const std::uint16_t action = first_edges_[i].action;
      const bool both = j < second_edges_.size() && second_edges_[j].action == action;
      const Edge* const second = both ? &second_edges_[j] : nullptr;  // on the canonical schedule
      for (; i < first_edges_.size() && first_edges_[i].action == action; ++i) {
        follow(id, state, &first_edges_[i], second, emit);
      }
      while (j < second_edges_.size() && second_edges_[j].action == action) ++j;
    }
  }

  template <class Emit>
  void follow(Id id, const State& state, const Edge* first, const Edge* second, Emit& emit) {
    const std::uint32_t label = label_of(first != nullptr ? *first : *second);
    State next = state;
    if (first != nullptr) {
      next.first = first->target;
      next.first_monitors = step(state.first_monitors, first->events, false);
    }
    if (second != nullptr) {
      next.second = second->target;
      next.second_monitors = step(state.second_monitors, second->events, true);
    }
    const bool rests = worlds_.at_rest(next.first);
    if (rests != others().at_rest(next.second)) {
      if (!by_schedule_) return;  // see Judge: such runs are not compared
      next.second = next.first;
      next.second_monitors = next.first_monitors;
    } else if (rests) {
      compare(id, label, next);
    }
    emit(next, label);
  }

  void compare(Id id, std::uint32_t label, State& next) {
    // By schedule the canonical run comes first.
    MonitorsId& one = by_schedule_ ? next.second_monitors : next.first_monitors;
    MonitorsId& two = by_schedule_ ? next.first_monitors : next.second_monitors;
    const auto comparison = monitors_.compare(one, two);
    one = comparison.first;
    two = comparison.second;
    notebook_.note(monitors_, comparison.notes, set_.members, search_.states(),
                   [&] { return worlds_.script_of(way_of(search_.way_to(id), label)); });
  }

  Stop watch() {
    if (common_.stopped()) return Stop::asked;
    if (!notebook_.is_due()) return Stop::exhausted;
    return notebook_.watch(search_.states(), search_.depth(), search_.waiting(), memory());
  }

  [[nodiscard]] std::size_t memory() const {
    return search_.octets() + worlds_.memory() + (varied_ ? varied_->memory() : 0) +
           monitors_.memory();
  }

  Notebook notebook_;
  Common& common_;
  const engine::Judge& judge_;
  const engine::Panel::Set& set_;
  const bool by_schedule_;
  std::vector<world::Step> alphabet_;
  WorldGraph worlds_;
  std::unique_ptr<WorldGraph> varied_;
  MonitorGraph monitors_;
  Search<State> search_;
  std::vector<Edge> first_edges_;
  std::vector<Edge> second_edges_;
};

}  // namespace

Findings search_pairs(Common& common, const engine::Judge& judge, const engine::Panel::Set& set,
                      const Share& share) {
  return Pairs(common, judge, set, share).run();
}

}  // namespace sallyport::explore
