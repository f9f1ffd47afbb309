#include "world/world.hpp"

#include <algorithm>
#include <utility>

#include "world/wires.hpp"

namespace sallyport::world {

using client::Verb;
using trace::Kind;
using trace::Point;
using trace::SessionId;

World::World(const Setting& setting) : setting_(&setting), front_end_(setting.front_end) {
  store_.removed.resize(setting.directory.accounts.size());
  for (std::size_t s = 0; s < clients_max; ++s) {
    slots_.push_back(
        {.client = client::Client(setting.protocol, setting.credentials),
         .observer = observe::Observer(setting.protocol, Point::client, static_cast<SessionId>(s)),
         .outlook_express = std::nullopt});
  }
}

bool World::can(const Step& step) const {
  if (step.wait != 0) return true;
  if (step.client >= slots_.size()) return false;
  const Slot& slot = slots_[step.client];
  if (slot.connected) return slot.client.can(step.action);
  // One that isn't connected connects first.
  const Verb verb = step.action.verb;
  return verb != Verb::close && verb != Verb::respond && verb != Verb::cancel &&
         verb != Verb::respond_long && verb != Verb::respond_endless && verb != Verb::replay;
}

void World::step(const Step& step, trace::Trace& out, Taken* taken) {
  struck_ = false;
  if (taken != nullptr) {
    taken->arities.clear();
    taken->footprint = 0;
    taken->openings = 0;
  }
  if (!can(step)) return;
  const bool was_quiet = taken == nullptr || quiet();
  before_ = std::exchange(delayed_, {});
  Wires wires(*this, step, out, taken);
  if (step.wait != 0) {
    wires.wait(step.wait);
  } else {
    if (!slots_[step.client].connected) wires.connect(step.client);
    wires.act(step.client, step.action);
  }
  wires.come_to_rest();
  struck_ = wires.struck();
  if (taken == nullptr) return;
  taken->footprint = was_quiet ? wires.footprint() : ~std::uint32_t{0};
  taken->openings = wires.openings();
}

void World::begin(trace::Trace& out) const {
  const auto given = [&](trace::Event event) {
    event.protocol = setting_->protocol;
    out.events.push_back(std::move(event));
  };
  given(front_end_.policy(setting_->protocol));
  for (const trace::Event& limit : front_end_.limits()) given(limit);
  for (const frontend::Account& account : setting_->database) {
    given({.kind = Kind::account,
           .point = Point::given,
           .valid = account.acts_for_others,
           .mechanisms = account.mechanisms,
           .user = account.user});
  }
}

const client::OutlookExpress* World::outlook_express(std::size_t client) const {
  const auto& running = slots_[client].outlook_express;
  return running ? &*running : nullptr;
}

void World::canonical(trace::Canonical& out) const {
  for (std::size_t piece = 0; piece < pieces(); ++piece) canonical(piece, out);
}

void World::canonical(std::size_t piece, trace::Canonical& out) const {
  if (piece < clients_max) return canonical_slot(piece, out);
  if (piece < rest_piece(0)) return canonical_link(piece - clients_max, out);
  switch (piece - rest_piece(0)) {
    case piece_nonces:
      return nonces_.canonical(out);
    case piece_store:
      return store_.canonical(out);
    case piece_front_end:
      return front_end_.canonical_rest(out);
    default:
      return canonical_delayed(out);
  }
}

void World::canonical_slot(std::size_t s, trace::Canonical& out) const {
  const Slot& slot = slots_[s];
  out.flag(slot.connected);
  front_end_.canonical(static_cast<SessionId>(s), out);
  if (!slot.connected) return;
  slot.client.canonical(out);
  slot.observer.canonical(out);
  out.u32(slot.held);
  out.flag(slot.outlook_express.has_value());
  if (slot.outlook_express) slot.outlook_express->canonical(out);
}

void World::canonical_link(std::size_t k, trace::Canonical& out) const {
  front_end_.canonical_link(static_cast<trace::LinkId>(k), out);
  const bool stands = k < links_.size() && links_[k].has_value();
  out.flag(stands);
  if (!stands) return;
  const Link& link = *links_[k];
  link.connection.canonical(out);
  link.observer.canonical(out);
  out.session(link.session);
  out.name(link.logged_in ? std::string_view{} : std::string_view(link.tag));
  out.flag(link.logging_in);
  out.flag(link.logged_in);
}

void World::canonical_delayed(trace::Canonical& out) const {
  for (const Delivery& late : delayed_) {
    // One for a connection that is gone since has no effect.
    const auto& link = links_[late.id];
    if (!link || link->opening != late.opening) continue;
    out.enumerator(late.to);
    out.link(late.id);
    out.lines(late.octets);
  }
}

std::string binding_of(SessionId s) { return "channel of session " + std::to_string(s); }

trace::Events renamed(trace::Events events, const trace::Renaming& renaming) {
  static const std::vector<std::uint64_t> bindings = [] {
    std::vector<std::uint64_t> all;
    for (SessionId s = 0; s < clients_max; ++s) all.push_back(trace::digest_of(binding_of(s)));
    return all;
  }();
  for (trace::Event& event : events) {
    event.session = renaming.session(event.session);
    event.link = renaming.link(event.link);
    const auto bound = std::ranges::find(bindings, event.binding);
    if (event.binding == 0 || bound == bindings.end()) continue;
    event.binding = bindings[renaming.sessions[static_cast<std::size_t>(bound - bindings.begin())]];
  }
  return events;
}

void World::rename(const trace::Renaming& renaming) {
  front_end_.rename(renaming, binding_of);
  nonces_.rename(renaming);
  std::vector<Slot> slots = std::exchange(slots_, std::vector<Slot>(slots_));
  for (SessionId s = 0; s < slots.size(); ++s) {
    const SessionId to = renaming.session(s);
    slots_[to] = std::move(slots[s]);
    slots_[to].observer.rename(to);
    slots_[to].client.rename_channel(binding_of(to));
  }
  links_.resize(trace::Renaming::links_max);
  std::vector<std::optional<Link>> links(trace::Renaming::links_max);
  links_.swap(links);
  for (trace::LinkId k = 0; k < links.size(); ++k) {
    const trace::LinkId to = renaming.link(k);
    links_[to] = std::move(links[k]);
    if (!links_[to]) continue;
    links_[to]->observer.rename(to);
    links_[to]->session = renaming.session(links_[to]->session);
  }
  for (Delivery& late : delayed_) {
    if (late.to == To::front_end_link || late.to == To::hang_up) late.id = renaming.link(late.id);
  }
}

void run(const Setting& setting, const Script& script, trace::Trace& out) {
  World world(setting);
  world.begin(out);
  for (const Step& step : script.steps) world.step(step, out);
}

}  // namespace sallyport::world
