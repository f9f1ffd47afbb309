// Random scripts: the same for the same seed everywhere, and rich enough to reach everything.
#include "targets/engine/random_script.hpp"

#include <gtest/gtest.h>

#include <set>

#include "targets/engine/engine_for_test.hpp"
#include "targets/engine/seeds.hpp"

namespace sallyport::engine {
namespace {

TEST(Random, IsSplitMix64) {
  // The first outputs for seed 1234567 in the algorithm's published reference.
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317u);
  EXPECT_EQ(random.next(), 3203168211198807973u);
}

TEST(RandomScript, ASeedMeansOneScript) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random first(seed);
    Random second(seed);
    EXPECT_EQ(random_script(first, trace::Protocol::imap, 30),
              random_script(second, trace::Protocol::imap, 30));
  }
}

TEST(RandomScript, UsesEveryVerbBothClientsAndLeases) {
  for (const trace::Protocol protocol : both_protocols) {
    std::set<client::Verb> verbs;
    std::set<std::uint8_t> clients;
    std::size_t leases = 0;
    Random random(1);
    for (int i = 0; i < 500; ++i) {
      const world::Script script = random_script(random, protocol, 20);
      EXPECT_GE(script.steps.size(), 1u);
      EXPECT_LE(script.steps.size(), 20u);
      for (const world::Step& step : script.steps) {
        verbs.insert(step.action.verb);
        clients.insert(step.client);
        leases += step.leases.size();
      }
    }
    EXPECT_EQ(verbs.size(), client::verb_count);
    EXPECT_EQ(clients.size(), world::clients_max);
    EXPECT_GT(leases, 100u);
  }
}

TEST(RandomScript, HasBothFormsOfAScript) {
  Random random(7);
  for (int i = 0; i < 500; ++i) {
    const world::Script script = random_script(random, trace::Protocol::pop3, 20);
    const auto from_text = world::script_from_text(world::to_text(script));
    ASSERT_TRUE(from_text) << from_text.error().message << "\n" << world::to_text(script);
    EXPECT_EQ(*from_text, script);
    EXPECT_EQ(world::script_from_bytes(world::to_bytes(script)), script);
  }
}

TEST(Seeds, AreScriptsOfTheProtocolInTheirNameInBothForms) {
  EXPECT_GE(seeds().size(), 40u);
  for (const Seed& seed : seeds()) {
    const auto script = world::script_from_text(seed.text);
    ASSERT_TRUE(script) << seed.name << ":" << script.error().line << ": "
                        << script.error().message;
    EXPECT_EQ(seed.name.substr(0, 4), trace::name(script->protocol));
    EXPECT_EQ(world::script_from_bytes(world::to_bytes(*script)), *script) << seed.name;
  }
}

}  // namespace
}  // namespace sallyport::engine
