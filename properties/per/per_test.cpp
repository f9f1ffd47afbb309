// The edges of the properties about connection persistence, beyond what their pages show;
// per_01_test.cpp has those of PER-01.
#include "properties/identity.hpp"
#include "properties/judging_for_test.hpp"

namespace sallyport::properties {
namespace {

using std::string;

TEST(Identity, KnowsNoCase) {
  EXPECT_EQ(identity_of("Alice"), identity_of("aLICE"));
  EXPECT_NE(identity_of("alice"), identity_of("alice2"));
  EXPECT_NE(identity_of("a"), 0U);
  EXPECT_EQ(identity_of(""), 0U);
}

// PER-02.

constexpr std::string_view moved = "an exchange goes on over another connection";
constexpr std::string_view shared = "another session's octets come between those of an exchange";
constexpr std::string_view stray = "PASS goes to a connection that has no USER";
constexpr std::string_view open_exchange =
    "imap\nS0: * OK hello\nS1: * OK hello\n! lease s0 k0\nB0: * OK be\nB1: * OK be\n"
    "F0: f1 AUTHENTICATE PLAIN\nB0: +\n";

string while_open(std::string_view lines) { return string(open_exchange).append(lines); }

TEST(Per02, ABoundExchangeGoesOnUnderAnotherLeaseOfItsSession) {
  expect("PER-02", holds,
         while_open("! release s0 k0\n! lease s0 k0\nF0: AGFsaWNlAHNlc2FtZQ==\nB0: f1 OK in\n"));
  expect("PER-02", holds, while_open("F0: AGFsaWNlAHdyb25n\nB0: f1 NO no\n"));
}

TEST(Per02, NobodyElseMayUseTheConnection) {
  expect("PER-02", shared, while_open("! release s0 k0\n! lease s1 k0\nF0: f2 LOGIN bob x\n"));
  expect("PER-02", shared, while_open("! release s0 k0\n! lease s1 k0\nF0: AGJvYgB4\n"));
}

TEST(Per02, ASessionThatHasClosedIsNobody) {
  expect("PER-02", shared,
         while_open(
             "! release s0 k0\n! close s0 client\nS0: * OK hello\n! lease s0 k0\nF0: f2 NOOP\n"));
}

TEST(Per02, WhatEndsAnExchange) {
  constexpr std::string_view next = "! release s0 k0\n! lease s1 k0\nF0: f2 NOOP\nB0: f2 OK done\n";
  for (const char* const end :
       {"F0: *\nB0: f1 BAD cancelled\n", "! close k0 front-end\nB0: * OK be\n",
        "! close k0 back-end\nB0: * OK be\n"}) {
    const Tally tally = tally_of("PER-02", events_of_transcript(while_open(end) + string(next)));
    EXPECT_EQ(tally.detail, "") << end;
  }
}

TEST(Per02, AnotherCommandsCompletionIsNotTheOutcome) {
  expect("PER-02", shared,
         "imap\nS0: * OK hello\n! lease s0 k0\nB0: * OK be\nF0: f1 NOOP\n"
         "F0: f2 AUTHENTICATE PLAIN\nB0: f1 OK done\nB0: +\n! release s0 k0\n"
         "! lease s1 k0\nF0: f3 NOOP\n");
}

// Whoever has the connection next may cancel what was left open on it.
TEST(Per02, ACancellationIsNobodysMessage) {
  expect("PER-02", holds,
         while_open("! release s0 k0\n! lease s1 k0\nF0: *\nB0: f1 BAD cancelled\n"));
}

TEST(Per02, ConnectionsOfTheSameSessionMayDoOtherThings) {
  for (const char* const line : {"f1 CAPABILITY", "f1 NOOP", "f1 LOGIN alice sesame"}) {
    const Tally tally =
        tally_of("PER-02", events_of_transcript(while_open("! lease s0 k1\nF1: ") + line + "\n"));
    EXPECT_EQ(tally.detail, "") << line;
  }
  expect("PER-02", moved, while_open("! lease s0 k1\nF1: AGFsaWNlAHNlc2FtZQ==\n"));
}

TEST(Per02, SaysNothingWhereNobodyIsKnownToLease) {
  expect_unjudged("PER-02",
                  "imap\nB0: * OK be\nB1: * OK be\nF0: f1 AUTHENTICATE PLAIN\nB0: +\n"
                  "F1: AGFsaWNlAHNlc2FtZQ==\n");
}

TEST(Per02, SaysNothingOfAnExchangeThatBeganForNobodyKnown) {
  expect_unjudged("PER-02",
                  "imap\nS0: * OK hello\nB0: * OK be\nF0: f1 AUTHENTICATE PLAIN\nB0: +\n"
                  "! lease s0 k0\nF0: AGFsaWNlAHNlc2FtZQ==\nB0: f1 OK in\n");
}

TEST(Per02, PassBelongsToTheUserOfItsOwnConnection) {
  const string leased = "pop3\nS0: +OK hello\n! lease s0 k0\nB0: +OK be\n";
  expect("PER-02", stray, leased + "F0: PASS sesame\n");
  expect("PER-02", stray, leased + "F0: USER alice\nB0: -ERR no\nF0: PASS sesame\n");
  expect("PER-02", holds, leased + "F0: USER alice\nB0: -ERR no\n");
  expect("PER-02", holds, leased + "F0: USER alice\nB0: +OK\nF0: PASS sesame\nB0: -ERR no\n");
  expect("PER-02", holds,
         leased + "F0: USER alice\nF0: PASS sesame\nB0: +OK\nB0: +OK in\n");  // pipelined
}

// PER-05.

constexpr std::string_view pooled =
    "a login is accepted on the strength of a pooled connection alone";
constexpr std::string_view other_user =
    "the back-end accepted another user than the client presented";
constexpr std::string_view served = "a session that never logged in is served from a mailbox";
constexpr std::string_view pool =
    "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\n! lease s0 k0\nB0: * OK be\n"
    "F0: f1 LOGIN alice sesame\nB0: f1 OK in\nS0: a OK in\n! release s0 k0\nS1: * OK hello\n";

string with_pool(std::string_view lines) { return string(pool).append(lines); }

TEST(Per05, TheSameUserAndSecretMayTakeAPooledConnection) {
  expect("PER-05", holds, with_pool("C1: b LOGIN Alice sesame\n! lease s1 k0\nS1: b OK in\n"));
  expect("PER-05", pooled, with_pool("C1: b LOGIN alice wrong\n! lease s1 k0\nS1: b OK in\n"));
  expect("PER-05", pooled, with_pool("C1: b LOGIN bob sesame\n! lease s1 k0\nS1: b OK in\n"));
}

TEST(Per05, ADigestEntitlesToNoPooledConnection) {
  expect("PER-05", pooled,
         with_pool("C1: b AUTHENTICATE CRAM-MD5\nS1: + PDEuMkBmZT4=\nC1: YWxpY2UgNWM3ZDNh\n"
                   "! lease s1 k0\nS1: b OK in\n"));
}

// Alice's connection was logged in by a digest. Another digest of hers is no evidence either.
TEST(Per05, WithoutASecretThereIsNothingToCompare) {
  constexpr std::string_view cram = "+ PDEuMkBmZT4=\n";
  const string client =
      "C0: a AUTHENTICATE CRAM-MD5\nS0: " + string(cram) + "C0: YWxpY2UgNWM3ZDNh\n";
  const string lease_and_login =
      "! lease s0 k0\nB0: * OK be\nF0: f1 AUTHENTICATE CRAM-MD5\nB0: " + string(cram) +
      "F0: YWxpY2UgNWM3ZDNh\nB0: f1 OK in\n";
  const string once = "imap\nS0: * OK hello\n" + client + lease_and_login + "S0: a OK in\n";
  expect("PER-05", holds, once);
  expect("PER-05", pooled,
         once + "! release s0 k0\n! close s0 client\nS0: * OK hello\n" + client +
             "! lease s0 k0\nS0: a OK in\n");
}

TEST(Per05, AnAcceptanceSpeaksForOneLoginOnly) {
  expect("PER-05", pooled,
         with_pool("C1: b LOGIN bob swordfish\n! lease s1 k1\nB1: * OK be\n"
                   "F1: f1 LOGIN bob swordfish\nB1: f1 OK in\nS1: b NO no\n"
                   "C1: c LOGIN bob wrong\nS1: c OK in\n"));
}

TEST(Per05, AnAcceptanceUnderAnotherLeaseSpeaksForNobody) {
  expect("PER-05", pooled,
         with_pool("C1: b LOGIN bob swordfish\n! lease s0 k1\nB1: * OK be\n"
                   "F1: f1 AUTHENTICATE CRAM-MD5\nB1: + PDEuMkBmZT4=\nF1: Ym9iIDVjN2QzYQ==\n"
                   "B1: f1 OK in\n! release s0 k1\n! lease s1 k1\nS1: b OK in\n"));
}

TEST(Per05, TheBackEndMustHaveAcceptedTheClientsUser) {
  expect("PER-05", other_user,
         with_pool("C1: b LOGIN bob swordfish\n! lease s1 k1\nB1: * OK be\n"
                   "F1: f1 LOGIN carol swordfish\nB1: f1 OK in\nS1: b OK in\n"));
}

TEST(Per05, AConnectionThatWasThereBeforeIsNotJudged) {
  const Tally tally = tally_of(
      "PER-05",
      events_of_text(
          "client s0 imap opened\ninside s0 k0 imap lease\n"
          "client s0 imap completion verb=LOGIN command=0 status=OK user=alice secret=1\n"));
  EXPECT_EQ(tally.exercised, 0U);
}

TEST(Per05, ARefusedLoginEntitlesToNothing) {
  expect("PER-05", served,
         "imap\nS0: * OK hello\nC0: a LOGIN alice wrong\nS0: a NO no\nC0: b SELECT INBOX\nS0: b OK "
         "x\n");
  expect("PER-05", holds, "imap\nS0: * OK hello\nC0: b SELECT INBOX\nS0: b BAD no\n");
}

TEST(Per05, PreauthIsTheServersWord) {
  expect_unjudged("PER-05", "imap\nS0: * PREAUTH hello\nC0: b SELECT INBOX\nS0: b OK x\n");
}

TEST(Per05, AnEarlyNoopIsNobodysMailbox) {
  expect_unjudged("PER-05", "pop3\nS0: +OK hello\nC0: NOOP\nS0: +OK\n");
  expect_unjudged("PER-05", "imap\nS0: * OK hello\nC0: a ENABLE CONDSTORE\nS0: a OK done\n");
}

// A user whom the front-end verified itself gave his evidence to the front-end.
TEST(Per05, WhatTheFrontEndVerifiesIsEvidenceEnough) {
  const string cram =
      "C1: b AUTHENTICATE CRAM-MD5\nS1: + PDEuMkBmZT4=\nC1: YWxpY2UgNWM3ZDNh\n! lease s1 k0\n"
      "S1: b OK in\n";
  const auto with_policy = [&](std::string_view policy) {
    return tally_of("PER-05",
                    events_of_transcript("imap\n" + string(policy) + with_pool(cram).substr(5)));
  };
  EXPECT_EQ(with_policy("").detail, pooled);
  EXPECT_EQ(with_policy("! policy terminated=CRAM-MD5\n").detail, "");
}

// PER-03.

constexpr std::string_view again = "a challenge is given a second time";
constexpr std::string_view astray =
    "the answer to a challenge goes to another connection's back-end";

TEST(Per03, APromptIsNoChallenge) {
  expect_unjudged("PER-03",
                  "imap\nS0: * OK hello\nC0: a AUTHENTICATE LOGIN\nS0: + VXNlcm5hbWU6\n"
                  "C0: YWxpY2U=\nS0: + UGFzc3dvcmQ6\nC0: eA==\nS0: a NO no\n"
                  "C0: b AUTHENTICATE LOGIN\nS0: + VXNlcm5hbWU6\nC0: YWxpY2U=\n");
}

TEST(Per03, IsToldOfEachRepetition) {
  expect("PER-03", again,
         "imap\nS0: * OK hello\nS1: * OK hello\n"
         "C0: a AUTHENTICATE CRAM-MD5\nS0: + PDEuMkBmZT4=\nC0: *\nS0: a BAD no\n"
         "C1: b AUTHENTICATE CRAM-MD5\nS1: + PDEuMkBmZT4=\n");
}

constexpr std::string_view relayed =
    "imap\nS0: * OK hello\nC0: a AUTHENTICATE CRAM-MD5\n! lease s0 k0\nB0: * OK be\n"
    "F0: f1 AUTHENTICATE CRAM-MD5\nB0: + PDEuMkBiZT4=\nS0: + PDEuMkBiZT4=\n";

TEST(Per03, ACancelledExchangeHasNoAnswer) {
  expect_unjudged("PER-03", string(relayed) + "C0: *\n! lease s0 k1\nB1: * OK be\nF1: *\n");
}

TEST(Per03, WhatIsNoAnswerMayGoElsewhere) {
  expect_unjudged("PER-03", string(relayed) +
                                "C0: YWxpY2UgNWM3ZDNh\n! lease s0 k1\nB1: * OK be\n"
                                "F1: f1 CAPABILITY\nF1: f2 LOGIN alice sesame\n");
  expect("PER-03", astray,
         string(relayed) +
             "C0: YWxpY2UgNWM3ZDNh\n! lease s0 k1\nB1: * OK be\n"
             "F1: YWxpY2UgNWM3ZDNh\n");
  expect("PER-03", holds, string(relayed) + "C0: YWxpY2UgNWM3ZDNh\nF0: YWxpY2UgNWM3ZDNh\n");
}

// PER-06: s0 has logged k0 in as alice and gone.

TEST(Per06, EveryWayToShowAPasswordIsOne) {
  expect("PER-06", holds, with_pool("C1: b LOGIN ALICE sesame\n! lease s1 k0\nS1: b OK in\n"));
  expect("PER-06", holds,
         with_pool("C1: b AUTHENTICATE PLAIN\nS1: +\nC1: AGFsaWNlAHNlc2FtZQ==\n! lease s1 k0\n"
                   "S1: b OK in\n"));
}

TEST(Per06, SaysWhatDiffers) {
  expect("PER-06", "a connection is reused for another secret",
         with_pool("C1: b LOGIN alice wrong\n! lease s1 k0\nS1: b OK in\n"));
  expect("PER-06", "a connection is reused for another user",
         with_pool("C1: b LOGIN bob sesame\n! lease s1 k0\nS1: b OK in\n"));
  expect("PER-06", "a connection is reused for another mechanism",
         with_pool("C1: b AUTHENTICATE CRAM-MD5\nS1: + PDEuMkBmZT4=\nC1: YWxpY2UgNWM3ZDNh\n"
                   "! lease s1 k0\nS1: b OK in\n"));
  expect("PER-06", "a connection is reused across the client's TLS",
         with_pool("C1: t STARTTLS\nS1: t OK begin\n! tls s1\nC1: b LOGIN alice sesame\n"
                   "! lease s1 k0\nS1: b OK in\n"));
  // "alice", NUL, "agent", NUL, "sesame"
  expect("PER-06", "a connection is reused for another authenticated party",
         with_pool("C1: b AUTHENTICATE PLAIN\nS1: +\nC1: YWxpY2UAYWdlbnQAc2VzYW1l\n"
                   "! lease s1 k0\nS1: b OK in\n"));
}

TEST(Per06, AConnectionThatWasLoggedInForTheLoginIsNotReused) {
  expect_unjudged("PER-06", pool);
  expect_unjudged("PER-06", with_pool("C1: b LOGIN bob x\n! lease s1 k0\nF0: f2 LOGIN bob x\n"
                                      "B0: f2 OK in\nS1: b OK in\n"));
}

// Without a lease at the login the connection shows in the first command for a mailbox.
TEST(Per06, IsJudgedByTheFirstCommandWhereTheLoginShowedNoConnection) {
  const std::string right = "C1: b LOGIN alice sesame\nS1: b OK in\n";
  const std::string other = "C1: b LOGIN alice wrong\nS1: b OK in\n";
  const std::string serves = "C1: c SELECT INBOX\n! lease s1 k0\nF0: f2 SELECT INBOX\n";
  expect("PER-06", holds, with_pool(right + serves));
  expect("PER-06", "a connection is reused for another secret", with_pool(other + serves));
  // Its own check of the connection is not the client's command.
  expect_unjudged("PER-06", with_pool(other + "C1: c NOOP\n! lease s1 k0\nF0: f2 NOOP\n"));
  // Another session's command.
  expect_unjudged("PER-06", with_pool(other + "! lease s2 k0\nF0: f2 SELECT INBOX\n"));
  // It is logged in late, or was refused, or has begun anew.
  expect_unjudged("PER-06", with_pool(other + "! lease s1 k1\nB1: * OK\nF1: f1 LOGIN alice x\n"
                                              "B1: f1 OK in\nF1: f2 SELECT INBOX\n"));
  expect_unjudged("PER-06", with_pool("C1: b LOGIN alice wrong\nS1: b NO no\n" + serves));
  expect_unjudged("PER-06", with_pool(other + "! close s1 client\nS1: * OK hello\n" + serves));
}

// A connection that broke is made anew with what its user said once, while somebody else logs in:
// by what is seen, for him.
TEST(Per06, KnowsNothingOfAConnectionThatShowsAnotherSecret) {
  expect_unjudged("PER-06",
                  "imap\nS0: * OK hello\nC0: a LOGIN alice wrong\n! lease s0 k0\nB0: * OK be\n"
                  "F0: f1 LOGIN alice sesame\nB0: f1 OK in\nS0: a NO no\n! close s0 client\n"
                  "S1: * OK hello\nC1: b LOGIN alice sesame\n! lease s1 k0\nS1: b OK in\n");
}

TEST(Per06, SaysNothingWhereItIsOpenWhoIsMeant) {
  expect_unjudged("PER-06", with_pool("C1: b LOGIN bob x\nC1: c LOGIN alice sesame\n"
                                      "! lease s1 k0\nS1: b NO no\nS1: c OK in\n"));
  expect_unjudged("PER-06",
                  "imap\nB0: * OK be\nF0: f1 LOGIN alice sesame\nB0: f1 OK in\nS1: * OK hello\n"
                  "C1: b LOGIN bob x\n! lease s1 k0\nS1: b OK in\n");
}

}  // namespace
}  // namespace sallyport::properties
