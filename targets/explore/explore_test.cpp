// What the exhaustive search says of the profiles of KB 306874, and that it covers what it claims.
#include "targets/explore/explore.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "client/phrases.hpp"
#include "targets/engine/canary.hpp"
#include "targets/engine/engine_for_test.hpp"
#include "targets/explore/alphabet.hpp"
#include "targets/explore/world_graph.hpp"

namespace sallyport::explore {
namespace {

using engine::request_of;
using trace::Protocol;

class Explore : public testing::TestWithParam<Protocol> {};
INSTANTIATE_TEST_SUITE_P(Protocols, Explore, testing::ValuesIn(engine::both_protocols),
                         [](const auto& test) { return std::string(trace::name(test.param)); });

TEST_P(Explore, FindsOnExchange2000WhatTheArticleTells) {
  const auto results = run(request_of("exchange-2000", GetParam(), 100000), {});
  engine::expect_violated(results, {"ADV-01", "ADV-03", "ADV-04", "PER-01", "PER-02", "PER-03"});
  // The shortest witness of all: a list is asked for.
  const engine::Result* offered = engine::find(results, "ADV-01");
  ASSERT_TRUE(offered->witness);
  EXPECT_EQ(world::to_text(offered->witness->finding.script),
            GetParam() == Protocol::imap ? "protocol imap\n0 capability\n"
                                         : "protocol pop3\n0 mechanisms\n");
  EXPECT_FALSE(engine::find(results, "PER-01")->witness->finding.script.vary.empty());
}

TEST_P(Explore, ServicePack1AndHardenedHoldEverything) {
  for (const std::string_view fixed : {"exchange-2000-sp1", "hardened"}) {
    engine::expect_all_hold(run(request_of(fixed, GetParam(), 3000), {}),
                            {"ADV-01", "STM-01", "RSP-01"});
  }
}

TEST_P(Explore, RepeatsToTheOctet) {
  const auto request = request_of("exchange-2000", GetParam(), 2000);
  EXPECT_EQ(engine::fixed_text(run(request, {.clients = 2})),
            engine::fixed_text(run(request, {.clients = 2})));
}

TEST_P(Explore, TellsWhichCommandsItSawInWhichState) {
  const bool imap = GetParam() == Protocol::imap;
  const std::string before = imap ? "not authenticated" : "authorization";
  const std::string after = imap ? "authenticated" : "transaction";
  const std::string ok = imap ? "OK" : "+OK";
  const auto reached_on = [&](std::string_view front_end) {
    Reached reached;
    (void)run(request_of(front_end, GetParam(), 20000), {}, &reached);
    return reached;
  };
  const Reached sound = reached_on("hardened");
  EXPECT_TRUE(sound.contains({before, imap ? "LOGIN" : "PASS", ok, after}));
  EXPECT_TRUE(sound.contains({after, imap ? "LOGOUT" : "QUIT", ok, "ended"}));
  EXPECT_TRUE(sound.contains({before, imap ? "FETCH" : "RETR", imap ? "BAD" : "-ERR", before}));
  EXPECT_FALSE(sound.contains({before, imap ? "FETCH" : "RETR", ok, before}));
  EXPECT_EQ(sound, reached_on("hardened"));
  // What STM-01 forbids stands there as well, where it was seen.
  const Arc illegal{after, imap ? "STARTTLS" : "STLS", ok, after};
  EXPECT_FALSE(sound.contains(illegal));
  EXPECT_TRUE(reached_on("hardened+start-tls-when-logged-in").contains(illegal));
}

TEST(Reached, NeedsStm01) {
  auto request = request_of("hardened", Protocol::imap, 200);
  request.properties = {properties::find("ADV-01")};
  Reached reached;
  (void)run(request, {}, &reached);
  EXPECT_TRUE(reached.empty());
}

TEST_P(Explore, ASeedChangesNothing) {
  auto request = request_of("exchange-2000", GetParam(), 2000);
  const auto one = run(request, {});
  request.seed = 2;
  const auto two = run(request, {});
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].exercised, two[i].exercised);
    EXPECT_EQ(*engine::bound(one[i], "states"), *engine::bound(two[i], "states"));
  }
}

