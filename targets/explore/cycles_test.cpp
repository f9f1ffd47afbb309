// KB 306874's symptom is a cycle, and its fix leaves none.
#include "targets/explore/cycles.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "targets/engine/engine_for_test.hpp"

namespace sallyport::explore {
namespace {

using trace::Protocol;

class CyclesOf : public testing::TestWithParam<Protocol> {};
INSTANTIATE_TEST_SUITE_P(Protocols, CyclesOf, testing::ValuesIn(engine::both_protocols),
                         [](const auto& test) { return std::string(trace::name(test.param)); });

std::string canonical(const world::World& world) {
  trace::Canonical out;
  world.canonical(out);
  return std::string(out.bytes());
}

TEST_P(CyclesOf, Exchange2000AsksForThePasswordForEver) {
  const auto subject = engine::subject_of("exchange-2000", GetParam());
  const world::Setting setting(subject.configuration, subject.protocol);
  const Cycles found = search_cycles(setting);
  EXPECT_TRUE(found.exhausted);
  ASSERT_TRUE(found.lasso);
  const auto& [script, loop] = *found.lasso;
  ASSERT_LT(loop, script.steps.size());
  EXPECT_EQ(loop, 3u) << "a list, and a first exchange, which leaves a connection in the pool";
  EXPECT_EQ(script.steps.size(), 5u) << "an exchange more\n" << world::to_text(script);
  // The loop may be gone through again and again, and each time a valid password is refused.
  world::World world(setting);
  trace::Trace trace;
  std::string before;
  for (std::size_t i = 0; i < loop; ++i) world.step(script.steps[i], trace);
  for (int round = 0; round < 3; ++round) {
    const std::string now = canonical(world);
    if (round > 0) {
      EXPECT_EQ(now, before) << "round " << round << "\n" << world::to_text(script);
    }
    before = now;
    trace.clear();
    for (std::size_t i = loop; i < script.steps.size(); ++i) world.step(script.steps[i], trace);
    EXPECT_TRUE(std::ranges::any_of(trace.events, [](const trace::Event& e) {
      return e.kind == trace::Kind::attempt && e.valid;
    }));
    EXPECT_FALSE(world.client(0).authenticated());
  }
}

TEST_P(CyclesOf, TheServicePackAndHardenedLeaveNone) {
  for (const std::string_view front_end : {"exchange-2000-sp1", "hardened"}) {
    const auto subject = engine::subject_of(front_end, GetParam());
    const world::Setting setting(subject.configuration, subject.protocol);
    const Cycles found = search_cycles(setting);
    EXPECT_TRUE(found.exhausted) << front_end;
    EXPECT_FALSE(found.lasso) << front_end << "\n" << world::to_text(found.lasso->script);
    EXPECT_GT(found.states, 2u) << "somebody logs in";
  }
}

TEST_P(CyclesOf, NothingIsAskedTwiceWhereOneConnectionServesEverything) {
  auto subject = engine::subject_of("exchange-2000", GetParam());
  subject.configuration.connections_max = 1;
  const world::Setting setting(subject.configuration, subject.protocol);
  EXPECT_FALSE(search_cycles(setting).lasso) << "NTLM has what it needs";
}

TEST_P(CyclesOf, ASearchThatIsCutSaysSo) {
  const auto subject = engine::subject_of("exchange-2000", GetParam());
  const world::Setting setting(subject.configuration, subject.protocol);
  EXPECT_FALSE(search_cycles(setting, 2).exhausted);
}

}  // namespace
}  // namespace sallyport::explore
