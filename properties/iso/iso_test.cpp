// The edges of session isolation, beyond what its page shows.
#include "properties/judging_for_test.hpp"

namespace sallyport::properties {
namespace {

using std::string;

constexpr std::string_view elsewhere = "a session's command goes to a connection of another user";
// k0 is alice's, k1 is bob's, and session 0 is alice's.
constexpr std::string_view two_connections =
    "imap\nB0: * OK be\nF0: f1 LOGIN alice sesame\nB0: f1 OK in\n"
    "B1: * OK be\nF1: f1 LOGIN bob swordfish\nB1: f1 OK in\n"
    "S0: * OK hello\nC0: a LOGIN alice sesame\nS0: a OK in\n";

string then(std::string_view lines) { return string(two_connections).append(lines); }

TEST(Iso01, JudgesCommandsUnderTheLease) {
  expect("ISO-01", holds, then("! lease s0 k0\nF0: f2 SELECT INBOX\n"));
  expect("ISO-01", elsewhere, then("! lease s0 k1\nF1: f2 SELECT INBOX\n"));
  expect_unjudged("ISO-01", then("F1: f2 NOOP\n"));
  expect_unjudged("ISO-01", then("! lease s0 k1\n! release s0 k1\nF1: f2 NOOP\n"));
}

TEST(Iso01, ALineThatIsNoCommandIsTheClientsToo) {
  expect("ISO-01", elsewhere, then("! lease s0 k1\nF1: (\n"));
}

TEST(Iso01, ALoginOnAConnectionIsHowItsUserChanges) {
  expect("ISO-01", elsewhere,
         then("! lease s0 k1\nF1: f2 LOGIN alice sesame\nB1: f2 BAD already\nF1: f3 NOOP\n"));
  expect("ISO-01", holds,
         then("! lease s0 k1\nF1: f2 LOGIN alice sesame\nB1: f2 OK in\nF1: f3 NOOP\n"));
}

TEST(Iso01, AConnectionThatWasClosedHasNoUser) {
  expect_unjudged("ISO-01",
                  then("! close k1 front-end\nB1: * OK be\n! lease s0 k1\nF1: f1 NOOP\n"));
}

TEST(Iso01, ASessionHasAUserOnceItWasToldOk) {
  expect_unjudged("ISO-01",
                  then("S1: * OK hello\nC1: b LOGIN carol x\n! lease s1 k1\nF1: f2 NOOP\n"));
  expect_unjudged("ISO-01", then("S1: * OK hello\nC1: b LOGIN carol x\nS1: b NO no\n"
                                 "! lease s1 k1\nF1: f2 NOOP\n"));
}

TEST(Iso01, ANewSessionOfTheSameNumberIsSomebodyElse) {
  expect_unjudged("ISO-01",
                  then("! close s0 client\nS0: * OK hello\n! lease s0 k1\nF1: f2 SELECT INBOX\n"));
}

TEST(Iso01, ALeaseEndsWithItsSession) {
  expect_unjudged("ISO-01", then("! lease s0 k1\n! close s0 client\nS0: * OK hello\n"
                                 "C0: b LOGIN alice sesame\nS0: b OK in\nF1: f2 NOOP\n"));
}

// ISO-02.

Tally compared(std::string_view id, std::string_view first, std::string_view second) {
  return tally_of(id, events_of_transcript(first), events_of_transcript(second));
}

constexpr std::string_view account = "imap\n! account user=alice mechanisms=PLAIN\nS1: * OK hi\n";
constexpr std::string_view shows =
    "what a client is told depends on another user's password or mail";

TEST(Iso02, WhoPresentsTheUserMaySeeWhatIsHers) {
  const auto run = [](std::string_view lines, std::string_view data) {
    return string(account) + string(lines) + "S1: " + string(data) + "\n! quiescent\n";
  };
  for (const char* const own :
       {"C1: a LOGIN ALICE x\nS1: a OK in\n",
        "C1: a AUTHENTICATE PLAIN\nS1: +\nC1: Ym9iAGFsaWNlAHg=\nS1: a OK in\n",
        "! tls s1 user=alice\n"}) {
    EXPECT_EQ(compared("ISO-02", run(own, "* 1 EXISTS"), run(own, "* 2 EXISTS")).exercised, 0U)
        << own;
  }
  constexpr std::string_view bob = "C1: a LOGIN bob x\nS1: a OK in\n";
  EXPECT_EQ(compared("ISO-02", run(bob, "* 1 EXISTS"), run(bob, "* 2 EXISTS")).detail, shows);
}

TEST(Iso02, NeedsTheUserAndAClientBesideHer) {
  const string quiet = string(account) + "C1: a NOOP\nS1: a OK done\n! quiescent\n";
  EXPECT_EQ(compared("ISO-02", quiet, quiet).exercised, 0U);
  const string both = string(account) + "S0: * OK hi\nC0: a LOGIN alice x\n! quiescent\n";
  EXPECT_EQ(compared("ISO-02", both, both).exercised, 1U);
}

// ISO-03.

constexpr std::string_view found = "a connection serves a session with what another left on it";
constexpr std::string_view left = "a connection stays open with what a session left on it";
constexpr std::string_view used = "imap\nS0: * OK hello\n! lease s0 k0\nB0: * OK be\n";

string on_lease(std::string_view lines) { return string(used).append(lines); }

TEST(Iso03, KnowsWhatASessionLeaves) {
  for (const char* const what :
       {"F0: f1 SELECT INBOX\nB0: f1 OK in\n", "F0: f1 EXAMINE INBOX\nB0: f1 OK in\n",
        "F0: f1 IDLE\nB0: +\n", "F0: f1 APPEND INBOX {9}\n", "F0: f1 NOOP\n",
        "C0: a ENABLE CONDSTORE\nF0: f1 ENABLE X\nB0: f1 OK in\n"}) {
    expect("ISO-03", found, on_lease(what) + "! release s0 k0\nS1: * OK hi\n! lease s1 k0\n");
    expect("ISO-03", left,
           on_lease(what) + "! close s0 client\n! release s0 k0\n! quiescent\n! quiescent\n");
    expect("ISO-03", left,
           on_lease(what) + "! release s0 k0\n! close s0 client\n! quiescent\n! quiescent\n");
    expect("ISO-03", holds, on_lease(what) + "! release s0 k0\n! close k0 front-end\n");
    expect_unjudged("ISO-03", on_lease(what) + "! release s0 k0\n! quiescent\n! lease s0 k0\n");
  }
}

TEST(Iso03, ANewSessionOfTheSameNumberIsSomebodyElse) {
  expect("ISO-03", found,
         on_lease("F0: f1 NOOP\n! release s0 k0\n! close s0 client\nS0: * OK hi\n! lease s0 k0\n"));
}

TEST(Iso03, WhatIsCutOffIsNotMended) {
  expect(
      "ISO-03", left,
      on_lease("F0: f1 NOOP\n! close s0 client\n! release s0 k0\nB0: f1 OK done\n! quiescent\n"));
}

TEST(Iso03, AFrontEndsOwnDoingsAreNobodys) {
  constexpr std::string_view other = "S0: * OK hello\n! lease s0 k0\n";
  expect_unjudged("ISO-03",
                  "imap\nB0: * OK be\nF0: f1 SELECT INBOX\nB0: f1 OK in\n" + string(other));
  expect("ISO-03", holds, on_lease("F0: f1 ENABLE X\nB0: f1 OK done\n! release s0 k0\n"));
}

TEST(Iso03, ALoginIsNotCounted) {
  expect_unjudged("ISO-03", on_lease("F0: f1 AUTHENTICATE PLAIN\nB0: +\n! release s0 k0\n"
                                     "! close s0 client\n! quiescent\n"));
}

// ISO-04.

constexpr std::string_view mixed_up = "an answer reaches a session that didn't ask for it";
constexpr std::string_view both =
    "imap\nS0: * PREAUTH hi\nS1: * PREAUTH hi\n! lease s0 k0\n! lease s1 k1\nB0: * OK be\n"
    "B1: * OK be\nC0: a LIST \"\" *\nF0: f1 LIST \"\" *\nC1: a LIST \"\" *\nF1: f1 LIST \"\" *\n";

TEST(Iso04, AnAnswerMayComeLongBeforeItIsPassedOn) {
  string run = string(both);
  for (char c = 'a'; c < 'z'; ++c) run += string("B0: * LIST () \"/\" ") + c + "\n";
  run += "! quiescent\n! close k0 back-end\nB1: * LIST () \"/\" a\n";
  expect("ISO-04", holds, run + "S0: * LIST () \"/\" a\n");
}

TEST(Iso04, WhatTheFrontEndSaysByItselfIsNotJudged) {
  expect_unjudged("ISO-04", string(both) + "S0: * LIST () \"/\" own\nS0: a OK done\n");
  expect_unjudged("ISO-04", string(both) + "B1: * OK [ALERT] later\nS0: * OK [ALERT] later\n");
}

TEST(Iso04, ForgetsWhatEverybodyHasHad) {
  expect("ISO-04", holds,
         string(both) +
             "B1: * LIST () \"/\" x\nB1: f1 OK done\nS1: a OK done\n! quiescent\n"
             "S0: * LIST () \"/\" x\n");
}

TEST(Iso04, ALineGoesAstrayOnceItsReadersConnectionIsClosedToo) {
  expect("ISO-04", mixed_up,
         string(both) + "B1: * LIST () \"/\" x\n! close k1 back-end\nS0: * LIST () \"/\" x\n");
}

// ISO-05.

constexpr std::string_view wrong_entry = "a session is served by what was cached for another user";

TEST(Iso05, KnowsWhoIsPresented) {
  constexpr std::string_view hello = "imap\nS0: * OK hello\n";
  constexpr std::string_view cached = "! cached s0 user=alice\n";
  const auto run = [&](std::string_view lines) {
    return string(hello) + string(lines) + string(cached);
  };
  expect_unjudged("ISO-05", run(""));
  expect("ISO-05", wrong_entry, run("C0: a LOGIN alice x\nS0: a NO no\nC0: b LOGIN bob x\n"));
  expect_unjudged("ISO-05", run("C0: a LOGIN alice x\nS0: a NO no\n"));
  // The certificate's user, with an empty message.
  expect("ISO-05", holds, run("! tls s0 user=alice\nC0: a AUTHENTICATE EXTERNAL\nS0: +\nC0: \n"));
  expect("ISO-05", wrong_entry,
         run("! tls s0 user=bob\nC0: a AUTHENTICATE EXTERNAL\nS0: +\nC0: \n"));
}

// ISO-06.

TEST(Iso06, EitherSideMaySpeakFirst) {
  constexpr std::string_view differ = "front-end and back-end take a session for different users";
  constexpr std::string_view leased = "imap\nS0: * OK hi\n! lease s0 k0\nB0: * OK be\n";
  expect("ISO-06", differ,
         string(leased) + "! identified s0 user=alice\n! identified k0 user=bob\n");
  expect_unjudged("ISO-06", string(leased) + "! identified s0 user=alice\n! close k0 back-end\n");
  expect_unjudged("ISO-06", string(leased) +
                                "! identified k0 user=bob\n! close k0 back-end\nB0: * OK be\n"
                                "! identified s0 user=alice\n");
}

// ISO-07.

constexpr std::string_view harmed = "what one client sends ends another's exchange or session";
constexpr std::string_view garbage =
    "imap\nS0: * OK hello\nS1: * OK hello\nC1: b AUTHENTICATE PLAIN\nS1: +\n"
    "C0: a AUTHENTICATE PLAIN\nS0: +\nC0: !!!\n";

TEST(Iso07, JudgesUntilEverythingRests) {
  const string sent(garbage);
  expect("ISO-07", harmed, sent + "S1: * BYE no\n");
  expect("ISO-07", harmed, sent + "! close s1 server\n");
  expect("ISO-07", holds, sent + "! quiescent\n! close s1 server\n");
  expect_unjudged("ISO-07", sent + "! failure\nS1: b NO no\n! quiescent\n");
  expect_unjudged("ISO-07", sent + "! close s1 client\n! quiescent\n");
  expect_unjudged("ISO-07", sent + "C1: ***\nS1: b BAD no\n! quiescent\n");
  expect_unjudged("ISO-07", sent + "C1: AGJvYgB4\nS1: b NO no\n! close s1 client\n! quiescent\n");
}

}  // namespace
}  // namespace sallyport::properties
