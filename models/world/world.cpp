#include "world/world.hpp"

#include <algorithm>
#include <utility>

namespace sallyport::world {

using client::Verb;
using trace::Kind;
using trace::LinkId;
using trace::Point;
using trace::SessionId;

namespace {

// No script of a front-end that comes to rest needs a tenth of this in one step.
constexpr std::size_t deliveries_max = 4096;

}  // namespace

Setting::Setting(frontend::Configuration configuration, trace::Protocol protocol_)
    : front_end(configuration), protocol(protocol_) {
  for (const backend::Account& account : directory->accounts) {
    credentials.push_back({.user = account.user, .password = account.password});
  }
}

// The wires during one step: what was written and not yet delivered, in order. Observers see octets
// when they are written, so that events stand in the order of cause and effect.
class World::Wires final : public frontend::Host {
 public:
  Wires(World& world, const Step& step, trace::Trace& out, std::vector<std::uint8_t>* arities)
      : world_(world), step_(step), out_(out), arities_(arities) {}

  // What clients do.

  void connect(SessionId s) {
    Slot& slot = world_.slots_[s];
    slot.client = client::Client(world_.setting_->protocol, world_.setting_->credentials);
    slot.observer = observe::Observer(world_.setting_->protocol, Point::client, s);
    slot.outlook_express.reset();
    slot.connected = true;
    slot.observer.opened(out_);
    world_.front_end_.client_opened(s, world_.setting_->protocol, false, *this);
    settle();
  }

  void act(SessionId s, const client::Action& action) {
    Slot& slot = world_.slots_[s];
    if (!slot.connected) return;
    if (action.verb == Verb::outlook_express) {
      slot.outlook_express.emplace(action.account);
      return check_mail(s);
    }
    std::string octets;
    const client::Client::Acted acted = slot.client.act(action, octets);
    if (acted.attempt) {
      given({.kind = Kind::attempt,
             .session = s,
             .mechanism = acted.mechanism,
             .valid = acted.valid});
    }
    from_client(s, std::move(octets));
    if (acted.closes) {
      slot.observer.closed(false, out_);
      slot.connected = false;
      world_.front_end_.client_closed(s, *this);
    }
    settle();
  }

  void given(trace::Event event) {
    event.point = Point::given;
    event.protocol = world_.setting_->protocol;
    out_.events.push_back(std::move(event));
  }

  // frontend::Host

  void to_client(SessionId s, std::string_view octets) override {
    Slot& slot = world_.slots_[s];
    if (!slot.connected) return;
    slot.observer.from_server(octets, out_);
    queue_.push_back({.to = To::client, .id = s, .octets = std::string(octets)});
  }

  void close_client(SessionId s) override {
    Slot& slot = world_.slots_[s];
    if (!slot.connected) return;
    slot.observer.closed(true, out_);
    slot.connected = false;
  }

  void start_tls(SessionId s) override { queue_.push_back({.to = To::tls, .id = s}); }

  void open_backend(LinkId k, trace::Protocol protocol) override {
    if (k >= world_.links_.size()) world_.links_.resize(k + std::size_t{1});
    const std::uint16_t opening = ++world_.openings_;
    world_.links_[k].emplace(
        Link{.connection = backend::Connection(*world_.setting_->directory, protocol, opening),
             .observer = observe::Observer(protocol, Point::backend, k),
             .opening = opening});
    Link& link = *world_.links_[k];
    link.observer.opened(out_);
    std::string greeting;
    link.connection.open(greeting);
    from_backend(k, std::move(greeting));
  }

  void to_backend(LinkId k, std::string_view octets) override {
    Link& link = *world_.links_[k];
    link.observer.from_client(octets, out_);
    queue_.push_back(
        {.to = To::backend, .id = k, .opening = link.opening, .octets = std::string(octets)});
  }

  void close_backend(LinkId k) override {
    Link& link = *world_.links_[k];
    if (!link.hung_up) link.observer.closed(false, out_);
    world_.links_[k].reset();
  }

  std::size_t choose(SessionId /*session*/, std::span<const LinkId> eligible) override {
    if (arities_ != nullptr) arities_->push_back(static_cast<std::uint8_t>(eligible.size()));
    const std::size_t choice = lease_ < step_.leases.size() ? step_.leases[lease_] : 0;
    ++lease_;
    return choice % eligible.size();
  }

  void inside(const trace::Event& event) override { out_.events.push_back(event); }

 private:
  enum class To : std::uint8_t { client, front_end_client, backend, front_end_link, hang_up, tls };

  struct Delivery {
    To to{};
    std::uint16_t id = 0;       // session or link
    std::uint16_t opening = 0;  // of the link
    std::string octets{};
  };

  void from_client(SessionId s, std::string octets) {
    if (octets.empty()) return;
    world_.slots_[s].observer.from_client(octets, out_);
    if (step_.split == 0) {
      queue_.push_back({.to = To::front_end_client, .id = s, .octets = std::move(octets)});
      return;
    }
    for (std::size_t at = 0; at < octets.size(); at += step_.split) {
      queue_.push_back(
          {.to = To::front_end_client, .id = s, .octets = octets.substr(at, step_.split)});
    }
  }

