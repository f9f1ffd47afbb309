#include "targets/explore/world_graph.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <optional>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "targets/explore/event_fields.hpp"
#include "targets/explore/schedules.hpp"

namespace sallyport::explore {

namespace {

/// Are they equal but for the digits of tags? A client that goes on where its line hasn't ended
/// puts a tag in the middle of it: that is text for those who read it, and yet any tag would do.
bool equal_but_for_tags(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  bool in_tag = false;  // the letter of clients' tags, or digits behind it
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool digits = is_digit(a[i]) && is_digit(b[i]);
    if (a[i] != b[i] && !(digits && in_tag)) return false;
    in_tag = (digits && in_tag) || a[i] == 'a';
  }
  return true;
}

std::uint32_t bit(std::size_t piece) { return std::uint32_t{1} << piece; }

bool has_both_clients(const std::vector<world::Step>& alphabet) {
  return std::ranges::any_of(alphabet, [](const world::Step& step) { return step.client == 1; });
}

/// The place of `step` in `alphabet`; `otherwise` where it isn't there.
std::uint16_t place_of(const world::Step& step, std::span<const world::Step> alphabet,
                       std::size_t otherwise) {
  const auto found = std::ranges::find(alphabet, step);
  return static_cast<std::uint16_t>(
      found == alphabet.end() ? otherwise : static_cast<std::size_t>(found - alphabet.begin()));
}

}  // namespace

WorldGraph::WorldGraph(const world::Setting& setting, std::vector<world::Step> alphabet,
                       const Reductions& reductions, std::uint64_t seed)
    : setting_(setting),
      reductions_(reductions),
      alphabet_(std::move(alphabet)),
      symmetry_((reductions.symmetry || reductions.footprints) && has_both_clients(alphabet_),
                reductions.symmetry ? setting.front_end.connections_max : 0),
      pieces_(symmetry_.renamings()),
      worlds_(reductions.compact, seed),
      steps_(alphabet_.size()),
      passing_(alphabet_.size()),
      renamed_events_(symmetry_.renamings().size()),
      schedules_{{}} {
  for (std::size_t i = 0; i < alphabet_.size(); ++i) {
    world::Step other = alphabet_[i];
    if (other.wait == 0) other.client = static_cast<std::uint8_t>(1 - other.client);
    swapped_.push_back(place_of(other, alphabet_, i));
    other = alphabet_[i];
    other.mishap = world::Mishap::none;
    unstruck_.push_back(place_of(other, alphabet_, i));
  }
  built_.emplace_back();
  built_count_ = 1;
  Built& first = built_.front();
  first.world = std::make_unique<world::World>(setting_);
  first.world->begin(trace_);
  beginning_ = number(trace_.events);
  piece_count_ = first.world->pieces();
  name_pieces(first);
  Row row;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < piece_count_; ++i) {
    std::vector<std::uint8_t> names;
    for (const std::string& name : first.names[i]) {
      if (std::ranges::find(known, name) == known.end()) known.push_back(name);
      names.push_back(
          static_cast<std::uint8_t>(std::ranges::find(known, name) - known.begin() + 1));
    }
    row.add(write(*first.world, i), names);
  }
  start_row_ = row;
  row.encode(encoded_);
  worlds_.number(encoded_, flag_quiet | flag_at_rest, {}, 0);
}

void WorldGraph::edges(WorldId world, std::span<const std::uint16_t> actions,
                       std::vector<Edge>& out, bool without_local) {
  out.clear();
  if (runaway(world)) return;
  const Row row = this->row(world);
  Found found;
  world::Leases leases;
  for (std::size_t place = 0; place < actions.size(); ++place) {
    const std::uint16_t action = actions[place];
    leases.clear();
    do {
      const std::uint16_t chosen = schedule(leases);
      find(world, row, action, chosen, found);
      if (!found.outcome->possible) break;
      if (without_local && alphabet_[action].client == 0 && is_local(*found.outcome, action)) break;
      out.push_back(edge(world, row, found, action, chosen));
      out.back().place = static_cast<std::uint16_t>(place);
    } while (!reductions_.canonical_only &&
             next_schedule(leases, std::span(found.outcome->arities).first(found.outcome->leases)));
  }
}

