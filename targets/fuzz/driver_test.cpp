// The fuzzer in its own process: what it finds, what becomes of its crash, and what is said where
// it can't run. Where fuzz targets aren't built there is nothing to run.
#include "targets/fuzz/driver.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "targets/engine/canary.hpp"
#include "targets/engine/engine_for_test.hpp"
#include "targets/fuzz/log.hpp"
#include "targets/fuzz/process.hpp"

namespace sallyport::fuzz {
namespace {

using engine::request_of;
using properties::Verdict;
using testing::HasSubstr;
using trace::Protocol;

TEST(Driver, AMissingSiblingIsInconclusive) {
  const auto results = run(request_of("hardened", Protocol::imap, 10), "/nowhere/fuzz-session");
  ASSERT_FALSE(results.empty());
  for (const engine::Result& result : results) {
    EXPECT_EQ(result.verdict, Verdict::inconclusive);
    EXPECT_THAT(result.detail, HasSubstr("/nowhere/fuzz-session: expected the fuzz target there"));
  }
}

TEST(Driver, ASiblingThatIsSomethingElseIsInconclusive) {
  for (const char* other : {"/bin/true", "/bin/false"}) {
    const auto results = run(request_of("hardened", Protocol::imap, 10), other);
    ASSERT_FALSE(results.empty());
    EXPECT_EQ(results[0].verdict, Verdict::inconclusive) << other;
    EXPECT_THAT(results[0].detail, HasSubstr("the fuzz target"));
  }
}

#ifdef SESSION
class Fuzz : public testing::TestWithParam<Protocol> {};
INSTANTIATE_TEST_SUITE_P(Protocols, Fuzz, testing::ValuesIn(engine::both_protocols),
                         [](const auto& test) { return std::string(trace::name(test.param)); });

TEST_P(Fuzz, FindsOnExchange2000WhatTheArticleTells) {
  const auto results = run(request_of("exchange-2000", GetParam(), 2000), SESSION);
  engine::expect_violated(results, {"ADV-01", "PER-01"});
  EXPECT_EQ(engine::find(results, "ADV-01")->witness->finding.script.steps.size(), 1u);
}

TEST_P(Fuzz, ServicePack1AndHardenedHoldEverything) {
  for (const std::string_view fixed : {"exchange-2000-sp1", "hardened"}) {
    engine::expect_all_hold(run(request_of(fixed, GetParam(), 1000), SESSION),
                            engine::often_exercised);
  }
}

TEST_P(Fuzz, RepeatsToTheOctet) {
  const auto request = request_of("exchange-2000", GetParam(), 1500);
  EXPECT_EQ(engine::fixed_text(run(request, SESSION)), engine::fixed_text(run(request, SESSION)));
}

TEST_P(Fuzz, ACanaryIsFound) {
  auto request = request_of("hardened", GetParam(), 200);
  request.properties = {&engine::canary};
  engine::expect_violated(run(request, CANARY), {"CANARY"});
}

TEST(Driver, ACrashIsAViolatedResultWithItsWitness) {
  setenv("SALLYPORT_CANARY", "logout", 1);
  const auto results = run(request_of("hardened", Protocol::imap, 2000), CANARY);
  unsetenv("SALLYPORT_CANARY");
  engine::expect_violated(results, {std::string(engine::crash_id)});
  const engine::Result* crash = engine::find(results, engine::crash_id);
  EXPECT_EQ(world::to_text(crash->witness->finding.script), "protocol imap\n0 logout\n");
  EXPECT_THAT(crash->detail, HasSubstr("deadly signal"));
  for (const engine::Result& result : results) {
    if (&result == crash) continue;
    EXPECT_EQ(result.verdict, Verdict::inconclusive) << result.property;
  }
}

TEST(Driver, CoverageLeadsTheFuzzerToFourOctets) {
  setenv("SALLYPORT_CANARY", "magic", 1);
  const auto results = run(request_of("hardened", Protocol::imap, 3000000), CANARY);
  unsetenv("SALLYPORT_CANARY");
  EXPECT_NE(engine::find(results, engine::crash_id), nullptr);
}

TEST(Driver, StopsWhenItIsAskedTo) {
  auto request = request_of("hardened", Protocol::imap, 1);
  request.budget = {.time = std::chrono::hours(1), .count = std::nullopt};
  request.on_progress = [](void*, const engine::Progress& progress) {
    EXPECT_EQ(progress.engine, "fuzz");
    return false;
  };
  EXPECT_EQ(engine::find(run(request, SESSION), engine::crash_id), nullptr);
}

/// How many features 300 scripts had beyond the edges that they covered.
std::uint64_t features_beyond_edges(const std::string& flag) {
  const std::string log = testing::TempDir() + "sallyport-session-log";
  auto process = Process::start({SESSION, "-runs=300", "-seed=1", "-detect_leaks=0", flag},
                                {{"SALLYPORT_FEEDBACK", "0"}}, log);
  EXPECT_TRUE(process && process->wait().well());
  std::ostringstream text;
  text << std::ifstream(log).rdbuf();
  const std::uint64_t edges = figure_in(text.str(), "cov: ").value_or(0);
  EXPECT_GT(edges, 500U);
  return figure_in(text.str(), "ft: ").value_or(0) - edges;
}

TEST(Session, AsksForNoCountsOfEdgesUnlessItIsTold) {
  EXPECT_LT(features_beyond_edges("-entropic=0"), 100U);
  EXPECT_GT(features_beyond_edges("-use_counters=1"), 500U);
}

TEST(Session, AloneItAbortsWithAllThatAReaderNeeds) {
  const std::string input = testing::TempDir() + "sallyport-session-input";
  const auto script = world::script_from_text("protocol imap\n0 noop\n0 capability\n");
  std::ofstream(input, std::ios::binary) << world::to_bytes(*script);
  setenv("SALLYPORT_FRONT_END", "exchange-2000", 1);
  const auto session = [&input] {
    execl(SESSION, SESSION, input.c_str(), static_cast<char*>(nullptr));
  };
  EXPECT_DEATH(session(), "Requirement: ADV-01(.|\n)*> S0: (.|\n)*Repeat: .*0 capability");
  unsetenv("SALLYPORT_FRONT_END");
}
#endif

}  // namespace
}  // namespace sallyport::fuzz
