#include "targets/explore/explore.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include "targets/engine/conclude.hpp"
#include "targets/engine/judge.hpp"
#include "targets/explore/alphabet.hpp"
#include "targets/explore/monitor_graph.hpp"
#include "targets/explore/search.hpp"
#include "targets/explore/world_graph.hpp"

namespace sallyport::explore {

namespace {

using Clock = std::chrono::steady_clock;

/// Numbers of what the search is in. Without 2-safety the last three stay as they are.
struct State {
  WorldId own;
  MonitorsId single;
  WorldId other;  // on the canonical schedule
  MonitorsId own_pair;
  MonitorsId other_pair;
};

class Exploration {
 public:
  Exploration(const engine::Request& request, const Bound& bound)
      : request_(request),
        bound_(bound),
        judge_(request.subject, request.properties),
        alphabet_(alphabet(request.subject, bound.clients)),
        worlds_(judge_.setting(), alphabet_, request.seed),
        single_(judge_.panel().single()),
        pair_(judge_.panel().pair()),
        compares_(judge_.panel().compares()),
        records_(judge_.panel().size()),
        first_seen_(judge_.panel().size()),
        search_(begin()) {}

  std::vector<engine::Result> run() {
    Limits limits{.depth_max = bound_.depth_max};
    if (request_.budget.count)
      limits.states_max = std::min(limits.states_max, *request_.budget.count);
    const Stop stop = search_.run(
        limits, [this](Id id, const State& state, auto&& emit) { expand(id, state, emit); },
        [this] { return watch(); });
    return conclusion(stop);
  }

 private:
  using Id = Search<State>::Id;
  /// The step from a visited state that showed something first: how to come by a script.
  struct Seen {
    Id from;
    std::uint32_t edge;
  };

  State begin() {
    const trace::Events& events = worlds_.events(worlds_.beginning());
    State state{};
    state.own = state.other = WorldGraph::start;
    const auto& single = single_.step(single_.start(), worlds_.beginning(), events);
    state.single = single.next;
    for (const Note& note : single.notes) {
      records_[judge_.panel().single_member(note.property)].exercised += note.exercised;
    }
    if (compares_) {
      state.own_pair = state.other_pair =
          pair_.step(pair_.start(), worlds_.beginning(), events).next;
    }
    return state;
  }

  /// Every action that either world can do, on every schedule of the first.
  template <class Emit>
  void expand(Id id, const State& state, Emit& emit) {
    if (compares_) (void)worlds_.edges(state.other);  // so that the next line's spans stay
    const std::span<const Edge> own = worlds_.edges(state.own);
    if (!compares_) {
      for (const Edge& edge : own) follow(id, state, &edge, nullptr, emit);
      return;
    }
    const std::span<const Edge> other = worlds_.edges(state.other);
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < own.size() || j < other.size()) {
      const bool only_other =
          i == own.size() || (j < other.size() && other[j].action < own[i].action);
      if (only_other) {
        if (other[j].schedule == 0) follow(id, state, nullptr, &other[j], emit);
        ++j;
        continue;
      }
      while (j < other.size() && other[j].action == own[i].action && other[j].schedule != 0) ++j;
      const bool both = j < other.size() && other[j].action == own[i].action;
      const std::uint16_t action = own[i].action;
      for (; i < own.size() && own[i].action == action; ++i) {
        follow(id, state, &own[i], both ? &other[j] : nullptr, emit);
      }
      while (j < other.size() && other[j].action == action) ++j;
    }
  }

  /// Either may be null: a step that has no meaning in a world changes nothing there.
  template <class Emit>
  void follow(Id id, const State& state, const Edge* own, const Edge* other, Emit& emit) {
    const Seen here{.from = id, .edge = worlds_.number_of(own != nullptr ? *own : *other)};
    State next = state;
    if (own != nullptr) {
      const trace::Events& events = worlds_.events(own->events);
      const auto& step = single_.step(state.single, own->events, events);
      note(step.notes, true, here);
      next.own = own->target;
      next.single = step.next;
      if (worlds_.runaway(own->target) && !runaway_) runaway_ = here;
      if (compares_) next.own_pair = pair_.step(state.own_pair, own->events, events).next;
    }
    if (other != nullptr) {
      next.other = other->target;
      next.other_pair =
          pair_.step(state.other_pair, other->events, worlds_.events(other->events)).next;
    }
    if (compares_) {
      const auto& comparison = pair_.compare(next.other_pair, next.own_pair);
      note(comparison.notes, false, here);
      next.other_pair = comparison.first;
      next.own_pair = comparison.second;
    }
    emit(next, here.edge);
  }

