#include "targets/explore/world_graph.hpp"

#include <algorithm>
#include <utility>

namespace sallyport::explore {

namespace {

/// A world's share of the heap for each octet of its canonical form, as measured.
constexpr std::size_t heap_factor = 8;

/// Everything about an event that a monitor may look at.
void canonical(const trace::Event& event, trace::Canonical& out) {
  out.enumerator(event.kind);
  out.enumerator(event.point);
  out.enumerator(event.protocol);
  out.u16(event.session);
  out.u16(event.link);
  out.u8(event.command);
  out.enumerator(event.verb);
  out.enumerator(event.status);
  out.enumerator(event.mechanism);
  out.enumerator(event.blob);
  out.enumerator(event.source);
  out.enumerator(event.code);
  out.enumerator(event.limit);
  out.flag(event.from_server);
  out.flag(event.valid);
  out.flag(event.repeated);
  out.flag(event.from_literal);
  out.u32(event.mechanisms.bits);
  out.u32(event.terminated.bits);
  out.u32(event.to_backends.bits);
  out.u32(event.rules.bits);
  out.u32(event.amount);
  out.u32(event.capabilities.bits);
  out.u64(event.secret);
  out.u64(event.digest);
  out.name(event.tag);
  out.u64(event.binding);
  out.text(event.user);
  out.text(event.authcid);
}

/// The next schedule after `leases`, whose leases had `arities` choices: an odometer whose last
/// place turns fastest. What comes behind a changed place starts again at the canonical choice,
/// because it may have other arities.
bool next_schedule(world::Leases& leases, const std::vector<std::uint8_t>& arities) {
  leases.resize(arities.size(), 0);
  while (!leases.empty()) {
    if (leases.back() + 1 < arities[leases.size() - 1]) {
      ++leases.back();
      return true;
    }
    leases.pop_back();
  }
  return false;
}

}  // namespace

WorldGraph::WorldGraph(const world::Setting& setting, std::vector<world::Step> alphabet,
                       std::uint64_t seed, bool canonical)
    : setting_(setting),
      canonical_only_(canonical),
      alphabet_(std::move(alphabet)),
      schedules_{{}},
      world_numbers_(seed),
      events_numbers_(seed + 1) {
  scratch_ = std::make_unique<world::World>(setting_);
  scratch_->begin(trace_);
  beginning_ = number(trace_.events);
  number(*scratch_);
}

std::span<const Edge> WorldGraph::edges(WorldId world) {
  if (!rows_[world].expanded) expand(world);
  const Row& row = rows_[world];
  return std::span(edges_).subspan(row.first_edge, row.edge_count);
}

world::Step WorldGraph::step_of(std::uint16_t action, std::uint16_t schedule) const {
  world::Step step = alphabet_[action];
  step.leases = schedules_[schedule];
  return step;
}

void WorldGraph::expand(WorldId id) {
  const std::unique_ptr<world::World> world = std::move(rows_[id].world);
  --waiting_;
  rows_[id].first_edge = static_cast<std::uint32_t>(edges_.size());
  rows_[id].expanded = true;
  if (!world->runaway()) {
    for (std::size_t action = 0; action < alphabet_.size(); ++action) {
      if (world->can(alphabet_[action])) take(*world, action);
    }
  }
  rows_[id].edge_count = static_cast<std::uint32_t>(edges_.size()) - rows_[id].first_edge;
}

void WorldGraph::take(const world::World& from, std::size_t action) {
  world::Step step = alphabet_[action];
  do {
    if (scratch_) {
      *scratch_ = from;
    } else {
      scratch_ = std::make_unique<world::World>(from);
    }
    trace_.clear();

    const std::uint16_t chosen = schedule(step.leases);
    scratch_->step(step, trace_, &taken_);
    const EventsId events = number(trace_.events);
    const WorldId target = number(*scratch_);
    edges_.push_back({.action = static_cast<std::uint16_t>(action),
                      .schedule = chosen,
                      .target = target,
                      .events = events});
  } while (!canonical_only_ && next_schedule(step.leases, taken_.arities));
}

WorldId WorldGraph::number(world::World& world) {
  canonical_.clear();
  world.canonical(canonical_);
  const WorldId id = world_numbers_.number(canonical_.bytes());
  if (id < rows_.size()) return id;
  rows_.emplace_back();
  rows_.back().runaway = world.runaway();
  rows_.back().at_rest = world.at_rest();
  rows_.back().world = std::move(scratch_);
  world_octets_ =
      std::max(world_octets_, sizeof(world::World) + heap_factor * canonical_.bytes().size());
  ++waiting_;
  return id;
}

EventsId WorldGraph::number(const trace::Events& events) {
  canonical_.clear();
  for (const trace::Event& event : events) canonical(event, canonical_);
  const EventsId id = events_numbers_.number(canonical_.bytes());
  if (id == events_.size()) events_.push_back(events);
  return id;
}

std::uint16_t WorldGraph::schedule(const world::Leases& leases) {
  world::Leases shortest = leases;
  while (!shortest.empty() && shortest.back() == 0) shortest.pop_back();
  const auto found = std::find(schedules_.begin(), schedules_.end(), shortest);
  if (found == schedules_.end()) {
    schedules_.push_back(shortest);
    return static_cast<std::uint16_t>(schedules_.size() - 1);
  }
  return static_cast<std::uint16_t>(found - schedules_.begin());
}

std::size_t WorldGraph::octets() const {
  return rows_.capacity() * sizeof(Row) + edges_.capacity() * sizeof(Edge) +
         world_numbers_.octets() + events_numbers_.octets() + waiting_ * world_octets_;
}

}  // namespace sallyport::explore
