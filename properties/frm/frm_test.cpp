// The edges of the properties about framing, beyond what their pages show.
#include "properties/judging_for_test.hpp"

namespace sallyport::properties {
namespace {

using std::string;

constexpr std::string_view imap = "imap\nS0: * OK hello\n";

constexpr std::string_view logged_in =
    "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\n! lease s0 k0\nB0: * OK be\n"
    "F0: f LOGIN alice sesame\nB0: f OK in\nS0: a OK in\n";

string behind_login(std::string_view facts) { return string(logged_in).append(facts); }

void expect_no_violation(std::string_view id, const string& transcript) {
  EXPECT_EQ(tally_of(id, events_of_transcript(transcript)).detail, "") << transcript;
}

constexpr std::string_view invented = "a back-end reads as a command what the front-end didn't";
constexpr std::string_view unread = "a back-end never reads a command that it was given";

TEST(Frm01, ComparesVerbAndContentInOrder) {
  const string two =
      behind_login("! parsed s0 verb=SELECT digest=1\n! parsed s0 verb=FETCH digest=2\n");
  expect("FRM-01", holds,
         two + "! parsed k0 verb=SELECT digest=1\n! parsed k0 verb=FETCH digest=2\n");
  expect("FRM-01", invented, two + "! parsed k0 verb=FETCH digest=2\n");
  expect("FRM-01", invented, two + "! parsed k0 verb=SELECT digest=2\n");
  expect("FRM-01", invented, two + "! parsed k0 verb=EXAMINE digest=1\n");
  expect("FRM-01", unread, two + "! parsed k0 verb=SELECT digest=1\n! quiescent\n");
}

TEST(Frm01, LeavesOutWhatAFrontEndSaysForItself) {
  for (const char* const verb : {"NOOP", "CAPABILITY", "LOGIN", "STARTTLS", "LOGOUT", "ID"}) {
    expect_unjudged("FRM-01", behind_login(string("! parsed k0 digest=7 verb=") + verb + "\n"));
  }
  // A client's NOOP that is handed on is like any other command.
  expect("FRM-01", holds,
         behind_login("! parsed s0 verb=NOOP digest=7\n! parsed k0 verb=NOOP digest=7\n"));
  expect("FRM-01", unread, behind_login("! parsed s0 verb=NOOP digest=7\n! quiescent\n"));
}

TEST(Frm01, JudgesNothingBeforeTheLogin) {
  expect_unjudged("FRM-01",
                  "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\n! lease s0 k0\nB0: * OK be\n"
                  "! parsed k0 verb=SELECT digest=1\n! quiescent\n");
}

TEST(Frm01, WhatWasLostOnTheWayMayNeverCome) {
  const string given = behind_login("! parsed s0 verb=SELECT digest=1\n");
  for (const char* const why :
       {"! failure\n", "! failure s0\n", "! failure k0\n", "! close k0 back-end\n",
        "! release s0 k0\n", "! close s0 client\n"}) {
    expect_unjudged("FRM-01", given + why + "! quiescent\n");
  }
  expect("FRM-01", unread, given + "! failure k1\n! quiescent\n");
}

TEST(Frm01, ACommandThatIsntWholeIsStillToBeRead) {
  expect_unjudged(
      "FRM-01",
      behind_login("C0: b APPEND INBOX {5}\nS0: + go on\n! parsed s0 verb=APPEND digest=1\n"
                   "! quiescent\n"));
}

TEST(Frm01, MoreThanCanBeToldApartIsNotJudged) {
  string many = behind_login("");
  for (int i = 1; i <= 5; ++i) many += "! parsed s0 verb=FETCH digest=" + std::to_string(i) + "\n";
  expect_unjudged("FRM-01", many + "! parsed k0 verb=STORE digest=9\n! quiescent\n");
}

TEST(Frm02, CountsLiteralsThatWereAskedFor) {
  const string refused = string(imap) + "C0: a FOO {8}\nS0: + go\nC0: b NOOP\nC0:\nS0: a BAD no\n";
  expect("FRM-02", holds, refused);
  expect("FRM-02", "octets of a literal are answered as a command", refused + "S0: b OK done\n");
  expect_unjudged("FRM-02", string(imap) + "C0: a FOO {8+}\nC0: b NOOP\nC0:\nS0: a BAD no\n");
}

TEST(Frm02, LiteralMinusIsKnownToo) {
  expect("FRM-02", "octets of a literal are answered as a command",
         "imap\nS0: * OK [CAPABILITY IMAP4rev1 LITERAL-] hello\n"
         "C0: a FOO {8+}\nC0: b NOOP\nC0:\nS0: a BAD no\nS0: b OK done\n");
}

TEST(Frm03, CountsHaveThirtyTwoBitsAndNoSign) {
  constexpr std::string_view granted =
      "a literal is granted whose count is no number, or too large for any server";
  for (const char* const count :
       {"-1", "-5", "2147483648", "4294967295", "4294967296", "18446744073709551616"}) {
    const string announced = string(imap) + "C0: a LOGIN {" + count + "}\n";
    expect("FRM-03", granted, announced + "S0: + go on\n");
    expect("FRM-03", holds, announced + "S0: a BAD no\n");
    expect("FRM-03", holds, announced + "S0: * BYE no\n");
    expect("FRM-03", holds, announced + "! close s0 server\n");
    expect_unjudged("FRM-03", announced + "! close s0 client\n");
  }
  expect_unjudged("FRM-03", string(imap) + "C0: a LOGIN {2147483647}\nS0: + go on\n");
}

TEST(Frm03, AnEarlierAnswerIsNotTheLiterals) {
  expect("FRM-03", "a literal is granted whose count is no number, or too large for any server",
         string(imap) + "C0: a NOOP\nC0: b LOGIN {3000000000}\nS0: a BAD no\nS0: + go on\n");
}

TEST(Frm03, NothingIsHeldForARefusal) {
  const string refused = string(imap) + "C0: a LOGIN {70000}\nS0: a NO no\n";
  expect("FRM-03", "memory is taken for a literal that was refused",
         refused + "! held s0 amount=70000\n");
  expect_no_violation("FRM-03", refused + "! held s0 amount=69999\n");
  expect_no_violation("FRM-03", refused + "C0: b NOOP\n! held s0 amount=70000\n");
  expect_no_violation("FRM-03",
                      string(imap) + "C0: a LOGIN {70000}\nS0: + go\n! held s0 amount=70000\n");
  expect_no_violation("FRM-03",
                      string(imap) + "C0: a LOGIN {65535}\nS0: a NO no\n! held s0 amount=65535\n");
}

TEST(Frm04, AFailureInTheStepIsAReason) {
  expect_unjudged("FRM-04", behind_login("C0: b NO\\x00OP\n! parsed s0 verb=NOOP digest=1\n"
                                         "! failure s0\n! quiescent\n"));
}

TEST(Frm04, JudgesTheStepOfTheLineAlone) {
  expect("FRM-04", holds,
         behind_login("C0: b NO\\x00OP\nS0: b BAD no\n! quiescent\n"
                      "! parsed k0 verb=SELECT digest=1\n"));
  expect("FRM-04", "a back-end doesn't read a malformed line as the front-end does",
         behind_login("C0: b NO\\x00OP\n! parsed s0 verb=NOOP digest=1\n! quiescent\n"));
}

constexpr std::string_view broken = "a login with a back-end holds another command";

// The client's name has a quotation mark.
constexpr std::string_view breaking =
    "imap\nS0: * OK hello\nC0: a AUTHENTICATE PLAIN AGFsImljZQBzZXNhbWU=\n! lease s0 k0\n"
    "B0: * OK be\n";
constexpr std::string_view plain =
    "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\n! lease s0 k0\nB0: * OK be\n";

TEST(Frm05, KnowsWhatALoginHas) {
  for (const char* const line : {"f CAPABILITY", "f STARTTLS", "f NOOP", "f ID NIL", "f LOGOUT",
                                 "f AUTHENTICATE PLAIN", "f LOGIN x y"}) {
    expect("FRM-05", holds, string(breaking) + "F0: " + line + "\nS0: a NO no\n");
  }
  for (const char* const line : {"f SELECT INBOX", "f DELETE Archive", "f EXPUNGE"}) {
    expect("FRM-05", broken, string(breaking) + "F0: " + line + "\n");
    expect("FRM-05", broken, string(plain) + "F0: " + line + "\n");
  }
}

TEST(Frm05, ALineThatIsNoneIsTheNamesOnlyIfItMayBe) {
  expect("FRM-05", broken, string(breaking) + "F0: ice\" \"sesame\"\n");
  expect_unjudged("FRM-05", string(plain) + "F0: TlRMTVNTUAADAAAA\n");
}

// STAT is base64, and a back-end that has no exchange takes it for a command.
TEST(Frm05, AMessageThatWentAstrayIsAnotherMatter) {
  const string astray =
      "pop3\nS0: +OK hello\nC0: AUTH NTLM\nS0: +\nC0: STAT\n! lease s0 k0\nB0: +OK be\n";
  expect_unjudged("FRM-05", astray + "F0: STAT\n");
  expect("FRM-05", broken, astray + "F0: LIST\n");
}

TEST(Frm05, WhatFollowsTheLoginIsTheClients) {
  const string accepted = string(plain) + "F0: f LOGIN alice sesame\nB0: f OK in\n";
  expect_unjudged("FRM-05", accepted + "F0: g SELECT INBOX\nS0: a OK in\n");
  expect_unjudged("FRM-05", accepted + "S0: a OK in\nC0: b LOGIN bob x\nF0: g SELECT INBOX\n");
}

}  // namespace
}  // namespace sallyport::properties
