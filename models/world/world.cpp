#include "world/world.hpp"

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

void World::step(const Step& step, trace::Trace& out, std::vector<std::uint8_t>* arities) {
  if (!can(step)) return;
  before_ = std::exchange(delayed_, {});
  Wires wires(*this, step, out, arities);
  if (step.wait != 0) {
    wires.wait(step.wait);
  } else {
    if (!slots_[step.client].connected) wires.connect(step.client);
    wires.act(step.client, step.action);
  }
  wires.come_to_rest();
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
  for (const Slot& slot : slots_) {
    out.flag(slot.connected);
    if (!slot.connected) continue;
    slot.client.canonical(out);
    slot.observer.canonical(out);
    out.u32(slot.held);
    out.flag(slot.outlook_express.has_value());
    if (slot.outlook_express) slot.outlook_express->canonical(out);
  }
  for (const auto& link : links_) {
    out.flag(link.has_value());
    if (!link) continue;
    link->connection.canonical(out);
    link->observer.canonical(out);
    out.u16(link->session);
    out.name(link->logged_in ? std::string_view{} : std::string_view(link->tag));
    out.flag(link->logging_in);
    out.flag(link->logged_in);
  }
  for (const Delivery& late : delayed_) {
    // One for a connection that is gone since has no effect.
    const auto& link = links_[late.id];
    if (!link || link->opening != late.opening) continue;
    out.enumerator(late.to);
    out.u16(late.id);
    out.text(late.octets);
  }
  nonces_.canonical(out);
  front_end_.canonical(out);
  store_.canonical(out);
}

void run(const Setting& setting, const Script& script, trace::Trace& out) {
  World world(setting);
  world.begin(out);
  for (const Step& step : script.steps) world.step(step, out);
}

}  // namespace sallyport::world
