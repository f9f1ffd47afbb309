#include "targets/explore/explore.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
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
using engine::Panel;

/// What a pass without monitors of one kind has instead.
const properties::Monitors no_monitors{{}, trace::Protocol::imap};

/// Numbers of what the search is in. Without 2-safety the last three stay as they are.
struct State {
  WorldId own;
  MonitorsId single;
  WorldId other;
  MonitorsId own_pair;
  MonitorsId other_pair;
};

std::uint32_t label_of(const Edge& edge) {
  return std::uint32_t{edge.action} << 16U | edge.schedule;
}

/// What all passes have together.
struct Findings {
  std::vector<engine::Record> records;
  std::uint64_t states = 0;
  std::size_t depth = 0;
  std::size_t worlds = 0;
  std::uint64_t world_steps = 0;
  std::size_t octets = 0;
  double confusion = 0;
  Stop stop = Stop::exhausted;  // the first reason why a pass ended early
  bool depth_exhausted = true;
  std::optional<world::Script> runaway;
};

/// One search: the world with the monitors of single runs, where `singles` says so, and beside it
/// a second world that `set` compares it with. By schedule the second world is the canonical one
/// and the first takes every schedule; by every other variation both take the canonical schedule,
/// and the second world's steps are the varied ones.
class Pass {
 public:
  Pass(const engine::Request& request, const Bound& bound, engine::Judge& judge,
       const Panel::Set* set, bool singles, Clock::time_point until, std::uint64_t states_max,
       Findings& findings)
      : request_(request),
        bound_(bound),
        judge_(judge),
        set_(set),
        singles_(singles),
        by_schedule_(set == nullptr || set->variation == trace::Variation::schedule),
        until_(until),
        states_max_(states_max),
        findings_(findings),
        alphabet_(alphabet(request.subject, bound.clients)),
        worlds_(judge.settings().usual, alphabet_, request.seed, !by_schedule_),
        single_(singles ? judge.panel().single().monitors : no_monitors),
        pair_(set != nullptr ? set->monitors : no_monitors),
        search_(begin()) {}

  void run() {
    const Limits limits{.depth_max = bound_.depth_max, .states_max = states_max_};
    const Stop stop = search_.run(
        limits, [this](Id id, const State& state, auto&& emit) { expand(id, state, emit); },
        [this] { return watch(); });
    findings_.states += search_.states();
    findings_.depth = singles_ ? search_.depth() : std::min(findings_.depth, search_.depth());
    findings_.worlds += worlds_.worlds() + (varied_ ? varied_->worlds() : 0);
    findings_.world_steps += worlds_.transitions() + (varied_ ? varied_->transitions() : 0);
    findings_.octets = std::max(findings_.octets, octets());
    findings_.confusion += worlds_.confusion() + (varied_ ? varied_->confusion() : 0);
    findings_.depth_exhausted =
        findings_.depth_exhausted && (stop == Stop::exhausted || stop == Stop::depth);
    if (findings_.stop == Stop::exhausted) findings_.stop = stop;
  }

 private:
  using Id = Search<State>::Id;

  [[nodiscard]] WorldGraph& others() { return varied_ ? *varied_ : worlds_; }
  /// Events of the two graphs are numbered apart.
  [[nodiscard]] std::uint32_t name_of(EventsId events, bool other) const {
    return varied_ && other ? (events << 1U | 1U) : events << 1U;
  }

  State begin() {
    if (!by_schedule_) {
      const world::Script varied = varied_alphabet();
      varied_ = std::make_unique<WorldGraph>(judge_.settings().of(varied), varied.steps,
                                             request_.seed, true);
    }
    const EventsId first = worlds_.beginning();
    State state{};
    state.own = state.other = WorldGraph::start;
    const auto& single =
        single_.step(single_.start(), name_of(first, false), worlds_.events(first));
    state.single = single.next;
    note(single.notes, single_members(), 0, 0);
    state.own_pair = pair_.step(pair_.start(), name_of(first, false), worlds_.events(first)).next;
    const EventsId other = others().beginning();
    state.other_pair = pair_.step(pair_.start(), name_of(other, true), others().events(other)).next;
    return state;
  }