TEST_P(Explore, ACanaryIsFound) {
  auto request = request_of("hardened", GetParam(), 100);
  request.properties = {&engine::canary};
  const auto results = run(request, {});
  engine::expect_violated(results, {"CANARY"});
  EXPECT_EQ(results[0].witness->finding.script.steps.size(), 1u);
}

TEST_P(Explore, SaysWhetherItSawEverything) {
  auto request = request_of("hardened", GetParam(), 10);
  const auto cut = run(request, {});
  EXPECT_EQ(std::get<std::uint64_t>(*engine::bound(cut[0], "states")), 10u);
  EXPECT_FALSE(std::get<bool>(*engine::bound(cut[0], "exhausted")));
  EXPECT_EQ(std::get<std::string>(*engine::bound(cut[0], "stopped")), "states");
  request.budget.count.reset();
  const auto shallow = run(request, {.depth_max = 2});
  EXPECT_FALSE(std::get<bool>(*engine::bound(shallow[0], "exhausted")));
  EXPECT_TRUE(std::get<bool>(*engine::bound(shallow[0], "depth_exhausted")));
  EXPECT_EQ(std::get<std::string>(*engine::bound(shallow[0], "stopped")), "depth");
}

/// A number that changes says that the world, its canonical form or the alphabet has changed: look
/// why before writing down the new one.
TEST(Explore, CountsTheStatesOfSmallBounds) {
  struct Row {
    std::string_view front_end;
    Protocol protocol;
    std::size_t clients;
    std::size_t connections_max;
    std::size_t depth;
    std::uint64_t states;
  };
  constexpr Row rows[] = {
      {"exchange-2000", Protocol::imap, 1, 2, 2, 4985},
      {"exchange-2000-sp1", Protocol::pop3, 2, 1, 2, 11991},
      {"hardened", Protocol::imap, 1, 1, 2, 3992},
      {"hardened", Protocol::imap, 2, 2, 2, 10116},
  };
  for (const Row& row : rows) {
    auto request = request_of(row.front_end, row.protocol, 10000000);
    request.subject.configuration.connections_max = row.connections_max;
    const auto results = run(request, {.clients = row.clients, .depth_max = row.depth});
    ASSERT_FALSE(results.empty());
    EXPECT_EQ(std::get<std::uint64_t>(*engine::bound(results[0], "states")), row.states);
    EXPECT_TRUE(std::get<bool>(*engine::bound(results[0], "depth_exhausted")));
  }
}

TEST_P(Explore, ThreadsChangeNothing) {
  const auto request = request_of("exchange-2000", GetParam(), 4000);
  const auto text = [&](std::size_t threads) {
    auto results = run(request, {.clients = 2, .threads = threads});
    // How much of it was there at once is the one thing that the clock decides.
    for (auto& result : results) {
      std::erase_if(result.bound, [](const auto& each) { return each.first == "memory_octets"; });
    }
    return engine::fixed_text(results);
  };
  EXPECT_EQ(text(1), text(3));
}

/// Every world within `depth` steps, by running each script from its start: what WorldGraph finds
/// with much less work.
std::set<std::string> worlds_by_scripts(const world::Setting& setting,
                                        const std::vector<world::Step>& alphabet,
                                        std::size_t depth) {
  const auto octets = [](const world::World& world) {
    trace::Canonical canonical;
    world.canonical(canonical);
    return std::string(canonical.bytes());
  };
  std::set<std::string> seen;
  std::vector<world::World> level{world::World(setting)};
  seen.insert(octets(level[0]));
  for (std::size_t i = 0; i < depth; ++i) {
    std::vector<world::World> next;
    for (const world::World& from : level) {
      for (world::Step step : alphabet) {
        if (!from.can(step)) continue;
        // All schedules of up to three leases with up to three choices, most of them the same.
        for (std::uint8_t code = 0; code < 27; ++code) {
          step.leases = {static_cast<std::uint8_t>(code % 3),
                         static_cast<std::uint8_t>(code / 3 % 3),
                         static_cast<std::uint8_t>(code / 9)};
          world::World world = from;
          trace::Trace trace;
          world.step(step, trace);
          if (seen.insert(octets(world)).second) next.push_back(std::move(world));
        }
      }
    }
    level = std::move(next);
  }
  return seen;
}

