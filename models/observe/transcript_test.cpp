#include "observe/transcript.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "observe/transcript_for_test.hpp"

namespace sallyport::observe {
namespace {

constexpr std::string_view two_wires = R"(imap
# KB 306874, told short
! policy mechanisms=PLAIN

S0: * OK ready
B1: * OK there
! lease s0 k1
! attempt s0 mechanism=NTLM valid
C0: a NOOP
F1: x NOOP
B1: x OK
S0: a OK
! release s0 k1
! failure k1
! tls s0
! close k1 back-end
! close k2 front-end
! close s0 client
! quiescent
S1: * OK
)";

TEST(Transcript, BothWiresAndFacts) {
  const auto trace = read_transcript(two_wires);
  ASSERT_TRUE(trace) << trace.error().line << trace.error().message;
  trace::Events events = trace->events;
  for (trace::Event& e : events) e.digest = e.amount = 0;
  EXPECT_EQ(to_text(events),
            "given imap policy mechanisms=PLAIN\n"
            "client s0 imap opened\n"
            "client s0 imap greeting status=OK\n"
            "backend k1 imap opened\n"
            "backend k1 imap greeting status=OK\n"
            "inside s0 k1 imap lease\n"
            "given s0 imap attempt mechanism=NTLM valid\n"
            "client s0 imap command verb=NOOP command=0 tag=a\n"
            "backend k1 imap command verb=NOOP command=0 tag=x\n"
            "backend k1 imap completion verb=NOOP status=OK command=0 tag=x\n"
            "client s0 imap completion verb=NOOP status=OK command=0 tag=a\n"
            "inside s0 k1 imap release\n"
            "given k1 imap failure\n"
            "client s0 imap tls\n"
            "backend k1 imap closed from-server\n"
            "backend k2 imap opened\n"
            "backend k2 imap closed\n"
            "client s0 imap closed\n"
            "given imap quiescent\n"
            "client s1 imap opened\n"
            "client s1 imap greeting status=OK\n");
}

// A judge marks the line that a violation came from, so each line knows its first event.
TEST(Transcript, KeepsTheDialogue) {
  const auto trace = read_transcript("imap\nS: * OK\nC2: a FE\\\nC2: TCH 1\\r\\nb N\\\n");
  ASSERT_TRUE(trace);
  auto line = trace->dialogue.begin();
  ASSERT_EQ(trace->dialogue.size(), 2U);
  EXPECT_EQ(line->octets, "* OK");
  EXPECT_EQ(line->first_event, 1U);
  EXPECT_TRUE(line->from_server);
  ++line;
  EXPECT_EQ(line->octets, "a FETCH 1");
  EXPECT_EQ(line->id, 2U);
  EXPECT_EQ(line->first_event, 3U);
  EXPECT_FALSE(line->from_server);
  const auto closed = read_transcript("pop3\nF3: NO\\\n! close k3 back-end\n");
  ASSERT_TRUE(closed);
  ASSERT_EQ(closed->dialogue.size(), 1U) << "half a line is told when the connection closes";
  EXPECT_EQ(closed->dialogue[0].octets, "NO");
  EXPECT_EQ(closed->dialogue[0].point, trace::Point::backend);
}

// The octets of a channel stand as in the client's message that is bound to it.
TEST(Transcript, Tls) {
  const auto trace = read_transcript(
      "imap\n! tls s0 user=alice binding=one\n! tls k1 valid\n! tls k2\n"
      "C0: a AUTHENTICATE SCRAM-SHA-256-PLUS\nS0: +\n"
      "C0: Yz1jRDEwYkhNdFpYaHdiM0owWlhJc0xHOXVaUT09LHI9eCxwPUFBQUE=\n");
  ASSERT_TRUE(trace) << trace.error().message;
  const trace::Events& events = trace->events;
  ASSERT_EQ(events.size(), 9U);
  EXPECT_EQ(events[1].user, "alice");
  EXPECT_EQ(events[1].binding, trace::digest_of("one"));
  EXPECT_FALSE(events[1].valid);
  EXPECT_TRUE(events[3].valid);
  EXPECT_FALSE(events[5].valid);
  EXPECT_EQ(events[8].blob, trace::Blob::scram_client_final);
  EXPECT_EQ(events[8].binding, events[1].binding);
}

TEST(Transcript, Escapes) {
  const auto trace = read_transcript("imap\nC: a\\x20\\\\\\x00\\r\\n\\\n");
  ASSERT_TRUE(trace);
  ASSERT_EQ(trace->dialogue.size(), 1U);
  EXPECT_EQ(trace->dialogue[0].octets, std::string("a \\\0", 4));
}

TEST(Transcript, ErrorsHaveALine) {
  for (const std::string_view line :
       {"X0: a", "C0 a", ":", "Cx: a", "C65536: a", "C: \\q", "C: \\x0", "! nothing", "!",
        "! lease s0 k1 colour=red", "! close", "! close x0", "! close s0", "! close s0 nobody",
        "! tls 0", "! tls s0 server", "! tls s0 colour=red", "! policy mechanisms=NOPE", "pop3"}) {
    const auto trace = read_transcript("# a\nimap\n" + std::string(line) + "\nS: * OK\n");
    ASSERT_FALSE(trace) << line;
    EXPECT_EQ(trace.error().line, 3U) << line;
    EXPECT_FALSE(trace.error().message.empty()) << line;
  }
  EXPECT_FALSE(read_transcript(""));
  EXPECT_EQ(read_transcript("\nS: * OK\n").error().line, 2U);
}

TEST(Transcript, AnyText) {
  std::mt19937 random(1);
  for (int round = 0; round < 5000; ++round) {
    std::string text(two_wires);
    for (unsigned change = 1 + random() % 8; change > 0; --change) {
      text[5 + random() % (text.size() - 5)] = static_cast<char>(random());
    }
    (void)read_transcript(text);
  }
}

}  // namespace
}  // namespace sallyport::observe