  /// Every step of the alphabet as the variation makes it.
  world::Script varied_alphabet() const {
    world::Script all{.protocol = request_.subject.protocol};
    for (const world::Step& step : alphabet_) {
      const world::Script one{.protocol = all.protocol, .steps = {step}};
      const world::Pair pair = world::runs(one, set_->variation);
      all.steps.push_back(pair.second.steps[0]);
      all.other_secrets = all.other_secrets || pair.second.other_secrets;
    }
    return all;
  }

  /// Every action that either world can do, on every schedule of the first.
  template <class Emit>
  void expand(Id id, const State& state, Emit& emit) {
    if (set_ != nullptr) (void)others().edges(state.other);  // so that the next line's spans stay
    const std::span<const Edge> own = worlds_.edges(state.own);
    if (set_ == nullptr) {
      for (const Edge& edge : own) follow(id, state, &edge, nullptr, emit);
      return;
    }
    const std::span<const Edge> other = others().edges(state.other);
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
    const std::uint32_t label = label_of(own != nullptr ? *own : *other);
    State next = state;
    if (own != nullptr) {
      const trace::Events& events = worlds_.events(own->events);
      const std::uint32_t name = name_of(own->events, false);
      const auto& step = single_.step(state.single, name, events);
      note(step.notes, single_members(), id, label);
      next.own = own->target;
      next.single = step.next;
      if (worlds_.runaway(own->target) && !findings_.runaway) {
        findings_.runaway = script_to(id, label);
      }
      if (set_ != nullptr) next.own_pair = pair_.step(state.own_pair, name, events).next;
    }
    if (other != nullptr) {
      next.other = other->target;
      next.other_pair =
          pair_.step(state.other_pair, name_of(other->events, true), others().events(other->events))
              .next;
    }
    const bool rests = worlds_.at_rest(next.own);
    const bool parted = set_ != nullptr && rests != others().at_rest(next.other);
    if (parted && !by_schedule_) return;  // see Judge: such runs are not compared
    if (parted) {
      next.other = next.own;
      next.other_pair = next.own_pair;
    } else if (set_ != nullptr && rests) {
      const auto& comparison = by_schedule_ ? pair_.compare(next.other_pair, next.own_pair)
                                            : pair_.compare(next.own_pair, next.other_pair);
      note(comparison.notes, set_->members, id, label);
      next.other_pair = by_schedule_ ? comparison.first : comparison.second;
      next.own_pair = by_schedule_ ? comparison.second : comparison.first;
    }
    emit(next, label);
  }

  [[nodiscard]] const std::vector<std::size_t>& single_members() const {
    return judge_.panel().single().members;
  }

  void note(const std::vector<Note>& notes, const std::vector<std::size_t>& members, Id from,
            std::uint32_t label) {
    for (const Note& note : notes) {
      engine::Record& record = findings_.records[members[note.property]];
      record.exercised += note.exercised;
      if (!note.violated || record.script) continue;
      record.script = script_to(from, label);
      record.done_before = findings_.states + search_.states();
      record.seconds_before =
          std::chrono::duration<double>(Clock::now() - findings_started_).count();
      const auto& id = judge_.panel().property(members[note.property]).facts.id;
      if (id == request_.stop_at) satisfied_ = true;
    }
  }

  Stop watch() {
    if (satisfied_) return Stop::asked;
    if (++watched_ % 64 != 0) return Stop::exhausted;
    if (octets() > bound_.memory_octets_max) return Stop::memory;
    if (Clock::now() >= until_) return Stop::time;
    if (request_.on_progress == nullptr || watched_ % 4096 != 0) return Stop::exhausted;
    const engine::Progress progress{
        .engine = "explore",
        .done = findings_.states + search_.states(),
        .seconds = std::chrono::duration<double>(Clock::now() - findings_started_).count(),
        .unit = "states",
        .depth = search_.depth(),
        .frontier = search_.waiting()};
    return request_.on_progress(request_.progress_context, progress) ? Stop::exhausted
                                                                     : Stop::asked;
  }

  world::Script script_to(Id from, std::uint32_t label) const {
    world::Script script{.protocol = request_.subject.protocol};
    std::vector<std::uint32_t> way = search_.way_to(from);
    way.push_back(label);
    for (const std::uint32_t each : way) {
      script.steps.push_back(worlds_.step_of(static_cast<std::uint16_t>(each >> 16U),
                                             static_cast<std::uint16_t>(each & 0xffffU)));
    }
    return script;
  }