std::size_t worlds_of_graph(const world::Setting& setting, const std::vector<world::Step>& steps,
                            const Reductions& reductions, std::size_t depth) {
  WorldGraph graph(setting, steps, reductions, 1);
  const std::vector<std::uint16_t> actions = graph.actions();
  std::vector<Edge> edges;
  std::size_t first = 0;
  for (std::size_t i = 0; i < depth; ++i) {
    const std::size_t last = graph.worlds();
    for (; first < last; ++first) graph.edges(static_cast<WorldId>(first), actions, edges);
  }
  EXPECT_EQ(graph.strays(), 0u);
  return graph.worlds();
}

TEST_P(Explore, TheGraphOfWorldsIsThatOfAllScripts) {
  auto subject = engine::subject_of("exchange-2000", GetParam());
  subject.configuration.connections_max = 2;
  const world::Setting setting(subject.configuration, subject.protocol);
  const std::vector<world::Step> steps = alphabet(subject, {});
  constexpr std::size_t depth = 2;
  const std::size_t all = worlds_by_scripts(setting, steps, depth).size();
  EXPECT_EQ(worlds_of_graph(setting, steps, {.footprints = false}, depth), all);
  EXPECT_EQ(worlds_of_graph(setting, steps, {}, depth), all) << "looked up, not run";
  EXPECT_EQ(worlds_of_graph(setting, steps, {.compact = true}, depth), all);
}

// A line that hasn't ended swallows the tag behind it, and how that is spelt hangs on how many
// commands the client has sent, which no state knows.
TEST(Graph, AWorldBuiltAgainIsItselfButForTheDigitsOfTags) {
  const auto subject = engine::subject_of("hardened", Protocol::imap);
  const world::Setting setting(subject.configuration, subject.protocol);
  std::vector<world::Step> steps = alphabet(subject, {});
  std::erase_if(steps, [](const world::Step& step) {
    if (step.wait != 0) return true;
    if (step.action.verb != client::Verb::say) return step.action.verb != client::Verb::starttls;
    const std::string_view name = client::phrases()[step.action.phrase].name;
    return name != "unfinished" && name != "cram-initial" && name != "ntlm-third-first";
  });
  ASSERT_EQ(steps.size(), 4u);
  EXPECT_GT(worlds_of_graph(setting, steps, {}, 5), 20u);  // which expects that there are no strays
}

TEST(Alphabet, DiffersByProtocolAndCertificate) {
  const auto has = [](const std::vector<world::Step>& steps, client::Verb verb) {
    return std::ranges::any_of(steps, [verb](const world::Step& step) {
      return step.wait == 0 && step.action.verb == verb;
    });
  };
  const auto imap = alphabet(engine::subject_of("hardened", Protocol::imap), {});
  const auto pop3 = alphabet(engine::subject_of("hardened", Protocol::pop3), {});
  EXPECT_FALSE(has(imap, client::Verb::mechanisms)) << "AUTH without argument is POP3's";
  EXPECT_TRUE(has(pop3, client::Verb::mechanisms));
  EXPECT_TRUE(has(imap, client::Verb::starttls));
  const auto without = alphabet(engine::subject_of("exchange-2000", Protocol::imap), {});
  EXPECT_FALSE(has(without, client::Verb::starttls));
  EXPECT_LT(without.size(), imap.size());
  const auto two = alphabet(engine::subject_of("hardened", Protocol::imap), {.clients = 2});
  EXPECT_LT(two.size(), 2 * imap.size()) << "time goes by for both";
}

}  // namespace
}  // namespace sallyport::explore
