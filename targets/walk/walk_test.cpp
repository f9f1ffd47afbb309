// What a random walk says of the profiles of KB 306874, that it catches faults, and that it says
// the same on any number of threads.
#include "targets/walk/walk.hpp"

#include <gtest/gtest.h>

#include "targets/engine/canary.hpp"
#include "targets/engine/engine_for_test.hpp"

namespace sallyport::walk {
namespace {

using engine::request_of;
using trace::Protocol;

class Walk : public testing::TestWithParam<Protocol> {};
INSTANTIATE_TEST_SUITE_P(Protocols, Walk, testing::ValuesIn(engine::both_protocols),
                         [](const auto& test) { return std::string(trace::name(test.param)); });

TEST_P(Walk, FindsOnExchange2000WhatTheArticleTells) {
  const auto results = run(request_of("exchange-2000", GetParam(), 1000), 2);
  engine::expect_violated(results, {"ADV-01", "PER-01"});
  EXPECT_EQ(engine::find(results, "ADV-01")->witness->finding.script.steps.size(), 1u);
}

TEST_P(Walk, ServicePack1AndHardenedHoldEverything) {
  for (const std::string_view fixed : {"exchange-2000-sp1", "hardened"}) {
    engine::expect_all_hold(run(request_of(fixed, GetParam(), 1500), 2), engine::often_exercised);
  }
}

TEST_P(Walk, RepeatsToTheOctetOnAnyNumberOfThreads) {
  const auto request = request_of("exchange-2000", GetParam(), 500);
  const std::string alone = engine::fixed_text(run(request, 1));
  EXPECT_EQ(engine::fixed_text(run(request, 1)), alone);
  EXPECT_EQ(engine::fixed_text(run(request, 3)), alone);
}

TEST_P(Walk, AnotherSeedIsAnotherRun) {
  auto request = request_of("hardened", GetParam(), 100);
  const std::string one = engine::fixed_text(run(request, 1));
  request.seed = 2;
  EXPECT_NE(engine::fixed_text(run(request, 1)), one);
}

TEST_P(Walk, CountsTheScriptsItWasAskedFor) {
  const auto results = run(request_of("exchange-2000", GetParam(), 777), 3);
  EXPECT_EQ(std::get<std::uint64_t>(*engine::bound(results[0], "executions")), 777u);
}

TEST_P(Walk, ACanaryIsFoundAndReduced) {
  auto request = request_of("hardened", GetParam(), 100);
  request.properties = {&engine::canary};
  const auto results = run(request, 1);
  engine::expect_violated(results, {"CANARY"});
  EXPECT_EQ(results[0].witness->finding.script.steps.size(), 1u);
}

TEST(Walk, CatchesFaultsByThePropertyTheyAreMeantFor) {
  for (const std::string_view name : engine::simple_faults) {
    const frontend::FaultFacts& fault = *frontend::find_fault(name);
    const auto ids =
        engine::violated(run(request_of("hardened+" + std::string(name), fault.protocol, 1500), 2));
    EXPECT_TRUE(std::ranges::find(ids, fault.property) != ids.end())
        << name << " violates no " << fault.property;
  }
}

TEST(Walk, StopsAtThePropertyThatItIsToStopAtAndWhenItIsAskedTo) {
  auto request = request_of("exchange-2000", Protocol::imap, 1000000);
  request.stop_at = "ADV-01";
  const auto found = run(request, 2);
  EXPECT_LT(std::get<std::uint64_t>(*engine::bound(found[0], "executions")), 1000u);
  request.stop_at = {};
  request.on_progress = [](void*, const engine::Progress& progress) { return progress.done < 200; };
  const auto stopped = run(request, 2);
  EXPECT_LT(std::get<std::uint64_t>(*engine::bound(stopped[0], "executions")), 2000u);
}

TEST(Walk, EndsWithItsTime) {
  auto request = request_of("hardened", Protocol::pop3, 1);
  request.budget = {.time = std::chrono::milliseconds(50), .count = std::nullopt};
  const auto results = run(request, 2);
  EXPECT_GT(std::get<std::uint64_t>(*engine::bound(results[0], "executions")), 0u);
}

}  // namespace
}  // namespace sallyport::walk
