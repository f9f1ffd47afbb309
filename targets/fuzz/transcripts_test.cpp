// Transcripts as inputs: what a page holds, and a transcript whose lines come in two packets.
#include "targets/fuzz/transcripts.hpp"

#include <gtest/gtest.h>

#include "observe/transcript.hpp"

namespace sallyport::fuzz {
namespace {

TEST(Transcripts, OfAPageHaveTheNamesOfTheirKinds) {
  const auto found = transcripts_of("per_01",
                                    "# PER-01\n\n```transcript holds\nimap\nS0: * OK hi\n```\n\n"
                                    "```sh\nimap\n```\n```transcript violated\npop3\nS0: +OK a\n"
                                    "--- varied\nS0: +OK b\n```\n");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].name, "per-01-holds-1");
  EXPECT_EQ(found[0].text, "imap\nS0: * OK hi\n");
  EXPECT_EQ(found[1].name, "per-01-violated-2");
  EXPECT_EQ(found[1].text, "pop3\nS0: +OK a\n");
  EXPECT_EQ(found[2].name, "per-01-violated-2-varied");
  EXPECT_EQ(found[2].text, "pop3\nS0: +OK b\n");
}

TEST(Transcripts, InPiecesAreTheSameToAnObserver) {
  const std::string whole =
      "imap\nS0: * OK hi\nC0: a1 LOGIN {5}\nS0: + go\nC0: alice x\\\nC0:\n! quiescent\nS0:\nC12: "
      "\\x01\n";
  const std::string apart = with_first_octets_apart(whole);
  EXPECT_EQ(apart,
            "imap\nS0: *\\\nS0:  OK hi\nC0: a\\\nC0: 1 LOGIN {5}\nS0: +\\\nS0:  go\nC0: a\\\n"
            "C0: lice x\\\nC0:\n! quiescent\nS0:\nC12: \\x01\n");
  const auto seen = observe::read_transcript(whole);
  const auto again = observe::read_transcript(apart);
  ASSERT_TRUE(seen && again);
  EXPECT_EQ(trace::to_text(seen->events), trace::to_text(again->events));
}

}  // namespace
}  // namespace sallyport::fuzz
