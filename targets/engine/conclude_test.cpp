// Verdicts: which of the five words follows from what was seen.
#include "targets/engine/conclude.hpp"

#include <gtest/gtest.h>

#include "targets/engine/canary.hpp"
#include "targets/engine/engine_for_test.hpp"

namespace sallyport::engine {
namespace {

using properties::Needs;
using properties::Verdict;
using testing::HasSubstr;

TEST(VerdictOf, FollowsFromTheEvidence) {
  const auto verdict = [](std::uint64_t exercised, bool violated, bool failed) {
    return verdict_of({.exercised = exercised, .violated = violated, .failed = failed},
                      Needs::backend_wire, Needs::inside);
  };
  EXPECT_EQ(verdict(3, false, false), Verdict::holds);
  EXPECT_EQ(verdict(0, false, false), Verdict::vacuous);
  EXPECT_EQ(verdict(3, true, false), Verdict::violated);
  EXPECT_EQ(verdict(3, true, true), Verdict::violated) << "a witness stands, whatever failed later";
  EXPECT_EQ(verdict(3, false, true), Verdict::inconclusive);
  EXPECT_EQ(verdict_of({.exercised = 3, .violated = true, .failed = false}, Needs::inside,
                       Needs::client_wire),
            Verdict::unobservable);
}

class Conclude : public testing::Test {
 protected:
  Conclude() {
    request.subject = subject_of("hardened", trace::Protocol::imap);
    request.properties = {&canary};
    request.budget.count = 10;
    judge.emplace(request.subject, request.properties);
    ending.engine = "test";
    ending.unit = "executions";
    ending.done = 10;
    script.steps.push_back({.client = 0,
                            .action = {.verb = client::Verb::noop,
                                       .mechanism = trace::Mechanism::none,
                                       .account = 0,
                                       .right = true,
                                       .octets = {}},
                            .leases = {},
                            .split = 0});
  }
  Result result(const Record& record) { return conclude(request, *judge, {record}, ending).at(0); }

  Request request;
  std::optional<Judge> judge;
  Ending ending;
  world::Script script;
};

TEST_F(Conclude, AWitnessIsRunAgainAndShown) {
  Record record{.exercised = 1, .script = {}, .done_before = 0, .seconds_before = 0};
  record.violated_by(script, 4, 0.5);
  const Result found = result(record);
  EXPECT_EQ(found.verdict, Verdict::violated);
  EXPECT_EQ(found.detail, "a client sent a command");
  ASSERT_TRUE(found.witness);
  EXPECT_EQ(found.witness->finding.subject, "hardened");
  EXPECT_EQ(std::get<std::uint64_t>(*bound(found, "executions_to_violation")), 4u);
  EXPECT_EQ(std::get<std::string>(*bound(found, "budget")), "10x");
}

TEST_F(Conclude, AWitnessThatDoesNotReproduceIsAFailureOfTheTool) {
  script.steps.clear();
  Record record;
  record.violated_by(script, 4, 0.5);
  const Result found = result(record);
  EXPECT_EQ(found.verdict, Verdict::inconclusive);
  EXPECT_THAT(found.detail, HasSubstr("does not show"));
}

TEST_F(Conclude, NothingExercisedIsNoPass) {
  EXPECT_EQ(result({}).verdict, Verdict::vacuous);
  ending.done = 0;
  EXPECT_EQ(result({}).verdict, Verdict::inconclusive);
  ending.failure = "the fuzz target failed";
  EXPECT_EQ(result({}).detail, "the fuzz target failed");
}

TEST_F(Conclude, ACrashHasARowOnlyWhereThereWasOne) {
  EXPECT_EQ(conclude(request, *judge, {{}}, ending).size(), 1u);
  ending.runaway = script;
  const auto results = conclude(request, *judge, {{}}, ending);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[1].property, crash_id);
  EXPECT_EQ(results[1].verdict, Verdict::violated);
}

TEST(Record, KeepsTheFirstTimeAndTheShortestScript) {
  world::Script one;
  one.steps.resize(1);
  world::Script two;
  two.steps.resize(2);
  Record record;
  record.violated_by(two, 10, 1);
  record.violated_by(one, 20, 2);
  record.violated_by(two, 30, 3);
  EXPECT_EQ(record.done_before, 10u);
  EXPECT_EQ(record.script->steps.size(), 1u);
}

TEST_F(Conclude, AFailureSaysAllThatAReaderNeeds) {
  Record record;
  record.violated_by(script, 1, 0);
  const Result found = result(record);
  ASSERT_TRUE(found.witness);
  const std::string text = failure_text(canary.facts, found.detail, *found.witness);
  for (const char* part :
       {"Requirement: CANARY\n", "Source:      nothing", "Expected:    No client",
        "Actual:      a client sent a command\n", "Subject:     hardened\n",
        "  > C0: ", "Repeat:      printf 'property CANARY\\n"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

}  // namespace
}  // namespace sallyport::engine
