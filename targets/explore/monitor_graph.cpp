#include "targets/explore/monitor_graph.hpp"

namespace sallyport::explore {

namespace {

void note(std::vector<Note>& notes, std::size_t property, const properties::Outcome& outcome) {
  const bool violated = !outcome.violation.empty();
  for (Note& known : notes) {
    if (known.property != property) continue;
    ++known.exercised;
    known.violated = known.violated || violated;
    return;
  }
  notes.push_back(
      {.property = static_cast<std::uint32_t>(property), .exercised = 1, .violated = violated});
}

}  // namespace

MonitorGraph::MonitorGraph(const properties::Monitors& monitors) : monitors_(monitors) {
  number(monitors_.start());
}

MonitorsId MonitorGraph::number(const properties::Monitors::State& state) {
  const std::string_view octets(reinterpret_cast<const char*>(state.data()), state.size());
  const auto next = static_cast<MonitorsId>(states_.size());
  const MonitorsId found = state_table_.find_or_add(
      mixed(trace::digest_of(octets)), next, [&](MonitorsId id) { return states_[id] == state; });
  if (found == next) states_.push_back(state);
  return found;
}

const MonitorGraph::Step& MonitorGraph::step(MonitorsId from, std::uint32_t id,
                                             const trace::Events& events) {
  const Key key{.left = from, .right = id};
  const auto next = static_cast<std::uint32_t>(steps_.size());
  const std::uint32_t found = step_table_.find_or_add(
      hash(key), next, [&](std::uint32_t i) { return step_keys_[i] == key; });
  if (found != next) return steps_[found];
  Step step{};
  properties::Monitors::State state = states_[from];
  monitors_.step(state, events,
                 [&step](std::size_t i, const properties::Outcome& outcome, std::size_t) {
                   note(step.notes, i, outcome);
                 });
  step.next = number(state);
  step_keys_.push_back(key);
  return steps_.emplace_back(std::move(step));
}

const MonitorGraph::Comparison& MonitorGraph::compare(MonitorsId first, MonitorsId second) {
  const Key key{.left = first, .right = second};
  const auto next = static_cast<std::uint32_t>(comparisons_.size());
  const std::uint32_t found = comparison_table_.find_or_add(
      hash(key), next, [&](std::uint32_t i) { return comparison_keys_[i] == key; });
  if (found != next) return comparisons_[found];
  Comparison comparison{};
  properties::Monitors::State left = states_[first];
  properties::Monitors::State right = states_[second];
  monitors_.compare(left, right, [&comparison](std::size_t i, const properties::Outcome& outcome) {
    note(comparison.notes, i, outcome);
  });
  comparison.first = number(left);
  comparison.second = number(right);
  comparison_keys_.push_back(key);
  return comparisons_.emplace_back(std::move(comparison));
}

std::size_t MonitorGraph::octets() const {
  const std::size_t state = states_.empty() ? 0 : states_.front().size();
  return states_.capacity() * (sizeof(properties::Monitors::State) + state) +
         state_table_.octets() + step_table_.octets() + comparison_table_.octets() +
         steps_.capacity() * (sizeof(Step) + sizeof(Key)) +
         comparisons_.capacity() * (sizeof(Comparison) + sizeof(Key));
}

}  // namespace sallyport::explore