std::vector<std::uint16_t> WorldGraph::actions() const {
  std::vector<std::uint16_t> all(alphabet_.size());
  std::iota(all.begin(), all.end(), std::uint16_t{0});
  return all;
}

world::Step WorldGraph::step_of(std::uint16_t action, std::uint16_t schedule) const {
  world::Step step = alphabet_[action];
  step.leases = schedules_[schedule];
  return step;
}

std::uint16_t WorldGraph::renamed_action(std::uint16_t action, RenamingId renaming) const {
  return symmetry_.renamings()[renaming].sessions[0] == 0 ? action : swapped_[action];
}

EventsId WorldGraph::renamed(EventsId events, RenamingId renaming) {
  if (renaming == 0) return events;
  constexpr EventsId unknown = 0xffffffff;
  std::vector<EventsId>& known = renamed_events_[renaming];
  if (known.size() <= events) known.resize(events_.size(), unknown);
  if (known[events] == unknown) {
    const EventsId id = number(world::renamed(events_[events], symmetry_.renamings()[renaming]));
    renamed_events_[renaming][events] = id;
  }
  return renamed_events_[renaming][events];
}

Edge WorldGraph::edge(WorldId from, const Row& row, const Found& found, std::uint16_t action,
                      std::uint16_t schedule) {
  ++transitions_;
  Row next = changed(row, found);
  RenamingId renaming = 0;
  if (reductions_.symmetry) {
    renaming = symmetry_.ordering(next, pieces_);
    if (renaming != 0) next = symmetry_.renamed(next, renaming, pieces_);
  }
  next.encode(encoded_);
  const Outcome& outcome = *found.outcome;
  std::uint8_t flags = 0;
  if (outcome.quiet) flags |= flag_quiet;
  if (outcome.at_rest) flags |= flag_at_rest;
  if (outcome.runaway) flags |= flag_runaway;
  const WorldId target = worlds_.number(
      encoded_, flags, {.world = from, .action = action, .schedule = schedule}, renaming);
  return {.place = 0,
          .schedule = schedule,
          .target = target,
          .events = outcome.events,
          .renaming = renaming,
          .struck = outcome.struck,
          .local = is_local(outcome, action)};
}

// A step without leases, since those look at connections.
bool WorldGraph::is_local(const Outcome& outcome, std::uint16_t action) const {
  const world::Step& step = alphabet_[action];
  return outcome.quiet && step.wait == 0 && outcome.footprint == bit(step.client);
}

// Of a compact table only the way to a world is known; its row is found again along it.
Row WorldGraph::row(WorldId world) {
  if (!worlds_.is_compact()) return Row::decode(worlds_.row(world), piece_count_, pieces_);
  if (world == start) return start_row_;
  if (world == last_row_id_) return last_row_;
  const From from = worlds_.from(world);
  const Row before = row(from.world);
  Found found;
  find(from.world, before, from.action, from.schedule, found);
  Row next = changed(before, found);
  const RenamingId renaming = worlds_.renaming(world);
  if (renaming != 0) next = symmetry_.renamed(next, renaming, pieces_);
  // Those that were found from one world are asked for one behind the other.
  last_row_id_ = from.world;
  last_row_ = before;
  return next;
}

// A world in which somebody waits may go on by itself in any step, and time goes by for all: there
// every step stands on every piece.
void WorldGraph::find(WorldId world, const Row& row, std::uint16_t action, std::uint16_t schedule,
                      Found& found) {
  const world::Step& step = alphabet_[action];
  const bool quiet = (worlds_.flags(world) & flag_quiet) != 0;
  const bool keep = reductions_.footprints && quiet && step.wait == 0;
  if (keep && find_unstruck(world, row, action, schedule, found)) return;
  found.table = &steps_;
  found.outcome = keep ? steps_.find(action, schedule, step.client, row, found.met) : nullptr;
  if (found.outcome == nullptr) run(world, row, action, schedule, keep, found);
}

