#include "world/wires.hpp"

#include <algorithm>
#include <span>
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
// So much of what a client says at once is cut into packets; the rest comes in one.
constexpr std::size_t split_octets_max = 512;
// Nor does it let time go by so often.
constexpr int delays_max = 16;

}  // namespace

World::Wires::Wires(World& world, const Step& step, trace::Trace& out, Taken* taken)
    : world_(world),
      step_(step),
      out_(out),
      taken_(taken),
      nonces_asked_before_(world.nonces_.asked()),
      shared_{.nonces = &world.nonces_, .secrets = &world.setting_->secrets},
      openings_before_(world.openings_),
      queue_(world.queue_) {
  world_.front_end_.clear_footprint();
}

std::uint32_t World::Wires::footprint() const {
  const frontend::FrontEnd::Footprint& front_end = world_.front_end_.footprint();
  const std::uint32_t links = (std::uint32_t{1} << world_.setting_->front_end.connections_max) - 1;
  const std::uint32_t sessions = (std::uint32_t{1} << clients_max) - 1;
  std::uint32_t bits = pieces_ | (front_end.sessions & sessions) |
                       (front_end.links & links) << std::uint32_t{clients_max};
  const auto rest = [&](std::size_t which) { return std::uint32_t{1} << world_.rest_piece(which); };
  if (front_end.rest) bits |= rest(piece_front_end);
  if (world_.nonces_.asked() != nonces_asked_before_) bits |= rest(piece_nonces);
  return bits;
}

// What happens in a step

void World::Wires::connect(SessionId s) {
  Slot& slot = slot_of(s);
  slot.client = client::Client(protocol(), world_.setting_->credentials);
  slot.observer = observe::Observer(protocol(), Point::client, s);
  slot.outlook_express.reset();
  slot.tls = false;
  slot.connected = true;
  slot.observer.opened(out_);
  world_.front_end_.client_opened(s, protocol(), std::nullopt, *this);
  settle();
}

void World::Wires::act(SessionId s, const client::Action& action) {
  Slot& slot = slot_of(s);
  if (!slot.connected) return;
  if (action.verb == Verb::outlook_express) {
    slot.outlook_express.emplace(action.account);
    return check_mail(s);
  }
  std::string octets;
  const client::Client::Acted acted = slot.client.act(action, octets);
  if (acted.attempt) {
    client::Action attempted = action;
    attempted.mechanism = acted.mechanism;
    given({.kind = Kind::attempt,
           .session = s,
           .mechanism = acted.mechanism,
           .valid = acted.valid && world_.setting_->allows(attempted)});
  }
  if (step_.plaintext_behind && !slot.tls) octets += plaintext_behind_starttls(protocol());
  from_client(s, std::move(octets));
  if (acted.closes) {
    slot.observer.closed(false, out_);
    slot.connected = false;
    world_.front_end_.client_closed(s, *this);
  }
  settle();
}

void World::Wires::wait(std::uint32_t seconds) {
  given({.kind = Kind::elapsed, .amount = seconds});
  world_.front_end_.elapse(seconds, *this);
  settle();
}

void World::Wires::come_to_rest() {
  for (Delivery& late : std::exchange(world_.before_, {})) {
    if (!stands(late)) continue;
    if (!late.octets.empty()) {
      link_of(late.id)->observer.from_server(late.octets, out_, shared_);
    }
    queue_.push_back(std::move(late));
  }
  settle();
  for (int i = 0; i < delays_max && world_.delayed_.empty() && !world_.runaway_; ++i) {
    const auto due = world_.front_end_.due();
    if (!due) break;
    wait(*due);
  }
  tell_held();
  if (world_.at_rest()) given({.kind = Kind::quiescent});
}