  void note(const std::vector<Note>& notes, bool single, const Seen& here) {
    for (const Note& note : notes) {
      const std::size_t i = single ? judge_.panel().single_member(note.property)
                                   : judge_.panel().pair_member(note.property);
      records_[i].exercised += note.exercised;
      if (!note.violated || first_seen_[i]) continue;
      first_seen_[i] = here;
      records_[i].done_before = search_.states();
      records_[i].seconds_before = seconds();
    }
  }

  Stop watch() {
    if (++watched_ % 256 != 0) return Stop::exhausted;
    if (octets() > bound_.memory_octets_max) return Stop::memory;
    const auto& time = request_.budget.time;
    if (time && Clock::now() - started_ >= *time) return Stop::time;
    if (request_.on_progress == nullptr || watched_ % 4096 != 0) return Stop::exhausted;
    const engine::Progress progress{.engine = "explore",
                                    .done = search_.states(),
                                    .seconds = seconds(),
                                    .unit = "states",
                                    .depth = search_.depth(),
                                    .frontier = search_.waiting()};
    return request_.on_progress(request_.progress_context, progress) ? Stop::exhausted
                                                                     : Stop::asked;
  }

  world::Script script_to(const Seen& seen) const {
    world::Script script{.protocol = request_.subject.protocol, .steps = {}, .vary = {}};
    for (const std::uint32_t edge : search_.way_to(seen.from)) {
      script.steps.push_back(worlds_.step_of(edge));
    }
    script.steps.push_back(worlds_.step_of(seen.edge));
    return script;
  }

  std::vector<engine::Result> conclusion(Stop stop) {
    for (std::size_t i = 0; i < records_.size(); ++i) {
      if (first_seen_[i]) records_[i].script = script_to(*first_seen_[i]);
    }
    engine::Ending ending{.engine = "explore",
                          .unit = "states",
                          .done = search_.states(),
                          .failure = {},
                          .bound = {},
                          .runaway = std::nullopt};
    if (runaway_) ending.runaway = script_to(*runaway_);
    ending.bound = {
        {"exhausted", stop == Stop::exhausted},
        {"depth_exhausted", stop == Stop::exhausted || stop == Stop::depth},
        {"depth", std::uint64_t{search_.depth()}},
        {"stopped", std::string(name(stop))},
        {"depth_max", std::uint64_t{bound_.depth_max}},
        {"clients", std::uint64_t{bound_.clients}},
        {"alphabet", std::uint64_t{alphabet_.size()}},
        {"connections_max", std::uint64_t{request_.subject.configuration.connections_max}},
        {"worlds", std::uint64_t{worlds_.worlds()}},
        {"world_steps", worlds_.transitions()},
        {"memory_octets", std::uint64_t{octets()}},
        {"confusion", worlds_.confusion()}};
    return engine::conclude(request_, judge_, records_, ending);
  }

  [[nodiscard]] std::size_t octets() const {
    return search_.octets() + worlds_.octets() + single_.octets() + pair_.octets();
  }
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(Clock::now() - started_).count();
  }

  const engine::Request& request_;
  const Bound& bound_;
  const Clock::time_point started_ = Clock::now();
  engine::Judge judge_;
  std::vector<world::Step> alphabet_;
  WorldGraph worlds_;
  MonitorGraph single_;
  MonitorGraph pair_;
  bool compares_;
  std::vector<engine::Record> records_;
  std::vector<std::optional<Seen>> first_seen_;
  std::optional<Seen> runaway_;
  Search<State> search_;
  std::uint64_t watched_ = 0;
};

}  // namespace

std::vector<engine::Result> run(const engine::Request& request, const Bound& bound) {
  return Exploration(request, bound).run();
}

}  // namespace sallyport::explore
