// A pass over pairs of runs: a state is two worlds and, for each, the state of what is compared.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "targets/explore/alphabet.hpp"
#include "targets/explore/pass.hpp"

namespace sallyport::explore {

namespace {

struct State {
  WorldId first;
  WorldId second;
  MonitorsId first_monitors;
  MonitorsId second_monitors;
};

/// The steps of the second run, beside those of the first.
struct Varied {
  std::vector<world::Step> steps;  // both runs' alphabets in one
  std::vector<std::uint16_t> first;
  std::vector<std::uint16_t> second;  // the first's, as the variation makes them
  bool other_secrets = false;         // then the two runs have graphs of their own
};

Varied varied(const Common& common, const engine::Judge& judge, trace::Variation variation) {
  Varied all{.steps = alphabet(judge.subject(), common.bound())};
  const std::size_t count = all.steps.size();
  for (std::uint16_t i = 0; i < count; ++i) {
    all.first.push_back(i);
    all.second.push_back(i);
    if (variation == trace::Variation::schedule) continue;
    const world::Pair pair =
        world::runs({.protocol = judge.subject().protocol, .steps = {all.steps[i]}}, variation);
    all.other_secrets = all.other_secrets || pair.second.other_secrets;
    const world::Step& second = pair.second.steps[0];
    const auto found = std::ranges::find(all.steps, second);
    all.second.back() = static_cast<std::uint16_t>(found - all.steps.begin());
    if (found == all.steps.end()) all.steps.push_back(second);
  }
  return all;
}

class Pairs : public Pass<State> {
 public:
  Pairs(Common& common, const engine::Judge& judge, const engine::Panel::Set& set,
        const Share& share)
      : Pairs(common, judge, set, share, varied(common, judge, set.variation)) {}

  Findings run() {
    return Pass::run(begin(),
                     [this](Id id, const State& state, auto&& emit) { expand(id, state, emit); });
  }

 private:
  Pairs(Common& common, const engine::Judge& judge, const engine::Panel::Set& set,
        const Share& share, Varied varied)
      : Pass(common, judge, set, share, graphs(common, judge, set, varied)),
        varied_(std::move(varied)),
        by_schedule_(set.variation == trace::Variation::schedule),
        worlds_(graph_of(0)),
        others_(graph_of(1)) {}

  /// Numbers stay as they are: on the canonical schedule one connection is not as good as another.
  static Graphs graphs(const Common& common, const engine::Judge& judge,
                       const engine::Panel::Set& set, const Varied& varied) {
    const Reductions reductions{.footprints = common.bound().footprints,
                                .compact = common.bound().compact,
                                .canonical_only = set.variation != trace::Variation::schedule};
    Graphs all;
    const auto add = [&](const world::Setting& setting) {
      all.push_back(
          std::make_unique<WorldGraph>(setting, varied.steps, reductions, common.request().seed));
    };
    add(judge.settings().usual);
    if (varied.other_secrets) add(judge.settings().of({.other_secrets = true}));
    return all;
  }
  /// Events of two graphs are numbered apart.
  [[nodiscard]] std::uint32_t name_of(EventsId events, bool second) const {
    return &worlds_ != &others_ && second ? (events << 1U | 1U) : events << 1U;
  }
  MonitorsId step(MonitorsId from, EventsId events, bool second) {
    const WorldGraph& graph = second ? others_ : worlds_;
    return monitors_.step(from, name_of(events, second), graph.events(events)).next;
  }

  State begin() {
    return {.first = WorldGraph::start,
            .second = WorldGraph::start,
            .first_monitors = step(monitors_.start(), worlds_.beginning(), false),
            .second_monitors = step(monitors_.start(), others_.beginning(), true)};
  }

  /// Every action that either world can do, on every schedule of the first. A step that has no
  /// meaning in a world changes nothing there.
  template <class Emit>
  void expand(Id id, const State& state, Emit& emit) {
    worlds_.edges(state.first, varied_.first, first_edges_);
    others_.edges(state.second, varied_.second, second_edges_);
    std::size_t j = 0;
    for (std::size_t i = 0; i < first_edges_.size() || j < second_edges_.size();) {
      const bool only_second =
          i == first_edges_.size() ||
          (j < second_edges_.size() && second_edges_[j].place < first_edges_[i].place);
      if (only_second) {
        if (second_edges_[j].schedule == 0) follow(id, state, nullptr, &second_edges_[j], emit);
        ++j;
        continue;
      }
      const std::uint16_t place = first_edges_[i].place;
      const bool both = j < second_edges_.size() && second_edges_[j].place == place;
      const Edge* const second = both ? &second_edges_[j] : nullptr;  // on the canonical schedule
      for (; i < first_edges_.size() && first_edges_[i].place == place; ++i) {
        follow(id, state, &first_edges_[i], second, emit);
      }
      while (j < second_edges_.size() && second_edges_[j].place == place) ++j;
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
    const bool struck_alike =
        (first != nullptr && first->struck) == (second != nullptr && second->struck);
    if (!struck_alike && has_one_mishap(label)) return;  // see Judge: such runs are not compared
    if (rests != others_.at_rest(next.second)) {
      if (!by_schedule_) return;  // nor are such
      next.second = next.first;
      next.second_monitors = next.first_monitors;
    } else if (rests) {
      compare(id, label, next);
    }
    emit(next, label);
  }

  /// The same mishap may strike in both runs of the step that `label` begins with.
  [[nodiscard]] bool has_one_mishap(std::uint32_t label) const {
    const std::size_t place = label >> 16U;
    return varied_.steps[varied_.first[place]].mishap ==
           varied_.steps[varied_.second[place]].mishap;
  }

  void compare(Id id, std::uint32_t label, State& next) {
    // By schedule the canonical run comes first.
    MonitorsId& one = by_schedule_ ? next.second_monitors : next.first_monitors;
    MonitorsId& two = by_schedule_ ? next.first_monitors : next.second_monitors;
    const auto comparison = monitors_.compare(one, two);
    one = comparison.first;
    two = comparison.second;
    notebook_.note(monitors_, comparison.notes, search_.states(),
                   [&] { return worlds_.script_of(way_of(search_.way_to(id), label)); });
  }

  const Varied varied_;
  const bool by_schedule_;
  WorldGraph& worlds_;
  WorldGraph& others_;
  std::vector<Edge> first_edges_;
  std::vector<Edge> second_edges_;
};

}  // namespace

Findings search_pairs(Common& common, const engine::Judge& judge, const engine::Panel::Set& set,
                      const Share& share) {
  return Pairs(common, judge, set, share).run();
}

}  // namespace sallyport::explore