bool WorldGraph::find_unstruck(WorldId world, const Row& row, std::uint16_t action,
                               std::uint16_t schedule, Found& found) {
  const std::uint16_t unstruck = unstruck_[action];
  if (unstruck == action) return false;
  find(world, row, unstruck, schedule, found);
  const std::uint16_t there = world::bit(world::facts(alphabet_[action].mishap).strikes);
  return (found.outcome->openings & there) == 0;
}

void WorldGraph::run(WorldId world, const Row& row, std::uint16_t action, std::uint16_t schedule,
                     bool keep, Found& found) {
  ++run_;
  const world::Step step = step_of(action, schedule);
  const Built& before = build(world);
  if (scratch_) {
    *scratch_ = *before.world;
  } else {
    scratch_ = std::make_unique<world::World>(*before.world);
  }
  const std::uint32_t all = bit(piece_count_) - 1;
  Outcome outcome;
  outcome.possible = scratch_->can(step);
  outcome.footprint = bit(step.client);
  if (outcome.possible) {
    trace_.clear();
    scratch_->step(step, trace_, &taken_);
    outcome.quiet = scratch_->quiet();
    outcome.at_rest = scratch_->at_rest();
    outcome.runaway = scratch_->runaway();
    outcome.struck = scratch_->struck();
    outcome.events = number(trace_.events);
    outcome.leases =
        static_cast<std::uint8_t>(std::min(taken_.arities.size(), Outcome::leases_max));
    std::copy_n(taken_.arities.begin(), outcome.leases, outcome.arities.begin());
    outcome.footprint |= (keep ? taken_.footprint : all) & all;
    outcome.openings = taken_.openings;
  }
  keep = keep && outcome.footprint != all;
  StepTable& table = keep ? steps_ : passing_;
  if (keep) {
    found.outcome = &table.add(action, schedule, step.client, row, outcome, found.met);
  } else {
    found.met.count = 0;
    for (std::size_t i = 0; i < row.first[row.count]; ++i) (void)found.met.place(row.names[i]);
    found.outcome = &table.only(outcome);
  }
  found.table = &table;
  if (outcome.possible) add_pieces(before, row, outcome, found.met, table);
  if (keep && swapped_[action] != action) {
    add_image(row, action, schedule, *found.outcome);
    found.outcome = steps_.find(action, schedule, step.client, row, found.met);
  }
}

// A name of a new piece is looked for among those of the piece that it was, then among those of the
// other pieces under the footprint. It can be none of the rest, which the step didn't look at: if
// it is spelt like one, as a tag may be like another client's, that means nothing.
void WorldGraph::add_pieces(const Built& before, const Row& row, const Outcome& outcome,
                            const Met& met, StepTable& table) {
  std::vector<std::string> fresh;
  const auto place_of = [&](const std::string& name, std::size_t piece) -> int {
    const auto& names = before.names[piece];
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return -1;
    Met known = met;
    return known.place(row.names_of(piece)[static_cast<std::size_t>(found - names.begin())]);
  };
  for (std::size_t i = 0; i < piece_count_; ++i) {
    if ((outcome.footprint & bit(i)) == 0) continue;
    const PieceId piece = write(*scratch_, i);
    std::vector<std::uint8_t> names;
    for (const std::string& name : canonical_.names()) {
      int place = place_of(name, i);
      for (std::size_t other = 0; other < piece_count_ && place < 0; ++other) {
        if (other != i && (taken_.footprint & bit(other)) != 0) place = place_of(name, other);
      }
      if (place < 0) {
        const auto known = std::ranges::find(fresh, name);
        place = static_cast<int>(met.count + static_cast<std::size_t>(known - fresh.begin()));
        if (known == fresh.end()) fresh.push_back(name);
      }
      names.push_back(static_cast<std::uint8_t>(place));
    }
    table.add_piece(piece, names);
  }
}

