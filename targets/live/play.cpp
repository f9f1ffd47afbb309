#include "targets/live/play.hpp"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "trace/persistence.hpp"

namespace sallyport::live {

using client::Verb;
using trace::Kind;

namespace {

// Time is told in pieces, so that what a server does in a long wait stands where it happened.
constexpr std::uint32_t wait_piece_seconds = 10;

bool proves_by_nonce(trace::Mechanism mechanism) {
  const trace::MechanismFacts* const known = trace::facts(mechanism);
  return known != nullptr && known->persistence != trace::PersistenceClass::replayable;
}

}  // namespace

void Play::given(trace::Event event) {
  event.point = trace::Point::given;
  event.protocol = to_.endpoint.protocol();
  out_.events.push_back(std::move(event));
}

std::expected<Run, std::string> Play::run(const world::Script& script, Manner manner) {
  Run run{.first_event = out_.events.size(),
          .first_line = out_.dialogue.size(),
          .behind = {},
          .whole = true};
  Done done = flush_tap();
  for (const world::Step& each : script.steps) {
    if (!done) break;
    done = step(each, manner);
    const auto silent = [](const auto& client) { return client && client->silent(); };
    run.whole = done && std::ranges::none_of(clients_, silent);
    if (!done) break;
    if (run.whole) given({.kind = Kind::quiescent});
    run.behind.push_back(out_.events.size());
    if (!run.whole) break;
  }
  leave();
  if (done) done = serve_tap();
  if (!done) return std::unexpected(std::move(done.error()));
  return run;
}

/// As in the simulated world a run begins with an empty pool.
Play::Done Play::flush_tap() {
  if (to_.tap == nullptr) return {};
  if (auto done = to_.tap->flush(); !done) return done;
  return serve_tap();
}

/// What the front-end does behind its clients' backs when they have left.
Play::Done Play::serve_tap() {
  if (to_.tap == nullptr) return {};
  to_.tap->begin_step(world::Mishap::none);
  Stream* const tap[] = {&to_.tap->stream()};
  while (Stream::wait(tap, Stream::Clock::now() + to_.limits.settle)) {
    const auto served =
        to_.tap->serve(out_, {.nonces = &stage_.nonces, .secrets = &stage_.secrets});
    if (!served) return std::unexpected(served.error());
  }
  return {};
}

void Play::leave() {
  for (auto& client : clients_) {
    if (client) client->leave();
    client.reset();
  }
}

Play::Done Play::step(const world::Step& step, Manner manner) {
  if (to_.tap != nullptr) to_.tap->begin_step(step.mishap);
  if (step.wait != 0) return wait(step.wait);
  if (step.client >= clients_.size()) return {};
  auto& client = clients_[step.client];
  if (client && client->hung_up()) return {};
  if (!client || !client->is_open()) {
    if (step.action.verb == Verb::close) return {};
    client = std::make_unique<Conversation>(
        to_, stage_.reactor, step.client,
        observe::Shared{.nonces = &stage_.nonces, .secrets = &stage_.secrets}, out_);
    ++connections_;
    // Where TLS stands from the first octet on, a certificate is shown before anything is said.
    const bool shows =
        to_.endpoint.implicit_tls() && step.action.verb == Verb::starttls_certificate;
    auto done = client->open(shows ? std::optional(step.action.account) : std::nullopt);
    if (!done) {
      unreachable_ = !client->reached();
      return done;
    }
    if (shows) return listen(client.get());
  }
  if (auto done = act(*client, step, manner); !done) return done;
  note(*client, step.action);
  return listen(client.get());
}

Play::Done Play::act(Conversation& client, const world::Step& step, Manner manner) {
  const client::Action& action = step.action;
  if (action.verb == Verb::authenticate) exchange_[step.client] = action.mechanism;
  if (action.verb == Verb::replay && !client.client().can(action)) {
    const auto proof = stage_.proofs.find(exchange_[step.client]);
    if (!client.client().challenged() || proof == stage_.proofs.end()) return {};
    return client.send(proof->second + "\r\n", manner);
  }
  const std::size_t first_line = out_.dialogue.size();
  const bool answers = action.verb == Verb::respond && action.right;
  Done done = client.step(step, manner);
  if (done && answers && proves_by_nonce(exchange_[step.client])) {
    for (std::size_t i = first_line; i < out_.dialogue.size(); ++i) {
      const trace::DialogueLine& line = out_.dialogue[i];
      if (!line.from_server && line.id == step.client && !line.octets.empty()) {
        stage_.proofs[exchange_[step.client]] = line.octets;
      }
    }
  }
  return done;
}

void Play::note(const Conversation& client, const client::Action& action) {
  if (!client.client().authenticated() && &client == clients_[0].get()) {
    offered_ = client.offered();
    capabilities_ = client.capabilities();
  }
  const bool refused =
      action.verb == Verb::login && action.right && !client.client().authenticated();
  if (refused && account_refused_.empty()) account_refused_ = client.quoted(client.last_line());
}

Play::Done Play::listen(const Conversation* acting) {
  for (auto& client : clients_) {
    if (!client || client.get() == acting) continue;
    if (auto done = client->listen(); !done) return done;
  }
  return {};
}

Play::Done Play::wait(std::uint32_t seconds) {
  while (seconds > 0) {
    const std::uint32_t piece = std::min(seconds, wait_piece_seconds);
    const auto now = Stream::Clock::now();
    if (now + std::chrono::seconds(piece) > to_.deadline) {
      return std::unexpected("the time for one server ends in a wait; expected more of it");
    }
    std::this_thread::sleep_for(std::chrono::seconds(piece));
    given({.kind = Kind::elapsed, .amount = piece});
    if (auto done = listen(nullptr); !done) return done;
    seconds -= piece;
  }
  return {};
}

}  // namespace sallyport::live
