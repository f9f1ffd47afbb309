#include "targets/explore/monitor_graph.hpp"

#include <array>
#include <cstring>
#include <string_view>

namespace sallyport::explore {

namespace {

/// A monitor's state while it steps.
struct Workspace {
  static constexpr std::size_t octets_max = 1024;
  alignas(8) std::array<std::byte, octets_max> octets;

  void load(std::string_view from) { std::memcpy(octets.data(), from.data(), from.size()); }
  [[nodiscard]] std::string_view read(const properties::Property& property) const {
    return {reinterpret_cast<const char*>(octets.data()), property.state_octets};
  }
};

void append_number(std::string& out, std::uint32_t number) {
  for (; number >= 0x80; number >>= 7U) out += static_cast<char>(number | 0x80U);
  out += static_cast<char>(number);
}

}  // namespace

MonitorGraph::MonitorGraph(const properties::Monitors& monitors)
    : monitors_(monitors),
      states_(monitors.size()),
      recent_(recent_max),
      recent_comparisons_(recent_max) {
  Workspace workspace;
  for (std::size_t i = 0; i < monitors_.size(); ++i) {
    const properties::Property& property = monitors_.property(i);
    property.start(workspace.octets.data());
    one_.push_back(states_[i].number(workspace.read(property)));
  }
  number(one_, {});
  number(std::vector<Note>{});
}

MonitorGraph::Step MonitorGraph::step(MonitorsId from, std::uint32_t name,
                                      const trace::Events& events) {
  Joint& recent = recent_[hash(from, name) % recent_max];
  if (recent.left == from && recent.right == name) {
    return {.next = recent.next, .notes = recent.notes};
  }
  states_of(from, one_);
  noted_.clear();
  for (std::uint32_t i = 0; i < one_.size(); ++i) {
    const Single& step = single(i, one_[i], name, events);
    one_[i] = step.next;
    if (step.exercised == 0) continue;
    noted_.push_back({.property = i, .exercised = step.exercised, .violated = step.violated});
  }
  recent = {.left = from,
            .right = name,
            .next = number(one_, {.from = from, .events = name}),
            .notes = number(noted_)};
  return {.next = recent.next, .notes = recent.notes};
}

MonitorGraph::Comparison MonitorGraph::compare(MonitorsId first, MonitorsId second) {
  Joint& recent = recent_comparisons_[hash(first, second) % recent_max];
  if (recent.left == first && recent.right == second) {
    return {.first = recent.next, .second = recent.second, .notes = recent.notes};
  }
  states_of(first, one_);
  states_of(second, two_);
  noted_.clear();
  Workspace left;
  Workspace right;
  for (std::uint32_t i = 0; i < one_.size(); ++i) {
    const properties::Property& property = monitors_.property(i);
    if (property.compare == nullptr) continue;
    left.load(states_[i][one_[i]]);
    right.load(states_[i][two_[i]]);
    const properties::Outcome outcome = property.compare(left.octets.data(), right.octets.data());
    one_[i] = states_[i].number(left.read(property));
    two_[i] = states_[i].number(right.read(property));
    if (!outcome.exercised()) continue;
    noted_.push_back({.property = i, .exercised = 1, .violated = !outcome.violation().empty()});
  }
  recent = {.left = first,
            .right = second,
            .next = number(one_, {}),
            .second = number(two_, {}),
            .notes = number(noted_)};
  return {.first = recent.next, .second = recent.second, .notes = recent.notes};
}

const MonitorGraph::Single& MonitorGraph::single(std::uint32_t monitor, StateId from,
                                                 std::uint32_t name, const trace::Events& events) {
  const auto next = static_cast<std::uint32_t>(singles_.size());
  const std::uint32_t found =
      single_table_.find_or_add(hash(from, name, monitor), next, [&](std::uint32_t i) {
        const Single& known = singles_[i];
        return known.from == from && known.events == name && known.monitor == monitor;
      });
  if (found != next) return singles_[found];
  const properties::Property& property = monitors_.property(monitor);
  Single step{.from = from, .events = name, .monitor = monitor};
  Workspace workspace;
  workspace.load(states_[monitor][from]);
  for (const trace::Event& event : events) {
    const properties::Outcome outcome = property.step(workspace.octets.data(), event);
    if (!outcome.exercised()) continue;
    ++step.exercised;
    step.violated = step.violated || !outcome.violation().empty();
  }
  step.next = states_[monitor].number(workspace.read(property));
  return singles_.emplace_back(step);
}

void MonitorGraph::states_of(MonitorsId joint, std::vector<StateId>& out) const {
  out.clear();
  StateId state = 0;
  unsigned shift = 0;
  for (const char c : joint_[joint]) {
    const auto octet = static_cast<std::uint8_t>(c);
    state |= (octet & 0x7fU) << shift;
    shift += 7;
    if (octet >= 0x80) continue;
    out.push_back(state);
    state = 0;
    shift = 0;
  }
}

MonitorsId MonitorGraph::number(const std::vector<StateId>& states, const Origin& origin) {
  encoded_.clear();
  for (const StateId state : states) append_number(encoded_, state);
  const MonitorsId id = joint_.number(encoded_);
  if (id == origins_.size()) origins_.push_back(origin);
  return id;
}

NotesId MonitorGraph::number(const std::vector<Note>& notes) {
  encoded_.clear();
  for (const Note& note : notes) {
    append_number(encoded_, note.property);
    append_number(encoded_, note.exercised);
    append_number(encoded_, note.violated ? 1 : 0);
  }
  const NotesId id = note_numbers_.number(encoded_);
  if (id == notes_.size()) notes_.push_back(notes);
  return id;
}

std::size_t MonitorGraph::memory() const {
  std::size_t sum = joint_.memory() + origins_.capacity() * sizeof(Origin) +
                    singles_.capacity() * sizeof(Single) + single_table_.octets() +
                    (recent_.size() + recent_comparisons_.size()) * sizeof(Joint) +
                    note_numbers_.memory();
  for (const Octets& each : states_) sum += each.memory();
  for (const auto& each : images_) sum += each.capacity() * sizeof(MonitorsId);
  for (const auto& each : notes_) sum += each.capacity() * sizeof(Note);
  return sum;
}

}  // namespace sallyport::explore