// Looks at all clients and leaves no footprint: what is held changes with a session only.
void World::Wires::tell_held() {
  for (SessionId s = 0; s < world_.slots_.size(); ++s) {
    Slot& slot = world_.slots_[s];
    const std::uint32_t held = slot.connected ? world_.front_end_.held(s) : 0;
    if (held == slot.held) continue;
    slot.held = held;
    out_.events.push_back({.kind = Kind::held,
                           .point = Point::inside,
                           .protocol = protocol(),
                           .session = s,
                           .amount = held});
  }
}

// Outlook Express goes on by itself until it is done; what its user sees stands in the dialogue.
void World::Wires::check_mail(SessionId s) {
  Slot& slot = slot_of(s);
  while (slot.connected && !slot.client.waiting() && !world_.runaway_) {
    std::string shown;
    const auto next = slot.outlook_express->next(slot.client, protocol(), shown);
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

// frontend::Host

void World::Wires::to_client(SessionId s, std::string octets) {
  Slot& slot = slot_of(s);
  if (!slot.connected) return;
  slot.observer.from_server(octets, out_, shared_);
  queue_.push_back({.to = To::client, .id = s, .octets = std::move(octets)});
}

void World::Wires::close_client(SessionId s) {
  Slot& slot = slot_of(s);
  if (!slot.connected) return;
  slot.observer.closed(true, out_);
  slot.connected = false;
}

void World::Wires::start_tls(SessionId s) { queue_.push_back({.to = To::tls, .id = s}); }

void World::Wires::open_backend(LinkId k, trace::Protocol protocol, std::uint8_t /*route*/) {
  if (k >= world_.links_.size()) world_.links_.resize(k + std::size_t{1});
  const std::uint16_t opening = ++world_.openings_;
  link_of(k).emplace(Link{.connection = backend::Connection(directory(), protocol, opening),
                          .observer = observe::Observer(protocol, Point::backend, k),
                          .opening = opening});
  Link& link = *link_of(k);
  link.observer.opened(out_);
  Answer answer;
  link.connection.open(answer.octets);
  if (strikes(Strikes::greeting, k)) {
    answer = distorted(step_.mishap, protocol, "", answer.octets);
  } else if (!(step_.mishap == Mishap::no_list && world_.setting_->directory.tls) &&
             strikes(Strikes::list, k)) {  // where TLS comes, the list behind it counts
    answer = distorted_greeting(step_.mishap, protocol, answer.octets);
  }
  said_by_backend(k, std::move(answer));
}

void World::Wires::to_backend(LinkId k, std::string octets) {
  Link& link = *link_of(k);
  link.observer.from_client(octets, out_, shared_);
  queue_.push_back(
      {.to = To::backend, .id = k, .opening = link.opening, .octets = std::move(octets)});
}

void World::Wires::close_backend(LinkId k) {
  Link& link = *link_of(k);
  if (!link.hung_up) link.observer.closed(false, out_);
  link_of(k).reset();
}

void World::Wires::start_backend_tls(LinkId k) {
  queue_.push_back({.to = To::backend_tls, .id = k, .opening = link_of(k)->opening});
}

void World::Wires::look_up(SessionId s, std::string_view user) {
  queue_.push_back({.to = To::database, .id = s, .octets = std::string(user)});
}

std::size_t World::Wires::choose(SessionId /*s*/, std::span<const LinkId> eligible) {
  if (taken_ != nullptr) taken_->arities.push_back(static_cast<std::uint8_t>(eligible.size()));
  const std::size_t choice = lease_ < step_.leases.size() ? step_.leases[lease_] : 0;
  ++lease_;
  return choice % eligible.size();
}

void World::Wires::inside(const trace::Event& event) {
  out_.events.push_back(event);
  if (event.link >= world_.links_.size() || !link_of(event.link)) return;
  if (event.kind == Kind::lease) link_of(event.link)->session = event.session;
  if (event.kind == Kind::release) link_of(event.link)->session = trace::no_session;
}

void World::Wires::log(SessionId s, std::string_view line, std::string_view said) {
  trace::Event event{
      .kind = Kind::log, .point = Point::inside, .protocol = protocol(), .session = s};
  event.valid = line.find(said) != std::string_view::npos;
  out_.events.push_back(event);
  const auto whose = world_.setting_->secrets.find(line);
  if (!whose) return;
  event.kind = Kind::disclosed;
  event.valid = false;
  event.user = *whose;
  out_.events.push_back(std::move(event));
}

// Behind the front-end

void World::Wires::given(trace::Event event) {
  event.point = Point::given;
  event.protocol = protocol();
  out_.events.push_back(std::move(event));
}

const backend::Directory& World::Wires::directory() {
  const Setting& setting = *world_.setting_;
  if (!strikes(Strikes::opening, trace::no_link)) return setting.directory;
  return step_.mishap == Mishap::old_backend ? setting.old_directory : setting.telling_directory;
}

bool World::Wires::strikes(Strikes where, LinkId k) {
  openings_ |= bit(where);
  const MishapFacts& mishap = facts(step_.mishap);
  if (mishap.strikes != where || (struck_ && where != Strikes::list)) return false;
  if (mishap.imap_only && protocol() == trace::Protocol::pop3) return false;
  if (mishap.failure && !struck_) {
    const SessionId s = k == trace::no_link ? trace::no_session : link_of(k)->session;
    given({.kind = Kind::failure, .session = s, .link = k});
  }
  struck_ = true;
  return true;
}

bool World::Wires::stands(const Delivery& delivery) {
  const auto& link = link_of(delivery.id);
  return link.has_value() && link->opening == delivery.opening;
}

void World::Wires::from_client(SessionId s, std::string octets) {
  if (octets.empty()) return;
  Slot& slot = slot_of(s);
  slot.observer.from_client(octets, out_, shared_);
  const Delivery piece{.to = To::front_end_client, .id = s, .under_tls = slot.tls};
  const auto send = [&](std::string part) {
    queue_.push_back(piece);
    queue_.back().octets = std::move(part);
  };
  if (step_.split == 0) return send(std::move(octets));
  std::size_t at = 0;
  for (; at < octets.size() && at < split_octets_max; at += step_.split) {
    send(octets.substr(at, step_.split));
  }
  if (at < octets.size()) send(octets.substr(at));
}

void World::Wires::said_by_backend(LinkId k, Answer answer) {
  Link& link = *link_of(k);
  openings_ |= bit(Strikes::anywhere);
  const bool slow = step_.mishap == Mishap::slow;
  if (slow) look_at_rest(piece_delayed);
  std::vector<Delivery>& queue = slow ? world_.delayed_ : queue_;
  if (!answer.octets.empty()) {
    if (!slow) link.observer.from_server(answer.octets, out_, shared_);
    queue.push_back({.to = To::front_end_link,
                     .id = k,
                     .opening = link.opening,
                     .octets = std::move(answer.octets)});
  }
  if (answer.hang_up || link.connection.closing()) {
    queue.push_back({.to = To::hang_up, .id = k, .opening = link.opening});
  }
}

void World::Wires::settle() {
  for (; next_ < queue_.size(); ++next_) {
    if (next_ >= deliveries_max) {
      world_.runaway_ = true;
      break;
    }
    const Delivery delivery = std::move(queue_[next_]);
    deliver(delivery);
  }
}

void World::Wires::deliver(const Delivery& delivery) {
  switch (delivery.to) {
    case To::client: {
      std::string answer;
      slot_of(delivery.id).client.receive(delivery.octets, answer);
      if (slot_of(delivery.id).connected) from_client(delivery.id, std::move(answer));
      return;
    }
    case To::front_end_client:
      // What was said in the clear is no part of what TLS carries.
      if (!slot_of(delivery.id).connected || slot_of(delivery.id).tls != delivery.under_tls) return;
      return world_.front_end_.client_octets(delivery.id, delivery.octets, *this);
    case To::backend:
      if (stands(delivery)) answer_front_end(delivery.id, delivery.octets);
      return;
    case To::front_end_link:
      if (!stands(delivery)) return;
      return world_.front_end_.backend_octets(delivery.id, delivery.octets, *this);
    case To::hang_up:
      if (!stands(delivery)) return;
      link_of(delivery.id)->hung_up = true;
      link_of(delivery.id)->observer.closed(true, out_);
      // The front-end closes its side of it in turn, which frees the number.
      return world_.front_end_.backend_closed(delivery.id, *this);
    case To::tls:
      return begin_tls(delivery.id);
    case To::backend_tls:
      if (stands(delivery)) begin_backend_tls(delivery.id);
      return;
    case To::database:
      return ask_database(delivery.id, delivery.octets);
  }
}

void World::Wires::answer_front_end(LinkId k, std::string_view said) {
  Link& link = *link_of(k);
  const trace::Verb verb = verb_to_backend(protocol(), said);
  const Strikes where = place_of(verb, link.logging_in, link.logged_in);
  link.logging_in = link.logging_in || begins_login(verb);
  if (begins_login(verb)) link.tag = said.substr(0, std::min(said.find(' '), said.size()));
  if (link.opening <= openings_before_ && strikes(Strikes::pooled, k)) {
    return said_by_backend(k, distorted(step_.mishap, protocol(), said, ""));
  }
  const bool struck =
      where != Strikes::never && !is_of_handshake(step_.mishap) && strikes(where, k);
  if (struck && replaces(step_.mishap)) {
    return said_by_backend(k, distorted(step_.mishap, protocol(), said, link.tag));
  }
  Answer answer;
  look_at_rest(piece_store);
  const std::size_t before = out_.events.size();
  link.connection.receive(said, world_.store_, answer.octets, &out_.events);
  for (trace::Event& event : std::span(out_.events).subspan(before)) {
    event.link = k;
    if (event.kind == Kind::identified) link.logged_in = true;
  }
  if (struck) answer = distorted(step_.mishap, protocol(), said, answer.octets);
  said_by_backend(k, std::move(answer));
}

void World::Wires::begin_tls(SessionId s) {
  Slot& slot = slot_of(s);
  if (!slot.connected) return;
  slot.tls = true;
  const std::string binding = binding_of(s);
  const auto certificate = slot.client.certificate();
  const std::string_view user = certificate ? accounts[*certificate].user : std::string_view{};
  slot.observer.tls(out_, user, trace::digest_of(binding), true);
  given(world_.front_end_.policy_under_tls(s, protocol(), user));
  slot.client.tls_established(binding);
  world_.front_end_.tls_established(s, {.user = user, .binding = binding}, *this);
}

void World::Wires::begin_backend_tls(LinkId k) {
  Link& link = *link_of(k);
  if (!link.connection.wants_tls()) {  // nobody there speaks TLS
    return said_by_backend(k, {.octets = "", .hang_up = true});
  }
  link.connection.tls_established();
  frontend::BackendTls tls;
  if (is_of_handshake(step_.mishap) && strikes(Strikes::starttls, k)) {
    tls.name_matches = step_.mishap != Mishap::wrong_name;
    tls.strong = step_.mishap != Mishap::weak_tls;
  }
  link.observer.tls(out_, {}, 0, tls.name_matches && tls.strong);
  world_.front_end_.backend_tls_established(k, tls, *this);
}

void World::Wires::ask_database(SessionId s, std::string_view user) {
  if (strikes(Strikes::database, trace::no_link)) {
    if (step_.mishap == Mishap::database_hangs) return;
    return world_.front_end_.look_up_failed(s, *this);
  }
  const std::vector<frontend::Account>& database = world_.setting_->database;
  const std::string canonical = frontend::canonical_user(user);
  const auto found = std::ranges::find(database, canonical, &frontend::Account::user);
  world_.front_end_.looked_up(s, found == database.end() ? nullptr : &*found, *this);
}

}  // namespace sallyport::world
