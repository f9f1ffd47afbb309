// A monitor's row in properties/hearing.cpp leaves out no kind of event that it reacts to, in any
// state that a run comes to, be the event one of a run or one that no front-end makes.
#include "properties/hearing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "targets/engine/engine_for_test.hpp"
#include "targets/engine/random_script.hpp"

namespace sallyport::engine {
namespace {

using properties::kind_count;
using properties::KindSet;
using trace::Event;
using trace::Kind;

template <class E>
E some(Random& random, E last) {
  return static_cast<E>(random.below(static_cast<std::size_t>(last) + 1));
}

/// Any event: of few sessions, links, users and numbers, so that it meets what is there.
Event some_event(Random& random) {
  constexpr std::uint16_t ids[] = {0, 1, 2, 0xffff};
  constexpr std::string_view users[] = {"", "alice", "bob"};
  constexpr std::uint32_t amounts[] = {0, 1, 3, 70, 70000, 0xffffffff};
  Event e{.kind = some(random, Kind::quiescent), .point = some(random, trace::Point::given)};
  e.protocol = some(random, trace::Protocol::pop3);
  e.session = ids[random.below(4)];
  e.link = ids[random.below(4)];
  e.command = static_cast<trace::CommandSlot>(random.one_in(3) ? 0xff : random.below(2));
  e.verb = some(random, trace::Verb::http);
  e.status = some(random, trace::Status::bye);
  e.mechanism = some(random, trace::Mechanism::apop);
  e.blob = some(random, trace::Blob::other);
  e.source = some(random, trace::OfferSource::auth);
  e.code = some(random, trace::Code::other);
  e.limit = some(random, trace::Limit::backend_seconds);
  for (bool* const flag : {&e.from_server, &e.valid, &e.repeated, &e.from_literal}) {
    *flag = random.one_in(2);
  }
  for (trace::MechanismSet* const set : {&e.mechanisms, &e.terminated, &e.to_backends}) {
    set->bits = static_cast<std::uint32_t>(random.next() & random.next());
  }
  e.capabilities.bits = static_cast<std::uint32_t>(random.next() & 0x1ff);
  e.rules.bits = static_cast<std::uint32_t>(random.next() & 7);
  e.amount = amounts[random.below(std::size(amounts))];
  e.secret = random.below(3);
  e.digest = random.below(3);
  e.binding = random.below(3);
  e.user = users[random.below(3)];
  e.authcid = users[random.below(3)];
  return e;
}

/// The kinds by which each property of a run was seen to be moved, or put to the test.
struct Heard {
  std::vector<KindSet> kinds = std::vector<KindSet>(properties::catalogue().size());

  void apply(std::size_t i, std::vector<std::byte>& state, const Event& event) {
    const properties::Property& property = *properties::catalogue()[i];
    before_ = state;
    const properties::Outcome outcome = property.step(state.data(), event);
    if (outcome.exercised() || before_ != state) kinds[i].add(event.kind);
  }

 private:
  std::vector<std::byte> before_;
};

/// Steps all monitors over a run of `script`, with other events tried on copies of their states.
void listen(Heard& heard, Random& random, const world::Setting& setting,
            const world::Script& script) {
  trace::Trace run;
  world::run(setting, script, run);
  std::vector<std::byte> tried;
  for (std::size_t i = 0; i < properties::catalogue().size(); ++i) {
    const properties::Property& property = *properties::catalogue()[i];
    std::vector<std::byte> state(property.state_octets);
    property.start(state.data());
    for (const Event& event : run.events) {
      heard.apply(i, state, event);
      tried = state;
      Event changed = event;
      changed.kind = some(random, Kind::quiescent);
      heard.apply(i, tried, changed);
      for (int more = 0; more < 3; ++more) heard.apply(i, tried, some_event(random));
    }
  }
}

/// One event of each kind, as people read them.
std::string shown(KindSet kinds) {
  trace::Events events;
  kinds.each([&](Kind kind) { events.push_back({.kind = kind}); });
  return trace::to_text(events);
}

TEST(Hearing, LeavesOutNothingThatMovesAMonitor) {
  Random random(11);
  Heard heard;
  std::vector<std::string> front_ends{"exchange-2000", "exchange-2000-sp1"};
  for (const auto& fault : frontend::faults()) {
    front_ends.push_back("hardened+" + std::string(fault.name));
  }
  for (const std::string& front_end : front_ends) {
    for (const trace::Protocol protocol : both_protocols) {
      const Subject subject = subject_of(front_end, protocol);
      const world::Setting setting(subject.configuration, protocol);
      listen(heard, random, setting, random_script(random, protocol, 32));
    }
  }
  for (std::size_t i = 0; i < properties::catalogue().size(); ++i) {
    const properties::Property& property = *properties::catalogue()[i];
    const KindSet missing = heard.kinds[i] - properties::kinds_heard_by(property);
    EXPECT_TRUE(missing.empty()) << property.facts.id << " hears as well:\n" << shown(missing);
  }
}

}  // namespace
}  // namespace sallyport::engine