  void from_backend(LinkId k, std::string octets) {
    if (octets.empty()) return;
    Link& link = *world_.links_[k];
    link.observer.from_server(octets, out_);
    queue_.push_back(
        {.to = To::front_end_link, .id = k, .opening = link.opening, .octets = std::move(octets)});
  }

  void settle() {
    for (; next_ < queue_.size(); ++next_) {
      if (next_ >= deliveries_max) {
        world_.runaway_ = true;
        break;
      }
      const Delivery delivery = std::move(queue_[next_]);
      deliver(delivery);
    }
  }

  void deliver(const Delivery& delivery) {
    switch (delivery.to) {
      case To::client: {
        std::string answer;
        world_.slots_[delivery.id].client.receive(delivery.octets, answer);
        if (world_.slots_[delivery.id].connected) from_client(delivery.id, std::move(answer));
        return;
      }
      case To::front_end_client:
        if (!world_.slots_[delivery.id].connected) return;
        return world_.front_end_.client_octets(delivery.id, delivery.octets, *this);
      case To::backend: {
        if (!stands(delivery)) return;
        Link& link = *world_.links_[delivery.id];
        std::string answer;
        link.connection.receive(delivery.octets, world_.store_, answer);
        const bool closing = link.connection.closing();
        from_backend(delivery.id, std::move(answer));
        if (closing) {
          queue_.push_back({.to = To::hang_up, .id = delivery.id, .opening = delivery.opening});
        }
        return;
      }
      case To::front_end_link:
        if (!stands(delivery)) return;
        return world_.front_end_.backend_octets(delivery.id, delivery.octets, *this);
      case To::hang_up:
        if (!stands(delivery)) return;
        world_.links_[delivery.id]->hung_up = true;
        world_.links_[delivery.id]->observer.closed(true, out_);
        // The front-end closes its side of it in turn, which frees the number.
        return world_.front_end_.backend_closed(delivery.id, *this);
      case To::tls: {
        Slot& slot = world_.slots_[delivery.id];
        if (!slot.connected) return;
        slot.observer.tls(out_);
        slot.client.tls_established();
        trace::Event policy = world_.front_end_.policy(true);
        policy.session = delivery.id;
        given(std::move(policy));
        return world_.front_end_.tls_established(delivery.id, *this);
      }
    }
  }

  /// The connection that it was written to is still the one of that number.
  [[nodiscard]] bool stands(const Delivery& delivery) const {
    const auto& link = world_.links_[delivery.id];
    return link.has_value() && link->opening == delivery.opening;
  }

  // Outlook Express goes on by itself until it is done; what its user sees stands in the dialogue.
  void check_mail(SessionId s) {
    Slot& slot = world_.slots_[s];
    while (slot.connected && !slot.client.waiting() && !world_.runaway_) {
      std::string shown;
      const auto next = slot.outlook_express->next(slot.client, world_.setting_->protocol, shown);
      if (!shown.empty() && out_.keep_dialogue) {
        out_.dialogue.push_back({.point = Point::given,
                                 .id = s,
                                 .from_server = false,
                                 .octets = std::move(shown),
                                 .first_event = out_.events.size()});
      }
      if (!next) return;
      act(s, *next);
    }
  }

  World& world_;
  const Step& step_;
  trace::Trace& out_;
  std::vector<std::uint8_t>* arities_;
  std::vector<Delivery> queue_;
  std::size_t next_ = 0;
  std::size_t lease_ = 0;
};

World::World(const Setting& setting) : setting_(&setting), front_end_(setting.front_end) {
  store_.removed.resize(setting.directory->accounts.size());
  for (std::size_t s = 0; s < clients_max; ++s) {
    slots_.push_back(
        {.client = client::Client(setting.protocol, setting.credentials),
         .observer = observe::Observer(setting.protocol, Point::client, static_cast<SessionId>(s)),
         .outlook_express = std::nullopt});
  }
}

bool World::can(const Step& step) const {
  if (step.client >= slots_.size()) return false;
  const Slot& slot = slots_[step.client];
  if (slot.connected) return slot.client.can(step.action);
  const Verb verb = step.action.verb;
  return verb != Verb::close && verb != Verb::respond && verb != Verb::cancel;
}

void World::step(const Step& step, trace::Trace& out, std::vector<std::uint8_t>* arities) {
  if (!can(step)) return;
  Wires wires(*this, step, out, arities);
  if (!slots_[step.client].connected) wires.connect(step.client);
  wires.act(step.client, step.action);
  wires.given({.kind = Kind::quiescent});
}

void World::begin(trace::Trace& out) const {
  trace::Event policy = front_end_.policy(false);
  policy.protocol = setting_->protocol;
  out.events.push_back(std::move(policy));
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
    out.flag(slot.outlook_express.has_value());
    if (slot.outlook_express) slot.outlook_express->canonical(out);
  }
  for (const auto& link : links_) {
    out.flag(link.has_value());
    if (!link) continue;
    link->connection.canonical(out);
    link->observer.canonical(out);
  }
  front_end_.canonical(out);
  store_.canonical(out);
}

void run(const Setting& setting, const Script& script, trace::Trace& out) {
  World world(setting);
  world.begin(out);
  for (const Step& step : script.steps) world.step(step, out);
}

}  // namespace sallyport::world