  [[nodiscard]] std::size_t octets() const {
    return search_.octets() + worlds_.octets() + (varied_ ? varied_->octets() : 0) +
           single_.octets() + pair_.octets();
  }

  const engine::Request& request_;
  const Bound& bound_;
  engine::Judge& judge_;
  const Panel::Set* set_;
  const bool singles_;
  const bool by_schedule_;
  const Clock::time_point findings_started_ = Clock::now();
  const Clock::time_point until_;
  const std::uint64_t states_max_;
  Findings& findings_;
  std::vector<world::Step> alphabet_;
  WorldGraph worlds_;
  std::unique_ptr<WorldGraph> varied_;
  MonitorGraph single_;
  MonitorGraph pair_;
  bool satisfied_ = false;
  std::uint64_t watched_ = 0;
  Search<State> search_;
};

/// Half of a budget is for the pass that judges single runs, and the schedule with them; the other
/// variations share the rest.
class Exploration {
 public:
  Exploration(const engine::Request& request, const Bound& bound)
      : request_(request), bound_(bound), judge_(request.subject, request.properties) {
    findings_.records.resize(judge_.panel().size());
  }

  std::vector<engine::Result> run() {
    const Panel::Set* schedule = nullptr;
    std::vector<const Panel::Set*> others;
    for (const Panel::Set& set : judge_.panel().pairs()) {
      if (set.variation == trace::Variation::schedule) {
        schedule = &set;
      } else {
        others.push_back(&set);
      }
    }
    const bool singles = judge_.panel().single().monitors.size() > 0;
    std::size_t shares = others.empty() ? 0 : others.size();
    if (singles || schedule != nullptr) {
      pass(schedule, singles, others.empty() ? 1.0 : 0.5);
    }
    for (const Panel::Set* const set : others) {
      pass(set, false, 1.0 / static_cast<double>(shares--));
    }
    return conclusion();
  }

 private:
  /// `share` of what is left of the budget.
  void pass(const Panel::Set* set, bool singles, double share) {
    if (!request_.stop_at.empty() && findings_.stop == Stop::asked) return;
    Clock::time_point until = Clock::time_point::max();
    if (request_.budget.time) {
      const Clock::duration left = started_ + *request_.budget.time - Clock::now();
      until = Clock::now() + std::chrono::duration_cast<Clock::duration>(left * share);
    }
    std::uint64_t states = std::numeric_limits<std::uint32_t>::max() - 1;
    if (request_.budget.count) {
      const std::uint64_t left =
          *request_.budget.count - std::min(*request_.budget.count, findings_.states);
      states =
          std::max<std::uint64_t>(1, static_cast<std::uint64_t>(static_cast<double>(left) * share));
    }
    Pass(request_, bound_, judge_, set, singles, until, states, findings_).run();
  }

  std::vector<engine::Result> conclusion() {
    engine::Ending ending{.engine = "explore",
                          .unit = "states",
                          .done = findings_.states,
                          .failure = {},
                          .bound = {},
                          .runaway = findings_.runaway};
    const std::size_t actions = alphabet(request_.subject, bound_.clients).size();
    ending.bound = {
        {"exhausted", findings_.stop == Stop::exhausted},
        {"depth_exhausted", findings_.depth_exhausted},
        {"depth", std::uint64_t{findings_.depth}},
        {"stopped", std::string(name(findings_.stop))},
        {"depth_max", std::uint64_t{bound_.depth_max}},
        {"clients", std::uint64_t{bound_.clients}},
        {"alphabet", std::uint64_t{actions}},
        {"connections_max", std::uint64_t{request_.subject.configuration.connections_max}},
        {"worlds", std::uint64_t{findings_.worlds}},
        {"world_steps", findings_.world_steps},
        {"memory_octets", std::uint64_t{findings_.octets}},
        {"confusion", findings_.confusion}};
    return engine::conclude(request_, judge_, findings_.records, ending);
  }

  const engine::Request& request_;
  const Bound& bound_;
  const Clock::time_point started_ = Clock::now();
  engine::Judge judge_;
  Findings findings_;
};

}  // namespace

std::vector<engine::Result> run(const engine::Request& request, const Bound& bound) {
  return Exploration(request, bound).run();
}

}  // namespace sallyport::explore
