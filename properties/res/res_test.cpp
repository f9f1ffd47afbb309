// The edges of the resource properties, beyond what the pages show.
#include "properties/judging_for_test.hpp"

namespace sallyport::properties {
namespace {

using std::string;

// RES-02.

constexpr std::string_view early = "a failed login is answered before its time";
constexpr std::string_view borne = "a session goes on beyond what is to be borne";
constexpr std::string_view slow = "imap\n! limit limit=failure-seconds amount=2\nS0: * OK hello\n";

TEST(Res02, TimeCountsFromTheClientsLastWord) {
  expect("RES-02", early,
         string(slow) +
             "C0: a AUTHENTICATE PLAIN\nS0: +\n! elapsed amount=5\n"
             "C0: AGFsaWNlAHdyb25n\n! elapsed amount=1\nS0: a NO no\n! quiescent\n");
  expect("RES-02", holds,
         string(slow) +
             "C0: a AUTHENTICATE PLAIN\nS0: +\nC0: AGFsaWNlAHdyb25n\n"
             "! elapsed amount=1\n! elapsed amount=1\nS0: a NO no\n! quiescent\n");
}

TEST(Res02, APipelinedLoginDoesNotShortenTheFirst) {
  expect("RES-02", holds,
         string(slow) +
             "C0: a LOGIN alice x\n! elapsed amount=2\nC0: b LOGIN alice y\n"
             "S0: a NO no\n! quiescent\n");
}

TEST(Res02, ItsEndExcusesAnEarlyAnswer) {
  expect_unjudged("RES-02",
                  string(slow) + "C0: a LOGIN alice x\nS0: a NO no\nS0: * BYE\n! quiescent\n");
}

TEST(Res02, WhatIsNoGuessIsNoFailure) {
  constexpr std::string_view start =
      "imap\n! limit limit=failures amount=1\n! limit limit=failure-seconds amount=1\n"
      "S0: * OK hello\n";
  for (const char* const login :
       {"C0: a AUTHENTICATE PLAIN\nS0: +\nC0: *\nS0: a NO cancelled\n",
        "C0: a AUTHENTICATE PLAIN\nS0: +\nC0: !\nS0: a NO what\n",
        "C0: a AUTHENTICATE XOTHER\nS0: a NO unknown\n", "C0: a LOGIN\nS0: a BAD what\n",
        "C0: a LOGIN alice x\n! failure s0\nS0: a NO no back-end\n",
        "C0: a LOGIN alice x\nS0: a NO [UNAVAILABLE] later\n"}) {
    expect_unjudged("RES-02", string(start) + login + login + "! quiescent\n");
  }
}

TEST(Res02, PasswordsBeforeTlsAreRefusedUnread) {
  expect_unjudged(
      "RES-02",
      "imap\n! policy rules=tls-before-clear-text\n! limit limit=failure-seconds "
      "amount=1\nS0: * OK hello\nC0: a LOGIN alice x\nS0: a NO TLS first\n! quiescent\n");
}

// The name went with the login that failed, so this PASS is no guess.
TEST(Res02, PassWithoutUserIsNoGuess) {
  expect("RES-02", holds,
         "pop3\n! limit limit=failure-seconds amount=1\nS0: +OK hello\nC0: USER alice\nS0: +OK\n"
         "C0: PASS x\n! elapsed amount=1\nS0: -ERR no\nC0: PASS y\nS0: -ERR USER first\n"
         "! quiescent\n");
}

// AUTH stands between USER and PASS, and it was sent while another login was in flight.
TEST(Res02, PassBehindAnotherExchangeIsNoGuess) {
  constexpr std::string_view pipelined =
      "pop3\n! limit limit=failure-seconds amount=1\nS0: +OK hello\nC0: USER alice\nS0: +OK\n"
      "C0: PASS x\nC0: USER alice\nC0: AUTH PLAIN\n! elapsed amount=1\nS0: -ERR no\nS0: +OK\n";
  expect("RES-02", holds,
         string(pipelined) +
             "S0: +\nC0: *\nS0: -ERR cancelled\nC0: PASS y\nS0: -ERR USER first\n"
             "! quiescent\n");
}

TEST(Res02, BehindLoginNothingIsCounted) {
  expect_unjudged("RES-02",
                  "imap\n! limit limit=errors amount=1\nS0: * OK hello\nC0: a LOGIN alice sesame\n"
                  "S0: a OK in\nC0: b X\nS0: b BAD x\nC0: c X\nS0: c BAD x\n! quiescent\n");
}

TEST(Res02, ManyLimitsAreKeptApart) {
  expect("RES-02", borne,
         "imap\n! limit limit=failures amount=2\n! limit limit=errors amount=1\nS0: * OK hello\n"
         "C0: a X\nS0: a BAD x\nC0: b X\nS0: b BAD x\n! quiescent\n");
}

// RES-03.

constexpr std::string_view in = "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\nS0: a OK in\n";

TEST(Res03, AnyLineOfTheClientEndsASilence) {
  expect("RES-03", "a session is ended for silence before its time",
         string(in) +
             "! elapsed amount=1700\nC0: b NOOP\nS0: b OK done\n! elapsed amount=200\n"
             "S0: * BYE idle\n");
  expect("RES-03", holds,
         string(in) + "! elapsed amount=900\n! elapsed amount=900\nS0: * BYE idle\n");
}

TEST(Res03, AnEndForAnotherReasonIsNotJudged) {
  for (const char* const reason : {"C0: b LOGOUT\nS0: * BYE\nS0: b OK\n", "C0: (\nS0: * BYE what\n",
                                   "S0: * BYE down\n", "! elapsed amount=9\n! close s0 client\n"}) {
    expect_unjudged("RES-03", string(in) + reason);
  }
}

// RES-04.

TEST(Res04, ALoginThatSucceedsMayKeepWhatItNeeds) {
  expect_unjudged("RES-04", string(in) + "! lease s0 k0\n! held s0 amount=900\n! quiescent\n");
}

TEST(Res04, OctetsThatAreGivenBackAreNotLeftBehind) {
  const auto cycle = [](std::string_view tag, std::string_view amount) {
    return "C0: " + string(tag) + " AUTHENTICATE PLAIN\nS0: +\nC0: *\nS0: " + string(tag) +
           " BAD cancelled\n! held s0 amount=" + string(amount) + "\n! quiescent\n";
  };
  const string start = "imap\nS0: * OK hello\n! quiescent\n";
  const string given_back = "! held s0\n! quiescent\n";
  expect_unjudged("RES-04", start + cycle("a", "40") + given_back + cycle("b", "40"));
  expect_unjudged("RES-04", start + cycle("a", "40") + cycle("b", "90"));
  expect_unjudged("RES-04", start + cycle("a", "4") + cycle("b", "8"));
  expect("RES-04", "failed authentications leave octets held",
         start + cycle("a", "40") + cycle("b", "80"));
}

}  // namespace
}  // namespace sallyport::properties
