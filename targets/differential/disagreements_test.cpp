// Every row of the disagreements explains a disagreement that is still there, and nothing that both
// readers agree on.
#include "targets/differential/disagreements.hpp"

#include <gtest/gtest.h>

#include "targets/fuzz/input.hpp"

namespace sallyport::differential {
namespace {

class Disagreements : public testing::TestWithParam<const Question*> {};
INSTANTIATE_TEST_SUITE_P(Questions, Disagreements,
                         testing::Values(&imap_greeting, &imap_answer, &pop3_greeting, &base64,
                                         &plain));

TEST_P(Disagreements, StillAre) {
  for (const Disagreement& row : GetParam()->disagreements) {
    const Verdicts verdicts = GetParam()->read(row.example);
    EXPECT_NE(verdicts.ours, verdicts.theirs) << fuzz::escaped(row.example);
    EXPECT_EQ(explanation(*GetParam(), row.example, verdicts), &row) << fuzz::escaped(row.example);
  }
}

TEST(Readers, AgreeOnWhatIsPlain) {
  for (const Question* question : {&imap_greeting, &pop3_greeting}) {
    const bool imap = question == &imap_greeting;
    const Verdicts verdicts = question->read(imap ? "* OK ready\r\n" : "+OK ready\r\n");
    EXPECT_EQ(verdicts.ours, "OK");
    EXPECT_EQ(verdicts.theirs, "OK");
  }
  EXPECT_EQ(imap_greeting.read("* PREAUTH x\r\n").theirs, "PREAUTH");
  EXPECT_EQ(imap_answer.read("* 3 EXISTS\r\n1 NO x\r\n").theirs, "NO");
  EXPECT_EQ(base64.read("Zm9v").theirs, "foo");
  EXPECT_EQ(plain.read(std::string_view("a\0b\0c", 5)).theirs, "b as a with c");
}

}  // namespace
}  // namespace sallyport::differential
