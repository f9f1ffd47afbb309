// What RapidCheck says of the profiles of KB 306874, and that it catches every seeded fault.
#include "targets/rapid/rapid.hpp"

#include <gtest/gtest.h>

#include "targets/engine/canary.hpp"
#include "targets/engine/engine_for_test.hpp"

namespace sallyport::rapid {
namespace {

using engine::request_of;
using trace::Protocol;

class Rapid : public testing::TestWithParam<Protocol> {};
INSTANTIATE_TEST_SUITE_P(Protocols, Rapid, testing::ValuesIn(engine::both_protocols),
                         [](const auto& test) { return std::string(trace::name(test.param)); });

TEST_P(Rapid, FindsOnExchange2000WhatTheArticleTells) {
  const auto results = run(request_of("exchange-2000", GetParam(), 1000));
  engine::expect_violated(results, {"ADV-01", "PER-01"});
  EXPECT_EQ(engine::find(results, "ADV-01")->witness->finding.script.steps.size(), 1u);
}

TEST_P(Rapid, ServicePack1AndHardenedHoldEverything) {
  for (const std::string_view fixed : {"exchange-2000-sp1", "hardened"}) {
    engine::expect_all_hold(run(request_of(fixed, GetParam(), 1000)), engine::often_exercised);
  }
}

TEST_P(Rapid, RepeatsToTheOctetAndPrintsNothing) {
  const auto request = request_of("exchange-2000", GetParam(), 500);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const std::string one = engine::fixed_text(run(request));
  const std::string two = engine::fixed_text(run(request));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(one, two);
}

TEST_P(Rapid, AnotherSeedIsAnotherRun) {
  auto request = request_of("hardened", GetParam(), 100);
  const std::string one = engine::fixed_text(run(request));
  request.seed = 2;
  EXPECT_NE(engine::fixed_text(run(request)), one);
}

TEST_P(Rapid, CountsTheScriptsItWasAskedFor) {
  const auto results = run(request_of("exchange-2000", GetParam(), 777));
  EXPECT_EQ(std::get<std::uint64_t>(*engine::bound(results[0], "executions")), 777u);
}

TEST_P(Rapid, ACanaryIsFoundAndShrunk) {
  auto request = request_of("hardened", GetParam(), 100);
  request.properties = {&engine::canary};
  const auto results = run(request);
  engine::expect_violated(results, {"CANARY"});
  EXPECT_EQ(results[0].witness->finding.script.steps.size(), 1u);
}

TEST(Rapid, CatchesFaultsByThePropertyTheyAreMeantFor) {
  for (const std::string_view name : engine::simple_faults) {
    const frontend::FaultFacts& fault = *frontend::find_fault(name);
    const auto ids =
        engine::violated(run(request_of("hardened+" + std::string(name), fault.protocol, 1500)));
    EXPECT_TRUE(std::ranges::find(ids, fault.property) != ids.end())
        << name << " violates no " << fault.property;
  }
}

}  // namespace
}  // namespace sallyport::rapid
