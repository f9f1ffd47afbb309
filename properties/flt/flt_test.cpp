// The edges of the fault properties, beyond what the pages show.
#include "properties/judging_for_test.hpp"

namespace sallyport::properties {
namespace {

using std::string;

constexpr std::string_view login =
    "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\n! lease s0 k0\nB0: * OK be\n"
    "F0: f1 LOGIN alice sesame\n";

string during(std::string_view lines) { return string(login).append(lines); }

// FLT-01.

constexpr std::string_view succeeds = "a login that has failed succeeds";

TEST(Flt01, WhatWasAcceptedBeforeTheFailureStands) {
  expect_unjudged("FLT-01", during("B0: f1 OK in\n! failure s0 k0\nS0: a OK in\n! quiescent\n"));
}

TEST(Flt01, AFailureMayPassOnTheSameConnection) {
  expect("FLT-01", holds, during("! failure s0 k0\nB0: f1 OK in\nS0: a OK in\n! quiescent\n"));
  expect("FLT-01", holds,
         during("! failure s0 k0\nB0: f1 OK in\nS0: a OK in\n! release s0 k0\n! lease s1 k0\n"));
}

TEST(Flt01, AVerifierThatFailedHasVerifiedNothing) {
  expect("FLT-01", succeeds, during("! failure s0\nB0: f1 OK in\nS0: a OK in\n! quiescent\n"));
  expect("FLT-01", holds, during("! failure s0\nS0: a NO later\n! quiescent\n"));
}

// Whose login it was that the verifier failed isn't told. One that gets no answer is.
TEST(Flt01, AFailureOfNobodyKnownNeedsAnAnswer) {
  expect("FLT-01", "a login that has failed is not answered", during("! failure\n! quiescent\n"));
  expect_unjudged("FLT-01", during("! failure\nB0: f1 OK in\nS0: a OK in\n! quiescent\n"));
}

// It asked for the next message, so it owes none.
TEST(Flt01, AConnectionInMidExchangeMayBeLeasedAgain) {
  expect_unjudged("FLT-01",
                  "imap\n! failure k0\nB0: * OK be\nS0: * OK hello\n! failure k0\n"
                  "! lease s0 k0\nF0: f1 AUTHENTICATE NTLM\nB0: +\n! release s0 k0\n"
                  "! lease s0 k0\n");
}

TEST(Flt01, AFailureBeforeTheLeaseCounts) {
  expect("FLT-01", succeeds,
         "imap\nS0: * OK hello\nC0: a LOGIN alice x\nB0: * OK be\n! failure k0\n! lease s0 k0\n"
         "S0: a OK in\n");
}

TEST(Flt01, TheClientsTurnIsNotTheServers) {
  constexpr std::string_view asked =
      "imap\nS0: * OK hello\nC0: a AUTHENTICATE PLAIN\n! lease s0 k0\nB0: * OK be\nS0: +\n"
      "! failure s0 k0\n! quiescent\n";
  expect_unjudged("FLT-01", asked);
  expect("FLT-01", "a login that has failed is not answered",
         string(asked) + "C0: AGFsaWNlAHNlc2FtZQ==\n! quiescent\n");
}

TEST(Flt01, AConnectionThatIsOpenedAnewIsAnotherOne) {
  constexpr std::string_view gone =
      "! failure s0 k0\n! close k0 back-end\n! release s0 k0\nS0: a NO later\n";
  expect("FLT-01", "a connection that failed is leased again",
         during(string(gone).append("! lease s1 k0\n")));
  expect("FLT-01", holds, during(string(gone).append("B0: * OK be\n! lease s1 k0\n")));
}

TEST(Flt01, TheSecondOfTwoPipelinedLoginsIsOneToo) {
  constexpr std::string_view second =
      "imap\nS0: * OK hello\nC0: a LOGIN alice x\nC0: b LOGIN alice sesame\n! lease s0 k0\n"
      "B0: * OK be\nS0: a NO wrong\n! failure s0 k0\n";
  expect("FLT-01", succeeds, string(second) + "S0: b OK in\n");
  expect("FLT-01", "a login that has failed is not answered", string(second) + "! quiescent\n");
  expect("FLT-01", holds, string(second) + "S0: b NO later\n! quiescent\n");
}

TEST(Flt01, Pop3PipelinesBothHalvesOfALogin) {
  constexpr std::string_view both =
      "pop3\nS0: +OK hello\nC0: USER alice\nC0: PASS x\nC0: USER alice\nC0: PASS sesame\n"
      "! lease s0 k0\nB0: +OK be\nS0: +OK\nS0: -ERR wrong\n! failure s0 k0\nS0: +OK\n";
  expect("FLT-01", succeeds, string(both) + "S0: +OK in\n");
  expect("FLT-01", holds, string(both) + "S0: -ERR later\n! quiescent\n");
}

TEST(Flt01, WhatStandsBehindASuccessIsNoLogin) {
  expect_unjudged("FLT-01",
                  "imap\nS0: * OK hello\nC0: a LOGIN alice x\nC0: b LOGIN alice x\n"
                  "! lease s0 k0\nB0: * OK be\nF0: f1 LOGIN alice x\nB0: f1 OK in\n"
                  "S0: a OK in\nS0: b BAD no\n! failure s0 k0\n! quiescent\n");
}

TEST(Flt01, AMalformedLineIsNoLogin) {
  constexpr std::string_view garbled =
      "imap\nS0: * OK hello\nC0: {a LOGIN alice x\nS0: * BAD a bad tag\nC0: b LOGIN alice x\n"
      "S0: b NO wrong\n! lease s0 k0\nB0: * OK be\n! failure s0 k0\n! quiescent\n";
  expect_unjudged("FLT-01", garbled);
}

TEST(Flt01, SaysNothingOfSessionsWithoutALogin) {
  expect_unjudged("FLT-01",
                  "imap\nS0: * OK hello\n! failure s0\nC0: a LOGIN alice x\nS0: a OK in\n");
}

// FLT-02.

constexpr std::string_view selected =
    "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\n! lease s0 k0\nB0: * OK be\n"
    "F0: f1 LOGIN alice sesame\nB0: f1 OK in\nS0: a OK in\nC0: b SELECT INBOX\n"
    "F0: f2 SELECT INBOX\nB0: f2 OK x\nS0: b OK x\nC0: c FETCH 1 FLAGS\nF0: f3 FETCH 1 FLAGS\n";

string fetching(std::string_view lines) { return string(selected).append(lines); }

TEST(Flt02, WhatHadComeMayStillBePassedOn) {
  expect("FLT-02", holds,
         fetching("B0: * 1 FETCH (FLAGS ())\n! failure s0 k0\nS0: * 1 FETCH (FLAGS ())\n"
                  "S0: * BYE gone\n! quiescent\n"));
  expect_unjudged("FLT-02", fetching("B0: * 1 FETCH (FLAGS ())\nB0: f3 OK done\n! failure s0 k0\n"
                                     "S0: * 1 FETCH (FLAGS ())\nS0: c OK done\n! quiescent\n"));
}

TEST(Flt02, AnAnswerThatComesAllTheSameIsOne) {
  expect_unjudged("FLT-02",
                  fetching("! failure s0 k0\nB0: f3 OK done\nS0: c OK done\n! quiescent\n"));
}

TEST(Flt02, WithDataEvenNoIsTooMuch) {
  expect("FLT-02", "an answer that broke off is completed",
         fetching("B0: * 1 FETCH (FLAGS ())\nS0: * 1 FETCH (FLAGS ())\n! failure s0 k0\n"
                  "S0: c NO gone\n! quiescent\n"));
  expect("FLT-02", "a client is left with half an answer",
         fetching("! close k0 back-end\n! quiescent\n"));
}

TEST(Flt02, AFailureWithNothingInFlightIsNone) {
  expect_unjudged("FLT-02", fetching("B0: f3 OK done\nS0: c OK done\n! failure s0 k0\n"
                                     "C0: d NOOP\nS0: d OK done\n! quiescent\n"));
}

TEST(Flt02, Pop3SaysGoodbyeInALine) {
  constexpr std::string_view reading =
      "pop3\nS0: +OK hello\nC0: APOP alice c4c9\n! lease s0 k0\nB0: +OK be\nS0: +OK in\n"
      "C0: RETR 1\nF0: RETR 1\nB0: +OK\nS0: +OK\n! failure s0 k0\nS0: -ERR gone\n";
  expect("FLT-02", holds, string(reading) + "! close s0 server\n! quiescent\n");
  expect("FLT-02", "an answer that broke off goes on", string(reading) + "S0: more\n! quiescent\n");
}

// FLT-03.

TEST(Flt03, OnceIsEnough) {
  constexpr std::string_view opens =
      "imap\nS0: * OK hello\nC0: a LOGIN alice x\n! lease s0 k0\nB0: * OK be\n! failure s0 k0\n"
      "! release s0 k0\n! lease s0 k1\nB1: * OK be\nF1: f1 AUTHENTICATE PLAIN\n";
  expect("FLT-03", holds, opens);
  expect("FLT-03", "a login is tried again more than once",
         string(opens) +
             "! failure s0 k1\n! release s0 k1\n! lease s0 k2\nB2: * OK be\n"
             "F2: f1 AUTHENTICATE PLAIN\n");
}

TEST(Flt03, AMechanismThatIsRefusedMayBeFollowedByAnother) {
  constexpr std::string_view refused =
      "imap\nS0: * OK hello\nC0: a LOGIN alice x\n! lease s0 k0\nB0: * OK be\n"
      "F0: f1 AUTHENTICATE PLAIN\nB0: f1 NO unknown\nF0: f2 LOGIN alice x\nB0: f2 OK in\n";
  expect_unjudged("FLT-03", refused);
}

TEST(Flt03, TheSecondOfTwoPipelinedLoginsIsOneToo) {
  constexpr std::string_view again =
      "imap\nS0: * OK hello\nC0: a LOGIN alice x\nC0: b LOGIN alice sesame\nS0: a NO wrong\n"
      "! lease s0 k0\nB0: * OK be\nF0: f1 LOGIN alice sesame\n! failure s0 k0\n"
      "! release s0 k0\n! lease s0 k1\nB1: * OK be\nF1: f1 LOGIN alice sesame\n";
  expect("FLT-03", "a login is tried again although a credential had gone out", again);
}

TEST(Flt03, TheClientMaySendItsCommandAgain) {
  expect("FLT-03", holds,
         fetching("! failure s0 k0\n! close k0 back-end\nS0: c NO gone\nC0: d FETCH 1 FLAGS\n"
                  "! lease s0 k1\nB1: * OK be\nF1: f1 FETCH 1 FLAGS\nS0: * BYE\n! failure s0\n"
                  "! close s0 server\nS0: * OK hello\nC0: a LOGIN alice x\n! lease s0 k2\n"
                  "B2: * OK be\nF2: f1 LOGIN alice x\nB2: f1 NO no\nS0: a NO no\n"));
}

// FLT-04.

TEST(Flt04, WhatCameBeforeTlsIsForgotten) {
  expect("FLT-04", holds,
         "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\n! lease s0 k0\nB0: * OK be\n"
         "F0: f1 STARTTLS\nB0: f1 OK begin\nB0: +\nB0: 220 hello\n! tls k0 valid\n"
         "F0: f2 LOGIN alice sesame\nB0: f2 OK in\nS0: a OK in\n");
}

TEST(Flt04, PlainHasOneMessage) {
  constexpr std::string_view plain =
      "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\n! lease s0 k0\nB0: * OK be\n"
      "F0: f1 AUTHENTICATE PLAIN\nB0: +\nF0: AGFsaWNlAHNlc2FtZQ==\nB0: +\n";
  expect("FLT-04", "a credential goes to a back-end that doesn't keep to its protocol",
         string(plain) + "F0: AGFsaWNlAHNlc2FtZQ==\n");
  expect("FLT-04", holds, string(plain) + "! close k0 front-end\nS0: a NO later\n");
}

TEST(Flt04, AMechanismHasToBeShownAndConfigured) {
  constexpr std::string_view lists =
      "pop3\n! policy to-backends=PLAIN\nB0: +OK be\nF0: CAPA\nB0: +OK\nB0: SASL PLAIN NTLM\n"
      "B0: .\n";
  expect("FLT-04", holds, string(lists) + "F0: AUTH PLAIN\n");
  expect("FLT-04", "a mechanism is begun that the back-end does not show",
         string(lists) + "F0: AUTH CRAM-MD5\n");
  expect("FLT-04", "a mechanism is begun that is not configured for back-ends",
         string(lists) + "F0: AUTH NTLM\n");
  expect_unjudged("FLT-04", "pop3\nB0: +OK be\nF0: AUTH PLAIN\n");
}

// What a client that is logged in says is handed on as it is.
TEST(Flt04, BehindALoginAMechanismIsTheClientsOwn) {
  constexpr std::string_view list = "imap\nB0: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] be\n";
  constexpr std::string_view begins = "F0: f2 AUTHENTICATE NTLM\n";
  expect_unjudged("FLT-04", string(list) + "F0: f1 LOGIN alice x\nB0: f1 OK in\n" + string(begins));
  expect("FLT-04", "a mechanism is begun that the back-end does not show",
         string(list) + "F0: f1 LOGIN alice x\nB0: f1 NO no\n" + string(begins));
}

}  // namespace
}  // namespace sallyport::properties
