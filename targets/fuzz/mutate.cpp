#include "targets/fuzz/mutate.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "targets/engine/random_script.hpp"

namespace sallyport::fuzz {

namespace {

using engine::Random;
using world::Script;
using world::Step;

std::ptrdiff_t place(const Script& script, Random& random) {
  return static_cast<std::ptrdiff_t>(random.below(script.steps.size() + 1));
}
Step& some_step(Script& script, Random& random) {
  return script.steps[random.below(script.steps.size())];
}

void insert_step(Script& script, Random& random) {
  script.steps.insert(script.steps.begin() + place(script, random),
                      engine::random_step(random, script.protocol));
}
std::vector<Step> piece(const Script& script, Random& random) {
  Script made{.protocol = script.protocol};
  engine::Surroundings around;
  engine::append_piece(made, random, around);
  return std::move(made.steps);
}
void insert_piece(Script& script, Random& random) {
  std::vector<Step> steps = piece(script, random);
  script.steps.insert(script.steps.begin() + place(script, random),
                      std::make_move_iterator(steps.begin()), std::make_move_iterator(steps.end()));
}
void append_piece(Script& script, Random& random) {
  for (Step& step : piece(script, random)) script.steps.push_back(std::move(step));
}
void remove_steps(Script& script, Random& random) {
  const std::size_t from = random.below(script.steps.size());
  const std::size_t count = 1 + random.below(std::min<std::size_t>(script.steps.size() - from, 4));
  const auto begin = script.steps.begin() + static_cast<std::ptrdiff_t>(from);
  script.steps.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
}
void duplicate_step(Script& script, Random& random) {
  Step copy = some_step(script, random);
  script.steps.insert(script.steps.begin() + place(script, random), std::move(copy));
}
void swap_steps(Script& script, Random& random) {
  std::swap(some_step(script, random), some_step(script, random));
}
void change_leases(Script& script, Random& random) {
  world::Leases& leases = some_step(script, random).leases;
  if (leases.empty() || random.one_in(3)) {
    if (leases.size() < world::leases_max) leases.push_back(0);
  } else if (random.one_in(3)) {
    leases.pop_back();
    return;
  }
  if (!leases.empty())
    leases[random.below(leases.size())] = static_cast<std::uint8_t>(random.below(4));
}
void change_action(Script& script, Random& random) {
  Step& step = some_step(script, random);
  Step other = engine::random_step(random, script.protocol);
  step.action = std::move(other.action);
  step.wait = other.wait;  // a step with a wait has no action
}
void change_client(Script& script, Random& random) {
  Step& step = some_step(script, random);
  step.client = static_cast<std::uint8_t>(step.client ^ 1);
}
void change_credentials(Script& script, Random& random) {
  client::Action& action = some_step(script, random).action;
  if (!client::facts(action.verb).account) return;
  if (random.one_in(2)) {
    action.right = !action.right;
  } else {
    action.account = static_cast<std::uint8_t>(random.below(std::size(world::accounts)));
  }
}
void change_split(Script& script, Random& random) {
  some_step(script, random).split = static_cast<std::uint8_t>(random.below(8));
}
void change_mishap(Script& script, Random& random) {
  some_step(script, random).mishap = static_cast<world::Mishap>(random.below(world::mishap_count));
}
void change_vary(Script& script, Random& random) {
  if (!script.vary.empty() && random.one_in(2)) {
    script.vary.pop_back();
    return;
  }
  if (!script.vary.empty() && script.vary.front().variation != trace::Variation::schedule) return;
  script.vary.push_back({.variation = trace::Variation::schedule,
                         .step = static_cast<std::uint8_t>(random.below(script.steps.size())),
                         .leases = {static_cast<std::uint8_t>(1 + random.below(3))}});
}

trace::Protocol other(trace::Protocol protocol) {
  using trace::Protocol;
  return protocol == Protocol::imap ? Protocol::pop3 : Protocol::imap;
}

struct Edit {
  void (*apply)(Script&, Random&);
  bool needs_steps;
};
// Twice in the list: twice as often.
constexpr Edit edits[] = {
    {insert_step, false},  {insert_piece, false}, {append_piece, false},
    {append_piece, false}, {remove_steps, true},  {duplicate_step, true},
    {swap_steps, true},    {change_leases, true}, {change_leases, true},
    {change_action, true}, {change_client, true}, {change_credentials, true},
    {change_split, true},  {change_vary, true},   {change_mishap, true},
};

/// Keeps to what the byte form can hold.
void fit(Script& script) {
  if (script.steps.size() > world::steps_max) script.steps.resize(world::steps_max);
  std::erase_if(script.vary,
                [&](const world::Change& change) { return change.step >= script.steps.size(); });
}

}  // namespace

void mutate(Script& script, Random& random) {
  // Every second time something new from the start: what takes many steps that fit each other
  // hardly comes about by changing one that stands. Once in four took half as long again to catch.
  if (random.one_in(2)) {
    // Of the other protocol at times, to which no edit leads; a target of one takes it for its own.
    if (random.one_in(4)) script.protocol = other(script.protocol);
    script = engine::random_script(random, script.protocol, 16);
    return;
  }
  for (std::size_t left = 1 + random.below(4); left > 0; --left) {
    const Edit& edit = edits[random.below(std::size(edits))];
    if (edit.needs_steps && script.steps.empty()) continue;
    edit.apply(script, random);
  }
  fit(script);
}

Script spliced(const Script& head, const Script& tail, Random& random) {
  Script out = head;
  out.steps.resize(random.below(head.steps.size() + 1));
  const std::size_t from = random.below(tail.steps.size() + 1);
  out.steps.insert(out.steps.end(), tail.steps.begin() + static_cast<std::ptrdiff_t>(from),
                   tail.steps.end());
  fit(out);
  return out;
}

}  // namespace sallyport::fuzz
