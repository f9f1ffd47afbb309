// The edges of the properties of this group, beyond what their pages show.
#include "properties/judging_for_test.hpp"

namespace sallyport::properties {
namespace {

using std::string;

constexpr std::string_view unasked = "a completion answers no command";
constexpr std::string_view never = "a command is never completed";
constexpr std::string_view imap = "imap\nS0: * OK hello\n";
constexpr std::string_view pop3 = "pop3\nS0: +OK hello\n";

string in(std::string_view greeting, std::string_view lines) {
  return string(greeting).append(lines);
}

/// Nothing is wrong, exercised or not.
void expect_no_violation(const string& transcript) {
  const Tally tally = tally_of("RSP-01", events_of_transcript(transcript));
  EXPECT_EQ(tally.detail, "") << transcript;
}

void expect_violation(std::string_view violation, const string& transcript) {
  const Tally tally = tally_of("RSP-01", events_of_transcript(transcript));
  EXPECT_EQ(tally.detail, violation) << transcript;
  EXPECT_EQ(tally.violations, 1U) << transcript;
}

TEST(Rsp01, EveryCommandIsCompletedOnce) {
  expect("RSP-01", holds, in(imap, "C0: a NOOP\nS0: a OK done\n! quiescent\n"));
  expect_violation(unasked, in(imap, "C0: a NOOP\nS0: a OK done\nS0: a OK done\n! quiescent\n"));
  expect_violation(unasked, in(imap, "S0: a OK done\nC0: a NOOP\nS0: a OK done\n! quiescent\n"));
  expect_violation(unasked, in(pop3, "C0: NOOP\nS0: +OK\nS0: +OK\n! quiescent\n"));
}

TEST(Rsp01, AMissingCompletionIsReportedOnce) {
  expect_violation(never, in(imap, "C0: a NOOP\n! quiescent\n! quiescent\n"));
  expect_violation(never, in(pop3, "C0: NOOP\n! quiescent\n! quiescent\n"));
  expect_violation(never, in(imap, "C0: a NOOP\n! quiescent\nS0: a OK late\n! quiescent\n"));
}

TEST(Rsp01, OneOfTwoSessionsIsEnough) {
  expect_violation(never, in(imap,
                             "S1: * OK hello\nC1: a NOOP\nS1: a OK done\nC0: a NOOP\n"
                             "! quiescent\n"));
}

TEST(Rsp01, AClosedLinkOwesNothing) {
  expect_no_violation(in(imap, "C0: a NOOP\n! close s0 server\n! quiescent\n"));
  expect_no_violation(in(imap, "C0: a NOOP\n! close s0 client\nS0: * OK hello\n! quiescent\n"));
}

TEST(Rsp01, ByeEndsAllButTheLogoutItAnswers) {
  expect_no_violation(in(imap, "C0: a NOOP\nS0: * BYE gone\n! quiescent\n"));
  expect_no_violation(in(imap, "C0: a LOGOUT\nS0: * BYE\nS0: a OK done\n! quiescent\n"));
  expect_violation(never, in(imap, "C0: a LOGOUT\nS0: * BYE\n! quiescent\n"));
}

TEST(Rsp01, WhatFollowsALogoutNeedsNoAnswer) {
  expect_no_violation(
      in(imap, "C0: a LOGOUT\nC0: b NOOP\nS0: * BYE\nS0: a OK done\n! quiescent\n"));
  expect_no_violation(in(pop3, "C0: QUIT\nC0: NOOP\nS0: +OK bye\n! quiescent\n"));
  expect_violation(never, in(imap, "C0: b NOOP\nC0: a LOGOUT\nS0: a OK done\n! quiescent\n"));
}

TEST(Rsp01, BehindALogoutNothingMoreIsCounted) {
  expect_no_violation(in(imap, "C0: a LOGOUT\nS0: * BYE\nS0: a OK done\nS0: a OK done\n"));
  expect_no_violation(in(pop3, "C0: QUIT\nS0: +OK bye\nS0: +OK bye\n! quiescent\n"));
}

TEST(Rsp01, WhatFollowsAnAcceptedStartTlsNeedsNone) {
  expect_no_violation(
      in(imap, "C0: a STARTTLS\nC0: b NOOP\nS0: a OK begin\n! quiescent\n! tls s0\n! quiescent\n"));
  expect_violation(never, in(imap, "C0: a STARTTLS\nC0: b NOOP\nS0: a BAD no\n! quiescent\n"));
}

TEST(Rsp01, ItMayBeTheClientsTurn) {
  expect_no_violation(in(imap, "C0: a AUTHENTICATE PLAIN\nS0: +\n! quiescent\n"));
  expect_no_violation(in(pop3, "C0: AUTH PLAIN\nS0: +\n! quiescent\n"));
  expect_violation(never, in(imap, "C0: a AUTHENTICATE PLAIN\n! quiescent\n"));
  expect_violation(never, in(pop3, "C0: AUTH PLAIN\nS0: +\nC0: *\n! quiescent\n"));
  const string too_long(70000, 'A');
  for (const string& begun : {in(imap, "C0: a AUTHENTICATE PLAIN\nS0: +\nC0: "),
                              in(pop3, "C0: AUTH PLAIN\nS0: +\nC0: ")}) {
    expect_violation(never, begun + too_long + "\n! quiescent\n");
  }
  expect_violation(never, in(imap, "C0: a NOOP\nC0: b AUTHENTICATE PLAIN\nS0: +\n! quiescent\n"));
}

TEST(Rsp01, ALiteralIsGrantedOrRefused) {
  expect_no_violation(in(imap, "C0: a LOGIN {5}\nS0: + go\n! quiescent\n"));
  expect_no_violation(in(imap, "C0: a LOGIN {5}\nS0: a BAD no\n! quiescent\n"));
  expect_no_violation(in(imap, "C0: {5}\nS0: * BAD no\n! quiescent\n"));
  expect_violation(never, in(imap, "C0: a LOGIN {5}\n! quiescent\n! quiescent\n"));
  expect_violation(never, in(imap, "C0: a LOGIN {5}\nS0: + go\nC0: alice {6}\n! quiescent\n"));
  expect_violation(never, in(imap, "C0: a LOGIN {5}\nS0: + go\nC0: alice sesame\n! quiescent\n"));
}

TEST(Rsp01, IdleLastsUntilTheClientEndsIt) {
  const string idling = in(imap, "C0: a IDLE\nS0: + idling\n! quiescent\n");
  expect_no_violation(idling + "C0: done\nS0: a OK done\n! quiescent\n");
  expect_violation(never, idling + "C0: DONE\n! quiescent\n");
  expect_violation(never, in(imap, "C0: a IDLE\nS0: a NO no\nC0: b NOOP\n! quiescent\n"));
}

TEST(Rsp01, AnUntaggedBadCompletesNothing) {
  expect_no_violation(in(imap, "C0: a NOOP\nS0: * BAD what\nS0: a OK done\n! quiescent\n"));
  expect_violation(never, in(imap, "C0: a NOOP\nS0: * BAD what\n! quiescent\n"));
}

TEST(Rsp01, WhatIsNoCommandMayBeIgnoredOrRefused) {
  for (const char* const answer : {"", "S0: * BAD what\n", "S0: x BAD what\n"}) {
    expect_no_violation(
        in(imap, string("C0: (\n") + answer + "C0: a NOOP\nS0: a OK done\n! quiescent\n"));
  }
  expect_violation(unasked, in(imap, "C0: (\nS0: x OK done\n! quiescent\n"));
}

TEST(Rsp01, InPop3ItLeavesOpenWhatAReplyAnswers) {
  const string line = in(pop3, "C0: \n");
  expect_no_violation(line + "C0: NOOP\nS0: +OK\n! quiescent\n");
  expect_no_violation(line + "S0: -ERR what\nC0: NOOP\nS0: +OK\n! quiescent\n");
}

TEST(Rsp01, AFarewellIsOneOnlyIfTheServerGoes) {
  const string farewell = in(pop3, "S0: -ERR idle for too long\n");
  expect_no_violation(farewell + "! close s0 server\n! quiescent\n");
  expect_no_violation(farewell + "C0: NOOP\n! close s0 server\n! quiescent\n");
  expect_violation(unasked, farewell + "! quiescent\n");
  expect_violation(unasked, farewell + "C0: NOOP\nS0: +OK\n! quiescent\n");
  expect_violation(unasked, in(imap, "S0: x NO idle\n! close s0 server\n"));
}

TEST(Rsp01, AFailureIsNoExcuse) {
  expect_violation(never, in(imap, "C0: a LOGIN alice sesame\n! failure s0\n! quiescent\n"));
}

TEST(Rsp01, MoreCommandsThanCanBeToldApartAreNotJudged) {
  string many(pop3);
  for (int i = 0; i < 70; ++i) many += "C0: NOOP\n";
  for (int i = 0; i < 70; ++i) many += "S0: +OK\n";
  expect_no_violation(many + "! quiescent\n");
  const Tally tally =
      tally_of("RSP-01",
               events_of_text("client s0 imap command verb=NOOP tag=a\n"
                              "client s0 imap completion status=OK tag=a\ngiven imap quiescent\n"));
  EXPECT_EQ(tally.detail, "");
}

const string logged_in =
    "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\n! lease s0 k0\nB0: * OK be\n"
    "F0: f LOGIN alice sesame\nB0: f OK in\nS0: a OK in\n";

// Behind a failure a front-end may try again, and then a command of one name is like another.
TEST(Rsp02, JudgesNothingBehindAFailure) {
  const string run = "C0: b CREATE x\nF0: g CREATE x\nF0: h CREATE x\n";
  expect("RSP-02", "a command is run twice", logged_in + run);
  expect_unjudged("RSP-02", logged_in + "! failure s0\n" + run);
  expect_unjudged("RSP-02", logged_in + "! failure k0\n" + run);
}

TEST(Rsp02, JudgesNoMoreThanCanBeToldApart) {
  string run = logged_in;
  for (int i = 0; i < 7; ++i) run += "C0: b" + std::to_string(i) + " FETCH 1 (FLAGS)\n";
  for (int i = 0; i < 8; ++i) run += "F0: g" + std::to_string(i) + " FETCH 1 (FLAGS)\n";
  expect_unjudged("RSP-02", run);
}

TEST(Rsp02, WhatIsAnsweredMayBeAskedAgain) {
  const string once = "C0: b CREATE x\nF0: g CREATE x\nB0: g OK\nS0: b OK\n";
  expect("RSP-02", holds, logged_in + once + once);
  expect("RSP-02", holds, logged_in + once + "! quiescent\n" + once + "! quiescent\n");
  expect("RSP-02", "a command is run twice", logged_in + once + "F0: h CREATE x\n");
}

// A literal's "+" may be taken away on the way.
TEST(Rsp02, OneInOtherWordsMayBeLikeOneBeforeIt) {
  const string both =
      "C0: b CREATE x\nC0: c CREATE \"x\"\nF0: g CREATE x\nB0: g OK\nS0: b OK\nF0: h CREATE x\n";
  expect("RSP-02", holds, logged_in + both);
  expect("RSP-02", "a command is run twice", logged_in + both + "F0: i CREATE x\n");
}

// What isn't known to be the client's may be a command of his in other words.
TEST(Rsp02, AStrangerExcusesWhatIsMissing) {
  const string missing = "C0: b CREATE x\nS0: b OK\n";
  expect("RSP-02", "a command is answered with OK and was never run", logged_in + missing);
  expect_unjudged("RSP-02", logged_in + "F0: g SUBSCRIBE x\n" + missing);
  expect_unjudged("RSP-02", logged_in + "C0: b CREATE x\nF0: g CREATE \"x\"\nS0: b OK\n");
}

const string reading =
    "pop3\nS0: +OK hello\nC0: USER alice\nS0: +OK\nC0: PASS sesame\nS0: +OK in\n"
    "! lease s0 k0\nB0: +OK be\nC0: RETR 1\nF0: RETR 1\n";

TEST(Rsp04, AFirstLineIsShort) {
  const string fits = "+OK " + string(506, 'x') + "\n";
  const string longer = "+OK " + string(507, 'x') + "\n";
  const string mail = "B0: +OK\nB0: a\nB0: .\n";
  expect("RSP-04", holds, reading + mail + "S0: " + fits + "S0: a\nS0: .\n");
  expect("RSP-04", "the first line of a reply is longer than 512 octets",
         reading + mail + "S0: " + longer + "S0: a\nS0: .\n");
  expect("RSP-04", holds,
         reading + "B0: " + longer + "B0: a\nB0: .\nS0: " + longer + "S0: a\nS0: .\n");
}

TEST(Rsp04, LeavesOutWhatIsNotTheBackEndsAnswer) {
  expect_unjudged("RSP-04", reading + "S0: +OK\nS0: a\nS0: .\n");
  expect_unjudged("RSP-04", reading + "B0: +OK\nB0: a\n! failure k0\nS0: +OK\nS0: b\nS0: .\n");
  expect_unjudged("RSP-04", reading +
                                "B0: +OK\nB0: a\nB0: .\n! quiescent\n"
                                "S0: +OK\nS0: b\nS0: .\n");
}

}  // namespace
}  // namespace sallyport::properties