// Of the clients' pieces the mover's is met first on both sides and the rest stand in one order, so
// a name that is met has the same place on both.
void WorldGraph::add_image(const Row& row, std::uint16_t action, std::uint16_t schedule,
                           Outcome outcome) {
  const RenamingId swap = symmetry_.swap();
  const auto other = [](std::size_t piece) {
    return piece < world::clients_max ? 1 - piece : piece;
  };
  const std::uint32_t first = outcome.first;
  const std::uint32_t footprint = outcome.footprint;
  outcome.footprint = 0;
  for (std::size_t i = 0; i < piece_count_; ++i) {
    if ((footprint & bit(i)) != 0) outcome.footprint |= bit(other(i));
  }
  if (outcome.possible) outcome.events = renamed(outcome.events, swap);
  Met met;
  steps_.add(swapped_[action], schedule, other(alphabet_[action].client),
             symmetry_.renamed(row, swap, pieces_), outcome, met);
  if (!outcome.possible) return;
  for (std::size_t i = 0; i < piece_count_; ++i) {
    if ((outcome.footprint & bit(i)) == 0) continue;
    const auto before = static_cast<std::uint32_t>(std::popcount(footprint & (bit(other(i)) - 1)));
    const NewPiece piece = steps_.piece(first + before);
    const auto names = steps_.names(piece, pieces_.names(piece.piece));
    const std::vector<std::uint8_t> copied(names.begin(), names.end());
    steps_.add_piece(pieces_.renamed(piece.piece, swap), copied);
  }
}

// The row behind a step.
Row WorldGraph::changed(const Row& row, const Found& found) const {
  const Outcome& outcome = *found.outcome;
  Row next;
  std::uint32_t at = outcome.first;
  for (std::size_t i = 0; i < piece_count_; ++i) {
    if ((outcome.footprint & bit(i)) == 0) {
      next.add(row.pieces[i], row.names_of(i));
      continue;
    }
    const NewPiece& piece = found.table->piece(at++);
    std::array<std::uint8_t, Row::names_max> names;
    const auto places = found.table->names(piece, pieces_.names(piece.piece));
    for (std::size_t n = 0; n < places.size(); ++n) {
      const std::size_t fresh = std::size_t{row.first[row.count]} + 1 + places[n] - found.met.count;
      names[n] = places[n] < found.met.count ? found.met.names[places[n]]
                                             : static_cast<std::uint8_t>(fresh);
    }
    next.add(piece.piece, std::span(names).first(places.size()));
  }
  next.number_names();
  return next;
}

// Worlds are asked for in the order in which they were found, so the way to one is mostly the way
// to the one before it.
const WorldGraph::Built& WorldGraph::build(WorldId world) {
  std::vector<WorldId> way{world};
  while (way.back() != start) way.push_back(worlds_.from(way.back()).world);
  std::ranges::reverse(way);
  std::size_t same = 1;
  while (same < std::min(way.size(), built_count_) && built_[same].id == way[same]) ++same;
  if (built_.size() < way.size()) built_.resize(way.size());
  for (built_count_ = same; built_count_ < way.size(); ++built_count_) {
    const From from = worlds_.from(way[built_count_]);
    Built& next = built_[built_count_];
    const world::World& before = *built_[built_count_ - 1].world;
    next.id = way[built_count_];
    if (next.world) {
      *next.world = before;
    } else {
      next.world = std::make_unique<world::World>(before);
    }
    trace_.clear();
    next.world->step(step_of(from.action, from.schedule), trace_);
    const RenamingId renaming = worlds_.renaming(next.id);
    if (renaming != 0) next.world->rename(symmetry_.renamings()[renaming]);
    name_pieces(next);
    if (!is(*next.world, next.id)) ++strays_;
  }
  return built_[built_count_ - 1];
}

void WorldGraph::name_pieces(Built& built) {
  built.names.resize(built.world->pieces());
  for (std::size_t i = 0; i < built.names.size(); ++i) {
    (void)write(*built.world, i);
    built.names[i] = canonical_.names();
  }
}

PieceId WorldGraph::write(const world::World& world, std::size_t piece) {
  canonical_.clear();
  const std::size_t links = world::clients_max + setting_.front_end.connections_max;
  const std::size_t kind = piece < world::clients_max ? 0 : piece < links ? 1 : piece;
  canonical_.u8(
      static_cast<std::uint8_t>(kind));  // pieces of one kind may be renamed to each other
  world.canonical(piece, canonical_);
  return pieces_.number(canonical_);
}

