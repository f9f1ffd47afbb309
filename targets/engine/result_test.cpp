// Subjects and budgets in words: what a user types comes back in results, and what is wrong with it
// is said in one line.
#include "targets/engine/result.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "targets/engine/engine_for_test.hpp"

namespace sallyport::engine {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Subject, HasTheNameItWasAskedForBy) {
  EXPECT_EQ(subject_of("exchange-2000", trace::Protocol::imap).name(), "exchange-2000/imap");
  const Subject faulty = subject_of("hardened+advertise-ntlm", trace::Protocol::pop3);
  EXPECT_EQ(faulty.front_end(), "hardened+advertise-ntlm");
  EXPECT_EQ(faulty.name(), "hardened+advertise-ntlm/pop3");
}

TEST(Subject, EveryProfileAndFaultCanBeNamed) {
  for (const frontend::Profile& profile : frontend::profiles()) {
    EXPECT_TRUE(configuration_from(profile.name)) << profile.name;
  }
  for (const frontend::FaultFacts& fault : frontend::faults()) {
    const auto found = configuration_from("hardened+" + std::string(fault.name));
    ASSERT_TRUE(found) << fault.name;
    EXPECT_EQ(found->fault, fault.fault);
  }
}

TEST(Subject, AnUnknownNameIsSaidWithWhatWasExpected) {
  for (const std::string_view wrong :
       {"exchange-2001", "hardened+gremlins", "", "+", "hardened+", "hardened/imap", "\x1b[2J"}) {
    const auto found = configuration_from(wrong);
    ASSERT_FALSE(found) << wrong;
    EXPECT_THAT(found.error(),
                AllOf(HasSubstr("expected"), Not(HasSubstr("\n")), Not(HasSubstr("\x1b"))));
  }
  EXPECT_THAT(configuration_from("exchange-2001").error(),
              testing::StartsWith("front-end 'exchange-2001': unknown profile 'exchange-2001', "
                                  "expected exchange-2000, "));
}

TEST(Budget, TakesTimesAndCounts) {
  using namespace std::chrono_literals;
  EXPECT_EQ(budget_from("20s")->time, 20s);
  EXPECT_EQ(budget_from("10m")->time, 10min);
  EXPECT_EQ(budget_from("2h")->time, 2h);
  EXPECT_EQ(budget_from("200000x")->count, 200000u);
  EXPECT_FALSE(budget_from("200000x")->time);
}

TEST(Budget, ComesBackAsItWasWritten) {
  for (const std::string_view text : {"20s", "10m", "2h", "90s", "250ms", "200000x"}) {
    EXPECT_EQ(to_text(*budget_from(text)), text);
  }
  EXPECT_EQ(to_text(*budget_from("120m")), "2h");
  EXPECT_EQ(to_text(Budget{}), "none");
}

TEST(Budget, RefusesWhatIsNoBudget) {
  for (const std::string_view wrong : {"", "x", "s", "20", "20 s", "-1s", "0s", "0x", "1.5h",
                                       "20sec", "99999999999999999999x", "9223372036854775807h"}) {
    const auto budget = budget_from(wrong);
    ASSERT_FALSE(budget) << wrong;
    EXPECT_THAT(budget.error(), HasSubstr("expected a positive time"));
  }
}

}  // namespace
}  // namespace sallyport::engine
