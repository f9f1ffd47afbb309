// What makes the search smaller and faster changes no verdict: the footprints that steps leave are
// all that they stand on, numbers of clients and connections mean nothing, and steps that have
// nothing in common may be taken in either order.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "frontend/profile.hpp"
#include "targets/engine/engine_for_test.hpp"
#include "targets/engine/random_script.hpp"
#include "targets/explore/alphabet.hpp"
#include "targets/explore/explore.hpp"
#include "targets/explore/world_graph.hpp"
#include "trace/renaming.hpp"

namespace sallyport::explore {
namespace {

using trace::Protocol;

constexpr std::string_view front_ends[] = {
    "exchange-2000", "hardened", "hardened+end-all-exchanges-on-bad-base64",
    "hardened+cache-replies-by-command", "hardened+match-any-connection-without-credentials"};

std::vector<std::string> pieces_of(const world::World& world) {
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < world.pieces(); ++i) {
    trace::Canonical canonical;
    world.canonical(i, canonical);
    pieces.emplace_back(canonical.bytes());
  }
  return pieces;
}

class Reduction : public testing::TestWithParam<Protocol> {};
INSTANTIATE_TEST_SUITE_P(Protocols, Reduction, testing::ValuesIn(engine::both_protocols),
                         [](const auto& test) { return std::string(trace::name(test.param)); });

TEST_P(Reduction, WhatAStepChangesIsUnderItsFootprint) {
  engine::Random random(1);
  std::size_t small = 0;
  for (const std::string_view front_end : front_ends) {
    const auto subject = engine::subject_of(front_end, GetParam());
    const world::Setting setting(subject.configuration, subject.protocol);
    for (int i = 0; i < 150; ++i) {
      const world::Script script = engine::random_script(random, GetParam(), 12);
      world::World world(setting);
      trace::Trace trace;
      for (const world::Step& step : script.steps) {
        const auto before = pieces_of(world);
        world::Taken taken;
        world.step(step, trace, &taken);
        const auto after = pieces_of(world);
        for (std::size_t p = 0; p < after.size(); ++p) {
          const bool under = (taken.footprint >> p & 1U) != 0;
          ASSERT_TRUE(under || before[p] == after[p])
              << front_end << ": piece " << p << " changes in\n"
              << world::to_text(step) << "\nof\n"
              << world::to_text(script);
        }
        small += taken.footprint == std::uint32_t{1} << step.client ? 1 : 0;
      }
    }
  }
  EXPECT_GT(small, 500u) << "most steps of a client are its own affair";
}

/// The two clients have changed places.
world::Step renamed(world::Step step) {
  if (step.wait == 0) step.client = static_cast<std::uint8_t>(1 - step.client);
  return step;
}

TEST_P(Reduction, ClientsThatChangePlacesSeeTheSame) {
  trace::Renaming swap;
  std::swap(swap.sessions[0], swap.sessions[1]);
  engine::Random random(2);
  for (const std::string_view front_end : front_ends) {
    const auto subject = engine::subject_of(front_end, GetParam());
    const world::Setting setting(subject.configuration, subject.protocol);
    for (int i = 0; i < 150; ++i) {
      const world::Script script = engine::random_script(random, GetParam(), 10);
      world::World one(setting);
      world::World two(setting);
      for (const world::Step& step : script.steps) {
        if (step.wait != 0) continue;  // time goes by for one client after the other
        trace::Trace first;
        trace::Trace second;
        one.step(step, first);
        two.step(renamed(step), second);
        EXPECT_EQ(trace::to_text(world::renamed(first.events, swap)), trace::to_text(second.events))
            << front_end << "\n"
            << world::to_text(script);
        world::World other = one;
        other.rename(swap);
        ASSERT_EQ(pieces_of(other), pieces_of(two)) << world::to_text(script);
        two = other;  // and go on in the one that was renamed
      }
    }
  }
}

TEST_P(Reduction, AMishapThatFindsNoOpeningLeavesTheStepAsItIs) {
  engine::Random random(3);
  std::size_t struck = 0;
  std::size_t unstruck = 0;
  for (const std::string_view front_end : front_ends) {
    const auto subject = engine::subject_of(front_end, GetParam());
    const world::Setting setting(subject.configuration, subject.protocol);
    for (int i = 0; i < 150; ++i) {
      const world::Script script = engine::random_script(random, GetParam(), 10);
      world::World world(setting);
      for (world::Step step : script.steps) {
        step.mishap = static_cast<world::Mishap>(1 + random.below(world::mishap_count - 1));
        world::World with = world;
        trace::Trace seen_with;
        with.step(step, seen_with);
        const std::uint16_t there = world::bit(world::facts(step.mishap).strikes);
        step.mishap = world::Mishap::none;
        trace::Trace seen_without;
        world::Taken taken;
        world.step(step, seen_without, &taken);
        if ((taken.openings & there) != 0) {
          ++struck;
          world = with;  // and go on with what went wrong
          continue;
        }
        ++unstruck;
        ASSERT_FALSE(with.struck());
        ASSERT_EQ(trace::to_text(seen_with.events), trace::to_text(seen_without.events))
            << front_end << "\n"
            << world::to_text(script);
        ASSERT_EQ(pieces_of(with), pieces_of(world)) << world::to_text(script);
      }
    }
  }
  EXPECT_GT(struck, 100u);
  EXPECT_GT(unstruck, 100u);
}

std::map<std::string, std::string> verdicts(const std::vector<engine::Result>& results) {
  std::map<std::string, std::string> all;
  for (const engine::Result& result : results) {
    std::string& text = all[result.property];
    text = properties::name(result.verdict);
    if (result.witness) {
      text += " in " + std::to_string(result.witness->finding.script.steps.size());
    }
  }
  return all;
}

const Bound everything{
    .clients = 2, .depth_max = 2, .footprints = false, .symmetry = false, .commuting = false};

TEST_P(Reduction, VerdictsAndShortestWitnessesStay) {
  for (const std::string_view front_end : {"exchange-2000", "hardened+cache-replies-by-command"}) {
    auto request = engine::request_of(front_end, GetParam(), 10000000);
    request.subject.configuration.connections_max = 1;
    const auto all = verdicts(run(request, everything));
    Bound reduced{.clients = 2, .depth_max = 2};
    EXPECT_EQ(verdicts(run(request, reduced)), all) << front_end;
    reduced.compact = true;
    EXPECT_EQ(verdicts(run(request, reduced)), all) << front_end;
  }
}

std::uint64_t states(const engine::Request& request, const Bound& bound) {
  return std::get<std::uint64_t>(*engine::bound(run(request, bound)[0], "states"));
}

TEST_P(Reduction, MostStepsAreLookedUp) {
  const auto results = run(engine::request_of("hardened", GetParam(), 10000000),
                           {.clients = 2, .depth_max = 2, .symmetry = false});
  const auto of = [&](std::string_view what) {
    return std::get<std::uint64_t>(*engine::bound(results[0], what));
  };
  EXPECT_GT(of("transitions"), 5 * of("steps_run"));
}

TEST_P(Reduction, OnlySymmetryMakesStatesFewer) {
  auto request = engine::request_of("exchange-2000", GetParam(), 10000000);
  request.subject.configuration.connections_max = 1;
  const std::uint64_t all = states(request, everything);
  Bound bound = everything;
  bound.commuting = true;
  bound.footprints = true;
  EXPECT_EQ(states(request, bound), all) << "other orders of steps that have nothing in common";
  bound.symmetry = true;
  EXPECT_LT(states(request, bound), all);
}

}  // namespace
}  // namespace sallyport::explore