bool WorldGraph::is(const world::World& world, WorldId id) {
  const Row row = this->row(id);
  for (std::size_t i = 0; i < row.count; ++i) {
    const PieceId piece = write(world, i);
    if (piece != row.pieces[i] &&
        !equal_but_for_tags(pieces_.octets(piece), pieces_.octets(row.pieces[i]))) {
      return false;
    }
  }
  return true;
}

world::Script WorldGraph::script_of(
    const std::vector<std::pair<std::uint16_t, std::uint16_t>>& way) {
  world::Script script{.protocol = setting_.protocol};
  if (!reductions_.symmetry) {
    for (const auto& [action, schedule] : way) script.steps.push_back(step_of(action, schedule));
    return script;
  }
  // Where numbers were changed on the way, the schedules are other ones in the run as it is: those
  // that show the same, and lead to the same.
  world::World real(setting_);
  RenamingId renamed_so_far = 0;
  WorldId at = start;
  std::vector<Edge> edges_here;
  for (const auto& [action, schedule] : way) {
    edges(at, std::span(&action, 1), edges_here);
    const auto edge = std::ranges::find(edges_here, schedule, &Edge::schedule);
    if (edge == edges_here.end()) throw std::logic_error("a way that isn't there");
    const RenamingId then = symmetry_.both(renamed_so_far, edge->renaming);
    world::Step step = step_of(renamed_action(action, symmetry_.inverse(renamed_so_far)), 0);
    step.leases.clear();
    std::optional<world::World> next;
    bool found = false;
    do {
      next = real;
      trace_.clear();
      next->step(step, trace_, &taken_);
      const std::vector<std::uint8_t> arities = taken_.arities;
      world::World ordered = *next;
      ordered.rename(symmetry_.renamings()[then]);
      found =
          is(ordered, edge->target) &&
          equal_but_for_order(world::renamed(trace_.events, symmetry_.renamings()[renamed_so_far]),
                              events_[edge->events]);
      if (found || !next_schedule(step.leases, arities)) break;
    } while (true);
    script.steps.push_back(step);
    real = std::move(*next);
    renamed_so_far = then;
    at = edge->target;
  }
  return script;
}

EventsId WorldGraph::number(const trace::Events& events) {
  canonical_.clear();
  for (const trace::Event& event : events) canonical(event, canonical_);
  squeeze(canonical_.bytes(), encoded_);
  const EventsId id = events_numbers_.number(encoded_);
  if (id == events_.size()) {
    events_.push_back(events);
    events_octets_ += events_.back().capacity() * sizeof(trace::Event);
  }
  return id;
}

std::uint16_t WorldGraph::schedule(const world::Leases& leases) {
  std::size_t length = leases.size();
  while (length > 0 && leases[length - 1] == 0) --length;
  const auto found = std::ranges::find_if(schedules_, [&](const world::Leases& known) {
    return std::ranges::equal(known, std::span(leases).first(length));
  });
  const auto place = static_cast<std::uint16_t>(found - schedules_.begin());
  if (place == schedules_.size()) {
    schedules_.emplace_back(leases.begin(), leases.begin() + static_cast<std::ptrdiff_t>(length));
  }
  return place;
}

void WorldGraph::archive(Archive& archive) {
  archive(pieces_, worlds_, steps_, events_numbers_, renamed_events_, schedules_, transitions_,
          run_, strays_);
  events_.resize(events_numbers_.size());
  for (trace::Events& events : events_) {
    auto size = static_cast<std::uint32_t>(events.size());
    archive(size);
    if (archive.reads()) {
      events.resize(size);
      events_octets_ += events.capacity() * sizeof(trace::Event);
    }
    for (trace::Event& event : events) each_field(event, [&](auto& field) { archive(field); });
  }
}

std::size_t WorldGraph::memory() const {
  std::size_t sum = worlds_.memory() + pieces_.memory() + steps_.memory() +
                    events_numbers_.memory() + events_octets_;
  for (const auto& each : renamed_events_) sum += each.capacity() * sizeof(EventsId);
  return sum;
}

}  // namespace sallyport::explore
