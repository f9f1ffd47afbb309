// The edges of the TLS properties, beyond what the pages show.
#include "properties/judging_for_test.hpp"

namespace sallyport::properties {
namespace {

using std::string;

// TLS-02: two runs, the second with octets put in.

constexpr std::string_view octets = "a login is accepted on octets from in front of TLS";

Tally compared(std::string_view first, std::string_view second) {
  constexpr std::string_view start =
      "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\n! lease s0 k0\nB0: * OK be\n"
      "F0: f1 STARTTLS\nB0: f1 OK begin\n! tls k0 valid\nF0: f2 LOGIN alice sesame\n";
  return tally_of("TLS-02", events_of_transcript(string(start).append(first)),
                  events_of_transcript(string(start).append(second)));
}

TEST(Tls02, AnAcceptanceNeedsABackEndWhereItHadOne) {
  constexpr std::string_view with = "B0: f2 OK in\nS0: a OK in\n! quiescent\n";
  EXPECT_EQ(compared(with, "S0: a OK in\n! quiescent\n").detail, octets);
  EXPECT_EQ(compared(with, with).detail, "");
  EXPECT_EQ(compared("S0: a OK in\n! quiescent\n", "S0: a OK in\n! quiescent\n").detail, "")
      << "the front-end verifies by itself";
}

TEST(Tls02, TheSecondRunMayComeToLess) {
  constexpr std::string_view with = "B0: f2 OK in\nS0: a OK in\n! quiescent\n";
  constexpr std::string_view after = "C0: b NOOP\nS0: b OK done\n! quiescent\n";
  for (const char* const less : {"S0: a NO later\n! quiescent\n", "S0: * BYE\n! quiescent\n",
                                 "! close s0 server\n! quiescent\n"}) {
    const Tally tally = compared(string(with).append(after), less);
    EXPECT_EQ(tally.detail, "") << less;
    EXPECT_EQ(tally.exercised, 1U) << less;
  }
}

TEST(Tls02, WhatIsSaidWithOkHasToBeEqual) {
  constexpr std::string_view with = "B0: f2 OK in\nS0: a OK in\n! quiescent\n";
  EXPECT_EQ(compared(with, "B0: f2 OK in\nS0: * 3 EXISTS\nS0: a OK in\n! quiescent\n").detail,
            "a client is told what came from in front of TLS");
}

// TLS-03.

TEST(Tls03, WithoutAPolicyForTlsThereIsNoJudgement) {
  expect_unjudged("TLS-03",
                  "imap\n! policy mechanisms=PLAIN\nS0: * OK hello\nC0: a STARTTLS\nS0: a OK\n"
                  "! tls s0\nC0: b CAPABILITY\nS0: * CAPABILITY IMAP4rev1\nS0: b OK\n");
}

TEST(Tls03, ABackEndWithoutCapaWasAsked) {
  expect("TLS-03", holds,
         "pop3\nB0: +OK be\nF0: STLS\nB0: +OK\n! tls k0\nF0: CAPA\nB0: -ERR\nF0: AUTH PLAIN\n");
}

TEST(Tls03, BehindALoginAMechanismIsTheClientsOwn) {
  constexpr std::string_view tls = "pop3\nB0: +OK be\nF0: STLS\nB0: +OK\n! tls k0\n";
  const std::string login = std::string(tls) + "F0: USER alice\nB0: +OK\nF0: PASS x\n";
  expect_unjudged("TLS-03", login + "B0: +OK in\nF0: AUTH PLAIN\n");
  expect("TLS-03", "a mechanism is begun under TLS by a back-end's list from before it",
         login + "B0: -ERR no\nF0: AUTH PLAIN\n");
}

// TLS-04 and TLS-05.

TEST(Tls04, WithoutRuleOrListThereIsNoJudgement) {
  expect_unjudged("TLS-04", "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\nS0: a OK in\n");
  expect_unjudged("TLS-04",
                  "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\n"
                  "S0: a OK [CAPABILITY IMAP4rev1 LOGINDISABLED] in\n");
}

TEST(Tls05, WithoutARuleTheClearIsAllowed) {
  expect_unjudged("TLS-05", "imap\nB0: * OK be\nF0: f1 LOGIN alice sesame\n");
  expect("TLS-05", "LOGIN goes to a back-end that shows LOGINDISABLED",
         "imap\nB0: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED] be\nF0: f1 LOGIN alice sesame\n");
  expect_unjudged("TLS-05",
                  "imap\nB0: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED STARTTLS] be\n"
                  "F0: f1 STARTTLS\nB0: f1 OK\n! tls k0 valid\nF0: f2 LOGIN alice sesame\n");
}

TEST(Tls05, AnInitialResponseIsACredential) {
  constexpr std::string_view clear = "imap\n! policy rules=tls-to-backends\nB0: * OK be\n";
  expect("TLS-05", "a credential goes to a back-end in the clear",
         string(clear) + "F0: f1 AUTHENTICATE PLAIN AGFsaWNlAHNlc2FtZQ==\n");
  expect_unjudged("TLS-05", string(clear) + "F0: f1 AUTHENTICATE PLAIN\nB0: +\n");
  expect_unjudged("TLS-05", string(clear) + "F0: f1 IDLE\nB0: + idling\nF0: DONE\n");
}

// TLS-07.

TEST(Tls07, AnUnknownChannelIsNotJudged) {
  expect_unjudged("TLS-07",
                  "imap\nS0: * OK hello\n! tls s0\nC0: a AUTHENTICATE SCRAM-SHA-256-PLUS\n"
                  "S0: +\nC0: bm8=\nS0: a OK in\n");
  expect("TLS-07", "a proof for another channel is accepted",
         "imap\nS0: * OK hello\nC0: a AUTHENTICATE SCRAM-SHA-256-PLUS\nS0: +\nC0: bm8=\n"
         "S0: a OK in\n");
}

}  // namespace
}  // namespace sallyport::properties
