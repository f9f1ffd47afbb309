#include "targets/explore/cycles.hpp"

#include <deque>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "client/client.hpp"
#include "targets/explore/octets.hpp"
#include "targets/explore/schedules.hpp"
#include "trace/canonical.hpp"

namespace sallyport::explore {

namespace {

constexpr std::uint8_t alice = 0;
constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

/// Where a run can be: the world, and what the client means to do.
struct Place {
  world::World world;
  client::OutlookExpress client;
  std::size_t from = nowhere;
  world::Step step;       // that led here
  std::size_t depth = 0;  // steps
};

struct Edge {
  std::size_t from = 0;
  std::size_t to = 0;
  world::Step step;
  bool asks = false;  // its user is asked for the password again
};

class Search {
 public:
  Search(const world::Setting& setting, std::size_t states_max)
      : setting_(setting), states_max_(states_max) {}

  Cycles run() {
    reach({.world = world::World(setting_),
           .client = client::OutlookExpress(alice, client::OutlookExpress::endless)});
    std::size_t next = 0;
    for (; next < places_.size() && places_.size() <= states_max_; ++next) expand(next);
    first_edge_.resize(places_.size(), edges_.size());
    return {.states = places_.size(), .exhausted = next == places_.size(), .lasso = shortest()};
  }

 private:
  void expand(std::size_t at) {
    first_edge_.push_back(edges_.size());
    client::OutlookExpress client = places_[at].client;
    if (at == 0 && setting_.front_end.certificate) {
      return take(at, {.verb = client::Verb::starttls}, client, false);
    }
    std::string shown;
    auto action = client.next(places_[at].world.client(0), setting_.protocol, shown);
    bool asks = !shown.empty() && action.has_value();
    const bool unsupported = client.phase() == client::OutlookExpress::Phase::unsupported;
    if (!action && unsupported && !places_[at].world.client(0).authenticated()) {
      action = client::Action{.verb = client::Verb::login, .account = alice};
      asks = true;  // of a first one there is no cycle
    }
    if (action) take(at, *action, client, asks);
  }

  /// On every schedule.
  void take(std::size_t at, const client::Action& action, const client::OutlookExpress& client,
            bool asks) {
    world::Step step;
    step.action = action;
    trace::Trace trace;
    world::Taken taken;
    do {
      world::World world = places_[at].world;
      trace.clear();
      world.step(step, trace, &taken);
      const std::size_t to = reach({.world = std::move(world),
                                    .client = client,
                                    .from = at,
                                    .step = step,
                                    .depth = places_[at].depth + 1});
      edges_.push_back({.from = at, .to = to, .step = step, .asks = asks});
    } while (next_schedule(step.leases, taken.arities));
  }

  std::size_t reach(Place place) {
    trace::Canonical canonical;
    place.world.canonical(canonical);
    place.client.canonical(canonical);
    const std::size_t id = known_.number(canonical.bytes());
    if (id == places_.size()) places_.push_back(std::move(place));
    return id;
  }

  /// The lasso of fewest steps whose cycle asks for the password.
  [[nodiscard]] std::optional<Lasso> shortest() const {
    std::optional<Lasso> best;
    for (const Edge& edge : edges_) {
      if (!edge.asks) continue;
      const auto back = way(edge.to, edge.from);
      if (!back) continue;
      Lasso lasso{.script = {.protocol = setting_.protocol}, .loop = places_[edge.from].depth};
      if (best && best->script.steps.size() <= lasso.loop + 1 + back->size()) continue;
      for (std::size_t at = edge.from; at != 0; at = places_[at].from) {
        lasso.script.steps.insert(lasso.script.steps.begin(), places_[at].step);
      }
      lasso.script.steps.push_back(edge.step);
      lasso.script.steps.insert(lasso.script.steps.end(), back->begin(), back->end());
      best = std::move(lasso);
    }
    return best;
  }

  /// The fewest steps from one place to another, if there is a way.
  [[nodiscard]] std::optional<std::vector<world::Step>> way(std::size_t from,
                                                            std::size_t to) const {
    std::vector<const Edge*> by(places_.size(), nullptr);
    std::deque<std::size_t> waiting{from};
    while (!waiting.empty() && waiting.front() != to) {
      const std::size_t at = waiting.front();
      waiting.pop_front();
      for (std::size_t i = first_edge_[at]; i < edges_.size() && edges_[i].from == at; ++i) {
        const Edge& edge = edges_[i];
        if (edge.to == from || by[edge.to] != nullptr) continue;
        by[edge.to] = &edge;
        waiting.push_back(edge.to);
      }
    }
    if (waiting.empty()) return std::nullopt;
    std::vector<world::Step> steps;
    for (std::size_t at = to; at != from; at = by[at]->from) {
      steps.insert(steps.begin(), by[at]->step);
    }
    return steps;
  }

  const world::Setting& setting_;
  std::size_t states_max_;
  Octets known_;
  std::deque<Place> places_;
  std::vector<Edge> edges_;  // in the order of the places that they begin at
  std::vector<std::size_t> first_edge_;
};

}  // namespace

Cycles search_cycles(const world::Setting& setting, std::size_t states_max) {
  return Search(setting, states_max).run();
}

}  // namespace sallyport::explore
