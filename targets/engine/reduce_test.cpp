// The reducer on failures that are made up, so that the smallest script is known.
#include "targets/engine/reduce.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "targets/engine/random_script.hpp"

namespace sallyport::engine {
namespace {

using client::Verb;
using world::Script;

Script long_script(std::uint64_t seed) {
  Random random(seed);
  Script script = random_script(random, trace::Protocol::imap, 40);
  while (script.steps.size() < 40) {
    script.steps.push_back(random_step(random, trace::Protocol::imap));
  }
  return script;
}

std::size_t count(const Script& script, Verb verb) {
  return static_cast<std::size_t>(
      std::count_if(script.steps.begin(), script.steps.end(),
                    [verb](const world::Step& step) { return step.action.verb == verb; }));
}

TEST(Reduce, LeavesOnlyTheStepsThatAreNeeded) {
  const Fails fails = [](const Script& s) {
    return count(s, Verb::login) >= 1 && count(s, Verb::respond) >= 2;
  };
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Script script = long_script(seed);
    script.steps[3].action.verb = Verb::login;
    script.steps[17].action.verb = script.steps[31].action.verb = Verb::respond;
    ASSERT_TRUE(fails(script));
    const Script reduced = reduce(script, fails);
    ASSERT_EQ(reduced.steps.size(), 3u);
    for (const world::Step& step : reduced.steps) {
      EXPECT_EQ(step.client, 0);
      EXPECT_TRUE(step.leases.empty());
      EXPECT_EQ(step.split, 0);
      EXPECT_TRUE(step.action.right);
    }
  }
}

TEST(Reduce, KeepsTheLeaseAndTheOctetThatMatter) {
  Script script{.protocol = trace::Protocol::imap, .steps = {}, .vary = {}};
  world::Step step;
  step.client = 1;
  step.action.verb = Verb::send;
  step.action.octets = "x1 LOGIN alice!\r\n";
  step.leases = {2, 3, 1};
  script.steps = {step, step, step};
  const Fails fails = [](const Script& s) {
    return std::any_of(s.steps.begin(), s.steps.end(), [](const world::Step& one) {
      return one.action.octets.find('!') != std::string::npos && one.leases.size() >= 2 &&
             one.leases[1] >= 2;
    });
  };
  const Script reduced = reduce(script, fails);
  ASSERT_EQ(reduced.steps.size(), 1u);
  EXPECT_EQ(reduced.steps[0].action.octets, "!");
  EXPECT_EQ(reduced.steps[0].leases, (world::Leases{0, 2}));
}

TEST(Reduce, VaryFollowsItsStep) {
  Script script = long_script(1);
  script.vary = {{.step = 5, .leases = {1}}, {.step = 20, .leases = {3, 2}}};
  script.steps[20].action.verb = Verb::logout;
  script.steps[5].action.verb = Verb::noop;
  const Fails fails = [](const Script& s) {
    return std::any_of(s.vary.begin(), s.vary.end(), [&s](const world::Change& change) {
      return change.step < s.steps.size() && s.steps[change.step].action.verb == Verb::logout &&
             change.leases.front() >= 2;
    });
  };
  const Script reduced = reduce(script, fails);
  ASSERT_EQ(reduced.steps.size(), 1u);
  EXPECT_EQ(reduced.vary, (std::vector<world::Change>{{.step = 0, .leases = {2}}}));
}

TEST(Reduce, StepsOfTheSecondClientMoveTogether) {
  Script script{.protocol = trace::Protocol::imap, .steps = {}, .vary = {}};
  world::Step step;
  step.client = 1;
  script.steps = {step, step};
  const Fails fails = [](const Script& s) {
    return s.steps.size() == 2 && s.steps[0].client == s.steps[1].client;
  };
  EXPECT_EQ(reduce(script, fails).steps[1].client, 0);
}

TEST(Reduce, StopsAfterSoManyAttempts) {
  std::size_t attempts = 0;
  const Fails fails = [&attempts](const Script& s) {
    ++attempts;
    return s.steps.size() >= 39;
  };
  (void)reduce(long_script(2), fails, 10);
  EXPECT_EQ(attempts, 10u);
}

}  // namespace
}  // namespace sallyport::engine
