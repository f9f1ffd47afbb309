// The edges of the properties about SASL exchanges, beyond what their pages show.
#include "properties/judging_for_test.hpp"

namespace sallyport::properties {
namespace {

using std::string;

constexpr std::string_view imap = "imap\nS0: * OK hello\n";
constexpr std::string_view pop3 = "pop3\nS0: +OK hello\n";

string in(std::string_view greeting, std::string_view lines) {
  return string(greeting).append(lines);
}

TEST(Sas01, TheStarMayHaveASpace) {
  expect("SAS-01", holds,
         in(imap, "C0: a AUTHENTICATE PLAIN\nS0: +\nC0: * \nS0: a NO cancelled\n"));
}

TEST(Sas01, AcceptanceIsNoEnd) {
  expect("SAS-01", "a cancelled exchange is accepted",
         in(pop3, "C0: AUTH PLAIN\nS0: +\nC0: *\nS0: +OK logged in\n"));
}

TEST(Sas01, IsReportedOnce) {
  const Tally tally =
      tally_of("SAS-01", events_of_transcript(in(imap,
                                                 "C0: a AUTHENTICATE PLAIN\nS0: +\nC0: *\n"
                                                 "! quiescent\n! quiescent\n")));
  EXPECT_EQ(tally.violations, 1U);
}

TEST(Sas01, DoneEndsIdleAndNothingElse) {
  expect_unjudged("SAS-01", in(imap, "C0: a IDLE\nS0: + idling\nC0: *\n! quiescent\n"));
}

TEST(Sas02, EmptyInitialResponses) {
  constexpr std::string_view again = "an initial response is asked for again";
  expect("SAS-02", again, in(imap, "C0: a AUTHENTICATE EXTERNAL =\nS0: +\n"));
  expect("SAS-02", holds, in(imap, "C0: a AUTHENTICATE EXTERNAL =\nS0: a NO no certificate\n"));
  expect("SAS-02", holds, in(imap, "C0: a AUTHENTICATE CRAM-MD5 =\nS0: a BAD no\n"));
  expect("SAS-02", "an initial response is taken where the server speaks first",
         in(imap, "C0: a AUTHENTICATE CRAM-MD5 =\nS0: + PDEuMkBmZT4=\n"));
}

// RFC 7628 §3.2.2: what is wrong with a token is told in a challenge.
TEST(Sas02, AnErrorInAChallengeIsAnAnswer) {
  expect("SAS-02", holds,
         in(imap, "C0: a AUTHENTICATE OAUTHBEARER bixhPWFsaWNlLAE=\nS0: + e30=\n"));
}

TEST(Sas02, AcceptanceOfWhatShouldFail) {
  expect("SAS-02", "an initial response is accepted where the server speaks first",
         in(pop3, "C0: AUTH CRAM-MD5 Zm9v\nS0: +OK logged in\n"));
}

TEST(Sas02, SaysNothingOfUnclearMechanisms) {
  for (const char* const mechanism : {"LOGIN", "GSSAPI", "GSS-SPNEGO", "X-SECRET"}) {
    const string command = string("C0: a AUTHENTICATE ") + mechanism;
    expect_unjudged("SAS-02", in(imap, command + "\nS0: + Zm9v\n"));
    expect_unjudged("SAS-02", in(imap, command + " Zm9v\nS0: +\n"));
  }
}

TEST(Sas03, ALoneLineFeedIsInTheWay) {
  expect("SAS-03", "a message that is no base64 is accepted",
         in(imap, "C0: a AUTHENTICATE PLAIN\nS0: +\nC0: AGFsaWNlAHNlc2FtZQ==\\n\\\nS0: a OK in\n"));
}

TEST(Sas03, AFarewellIsARefusal) {
  expect("SAS-03", holds,
         in(imap, "C0: a AUTHENTICATE PLAIN\nS0: +\nC0: !\nS0: * BYE too many errors\n"));
}

TEST(Sas03, OtherSessionsGoOn) {
  const Tally tally =
      tally_of("SAS-03", events_of_transcript(in(imap,
                                                 "S1: * OK hello\nC0: a AUTHENTICATE PLAIN\n"
                                                 "S0: +\nC0: !\nC1: a LOGIN alice sesame\n"
                                                 "! lease s1 k1\nB1: * OK be\n"
                                                 "F1: f LOGIN alice sesame\n")));
  EXPECT_EQ(tally.detail, "");
}

TEST(Sas03, ALoginBeforeItGoesOn) {
  const string pipelined = in(imap,
                              "C0: a LOGIN alice sesame\nC0: b AUTHENTICATE PLAIN !\n"
                              "! lease s0 k0\nB0: * OK be\nF0: f LOGIN alice sesame\n");
  expect_unjudged("SAS-03", pipelined);
  expect("SAS-03", "a message that is no base64 goes on to a back-end",
         string(pipelined) + "B0: f NO wrong\nS0: a NO wrong\nF0: g AUTHENTICATE PLAIN AAA=\n");
}

// 293 octets.
string long_line() { return string(288, 'A') + "Zg==\n"; }

string announced(std::string_view greeting, std::string_view command) {
  return in(greeting, "! attempt s0 mechanism=XOAUTH2 valid\n").append(command) +
         "S0: +\nC0: " + long_line();
}

TEST(Sas04, ALegalLineIsNoReason) {
  constexpr std::string_view refused = "a valid user is refused behind a line of legal length";
  const string begun = announced(imap, "C0: a AUTHENTICATE XOAUTH2\n");
  expect("SAS-04", holds, begun + "S0: a OK in\n");
  expect("SAS-04", refused, begun + "S0: a NO no\n");
  expect("SAS-04", refused, begun + "! close s0 server\n");
  expect_unjudged("SAS-04", begun + "! close s0 client\n");
  expect("SAS-04", "a line of legal length is never answered", begun + "! quiescent\n");
  expect_unjudged("SAS-04", begun + "S0: +\n! quiescent\n");
  expect_unjudged("SAS-04", begun + "! failure\n! quiescent\n");
}

TEST(Sas04, WhoRefusesBeforeTheEndRefusesAsWell) {
  expect("SAS-04", "a valid user is refused behind a line of legal length",
         in(imap, "! attempt s0 mechanism=XOAUTH2 valid\nC0: a AUTHENTICATE XOAUTH2\nS0: +\nC0: ") +
             string(1200, 'A') + "\\\nS0: a BAD line too long\n");
}

TEST(Sas04, ShortLinesAndOtherUsersAreNoMeasure) {
  expect_unjudged("SAS-04",
                  in(imap,
                     "! attempt s0 mechanism=PLAIN valid\nC0: a AUTHENTICATE PLAIN\nS0: +\n"
                     "C0: AGFsaWNlAHNlc2FtZQ==\nS0: a NO no\n"));
  expect_unjudged("SAS-04", in(imap, "C0: a AUTHENTICATE XOAUTH2\nS0: +\nC0: ") + long_line() +
                                "S0: a NO no\n");
}

TEST(Sas04, BeyondTheLimitALineFails) {
  const string begun =
      in(imap,
         "! limit limit=exchange-octets amount=290\nC0: a AUTHENTICATE XOAUTH2\nS0: +\nC0: ") +
      long_line();
  expect("SAS-04", holds, begun + "S0: a BAD too long\n");
  expect("SAS-04", holds, begun + "S0: * BYE too long\n");
  expect("SAS-04", holds, begun + "! close s0 server\n");
  expect("SAS-04", "a line beyond the limit is taken", begun + "S0: +\n");
  expect("SAS-04", "a line beyond the limit is taken", begun + "S0: a OK in\n");
  expect("SAS-04", "a line beyond the limit is never answered", begun + "! quiescent\n");
  expect_unjudged("SAS-04", begun + "! close s0 client\n");
}

TEST(Sas05, KnowsOnlyWhomTheDriverSpokeOf) {
  expect_unjudged("SAS-05", in(imap, "C0: a AUTHENTICATE PLAIN YWRtaW4AYm9iAHB3\nS0: a OK in\n"));
  expect("SAS-05", "a user is let act for another and may not",
         in(imap,
            "! account user=BOB mechanisms=PLAIN\n"
            "C0: a AUTHENTICATE PLAIN YWRtaW4AYm9iAHB3\nS0: a OK in\n"));
}

TEST(Sas05, ForgetsWhatWasSaidWithTheExchange) {
  expect("SAS-05", holds,
         in(imap,
            "C0: a AUTHENTICATE PLAIN Zm9v\nS0: a BAD no\n"
            "C0: b AUTHENTICATE PLAIN AGFsaWNlAHNlc2FtZQ==\nS0: b OK in\n"));
}

TEST(Sas06, LooksAtProofsAlone) {
  constexpr std::string_view shown =
      "client s0 imap command verb=AUTHENTICATE mechanism=EXTERNAL command=0 blob=other repeated\n"
      "client s0 imap completion verb=AUTHENTICATE mechanism=EXTERNAL status=OK command=0\n";
  EXPECT_EQ(tally_of("SAS-06", events_of_text(shown)).exercised, 0U);
}

constexpr std::string_view client_first = "biwsbj1hbGljZSxyPXJPcHJOR2Z3";
constexpr std::string_view server_first = "cj1yT3ByTkdmdzNVdFEscz1jMkZzZEE9PSxpPTQwOTY=";

TEST(Sas07, TheServersFinalMessageIsTheLast) {
  expect("SAS-07", "the server's final message comes before the proof",
         in(imap, "C0: a AUTHENTICATE SCRAM-SHA-256 ")
             .append(client_first)
             .append("\nS0: + dj1jMmxu\n"));
}

TEST(Sas07, ARefusedProofGetsNoFinalMessage) {
  expect("SAS-07", holds,
         in(imap, "C0: a AUTHENTICATE SCRAM-SHA-256 ")
             .append(client_first)
             .append("\nS0: + ")
             .append(server_first)
             .append("\nC0: Yz1iaXdzLHI9ck9wck5HZnczVXRRLHA9Y0hKdmIyWT0=\nS0: a NO no\n"));
}

// The client never answers, and the server gives up. In POP3 that looks like an answer.
TEST(Sas07, AFarewellIsNoOutcome) {
  const string begun = in(pop3, "C0: AUTH SCRAM-SHA-256 ")
                           .append(client_first)
                           .append("\nS0: + ")
                           .append(server_first)
                           .append("\nC0: Yz1iaXdzLHI9ck9wck5HZnczVXRRLHA9Y0hKdmIyWT0=\n")
                           .append("S0: + dj1jMmxu\nS0: -ERR idle for too long\n");
  constexpr std::string_view in_vain = "the server's final message stands before a failure";
  expect_unjudged("SAS-07", begun + "! close s0 server\n! quiescent\n");
  expect("SAS-07", in_vain, begun + "! quiescent\n! close s0 server\n");
  expect("SAS-07", in_vain, begun + "C0: NOOP\nS0: -ERR no\n! close s0 server\n");
}

TEST(Sas07, ALineWithoutATagBeginsNoExchange) {
  const string final = " AUTHENTICATE SCRAM-SHA-256 Yz1iaXdzLHI9ck9wck5HZndFLHA9ZEh6Yg==\n";
  const string next = "C0: a2 AUTHENTICATE SCRAM-SHA-256\nS0: +\n";
  expect_unjudged("SAS-07", in(imap, "C0: \\x01a1" + final + "S0: * BAD a bad tag\n" + next));
  expect("SAS-07", "a message that comes later is taken as the first",
         in(imap, "C0: a1" + final + "S0: +\n"));
}

TEST(Sas07, WhatComesLaterIsNoBeginning) {
  const string begun = in(
      pop3,
      "C0: AUTH NTLM\nS0: +\n"
      "C0: TlRMTVNTUAADAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
  expect("SAS-07", holds, begun + "S0: -ERR no\n");
  expect("SAS-07", "a message that comes later is accepted as the first", begun + "S0: +OK in\n");
  expect("SAS-07", "a message that comes later is taken as the first", begun + "S0: + Zm9v\n");
}

}  // namespace
}  // namespace sallyport::properties
