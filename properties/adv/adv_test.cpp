// The edges of the properties about lists, beyond what their pages show.
#include "properties/judging_for_test.hpp"

namespace sallyport::properties {
namespace {

using std::string;

constexpr std::string_view begun = "a mechanism that isn't offered is begun";
constexpr std::string_view accepted = "a mechanism that isn't offered is accepted";
constexpr std::string_view refused = "a valid user is refused by a way that is offered";
constexpr std::string_view hung_up = "the server hangs up on a valid user";

TEST(Adv01, JudgesTheGreetingAndTheCodeBehindALogin) {
  expect("ADV-01", "a list offers NTLM", "imap\nS0: * OK [CAPABILITY IMAP4rev1 auth=ntlm] hello\n");
  expect("ADV-01", "a list offers GSS-SPNEGO, by which NTLM can be selected",
         "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\n"
         "S0: a OK [CAPABILITY IMAP4rev1 AUTH=GSS-SPNEGO] logged in\n");
}

TEST(Adv01, LeavesBackEndsAlone) {
  expect_unjudged("ADV-01", "imap\nB0: * OK [CAPABILITY IMAP4rev1 AUTH=NTLM] hello\n");
}

TEST(Adv02, IsUndecidedBeforeAnyList) {
  expect_unjudged("ADV-02", "imap\nS0: * OK hello\nC0: a AUTHENTICATE NTLM\nS0: +\n");
}

TEST(Adv02, KnowsTheOfferInAnyCase) {
  expect_unjudged("ADV-02",
                  "imap\nS0: * OK [CAPABILITY IMAP4rev1 AUTH=plain] hello\n"
                  "C0: a authenticate Plain\nS0: +\n");
}

TEST(Adv02, AnAcceptanceWithoutAChallengeIsAStartToo) {
  expect("ADV-02", accepted,
         "imap\nS0: * OK [CAPABILITY IMAP4rev1] hello\n"
         "C0: a AUTHENTICATE PLAIN AGFsaWNlAHNlc2FtZQ==\nS0: a OK logged in\n");
}

// A bare LF breaks the grammar. A server that takes it for a line has begun all the same.
TEST(Adv02, ALineThatIsMalformedMayBeStartedToo) {
  expect("ADV-02", begun,
         "imap\nS0: * OK [CAPABILITY IMAP4rev1] hello\nC0: a AUTHENTICATE NTLM\\n\\\nS0: +\n");
}

TEST(Adv02, JudgesAnExchangeOnce) {
  const Tally tally =
      tally_of("ADV-02", events_of_transcript("imap\nS0: * OK [CAPABILITY IMAP4rev1] hello\n"
                                              "C0: a AUTHENTICATE CRAM-MD5\nS0: + PDEuMkBmZT4=\n"
                                              "C0: YWxpY2UgNWM3ZDNh\nS0: + PDEuMkBmZT4=\n"
                                              "C0: YWxpY2UgNWM3ZDNh\nS0: a OK logged in\n"));
  EXPECT_EQ(tally.detail, begun);
  EXPECT_EQ(tally.exercised, 1U);
}

TEST(Adv02, ForgetsListsWhenTlsBegins) {
  const string before =
      "imap\nS0: * OK [CAPABILITY IMAP4rev1 STARTTLS] hello\n"
      "C0: a STARTTLS\nS0: a OK begin\n! tls s0\n";
  expect_unjudged("ADV-02", before + "C0: b AUTHENTICATE PLAIN\nS0: +\n");
  expect("ADV-02", begun,
         before +
             "C0: b CAPABILITY\nS0: * CAPABILITY IMAP4rev1\nS0: b OK done\n"
             "C0: c AUTHENTICATE PLAIN\nS0: +\n");
}

TEST(Adv02, NamesInNoTableLookAlike) {
  expect_unjudged("ADV-02",
                  "imap\nS0: * OK [CAPABILITY IMAP4rev1 AUTH=X-ONE] hello\n"
                  "C0: a AUTHENTICATE X-TWO\nS0: +\n");
  expect("ADV-02", begun,
         "imap\nS0: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\n"
         "C0: a AUTHENTICATE X-TWO\nS0: +\n");
}

// A client that asks and logs in with one write knows the list no later than the answer.
TEST(Adv02, AListBetweenCommandAndAnswerCounts) {
  expect_unjudged("ADV-02",
                  "imap\nS0: * OK [CAPABILITY IMAP4rev1] hello\n"
                  "C0: a CAPABILITY\nC0: b AUTHENTICATE PLAIN\n"
                  "S0: * CAPABILITY IMAP4rev1 AUTH=PLAIN\nS0: a OK done\nS0: b NO not now\n");
}

TEST(Adv02, Pop3NeedsBothAnswers) {
  const string capa = "pop3\nS0: +OK hello\nC0: CAPA\nS0: +OK\nS0: SASL PLAIN\nS0: .\n";
  const string listed = "C0: AUTH\nS0: +OK\nS0: CRAM-MD5\nS0: .\n";
  expect_unjudged("ADV-02", capa + "C0: AUTH CRAM-MD5\nS0: + PDEuMkBmZT4=\n");
  expect_unjudged("ADV-02", capa + listed + "C0: AUTH CRAM-MD5\nS0: + PDEuMkBmZT4=\n");
  expect_unjudged("ADV-02", capa + "C0: AUTH PLAIN\nS0: -ERR no\nC0: AUTH NTLM\nS0: +\n");
  expect("ADV-02", holds, capa + listed + "C0: AUTH NTLM\nS0: -ERR no\n");
  expect("ADV-02", begun, capa + listed + "C0: AUTH NTLM\nS0: +\n");
}

TEST(Adv03, LoginIsCoreImapUnlessAListSaysOtherwise) {
  constexpr std::string_view attempt =
      "! attempt s0 valid\nC0: a LOGIN alice sesame\nS0: a NO no\n";
  expect("ADV-03", refused, string("imap\nS0: * OK hello\n").append(attempt));
  expect_unjudged(
      "ADV-03",
      string("imap\nS0: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hello\n").append(attempt));
  expect("ADV-03", refused,
         string("imap\nS0: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hello\n"
                "C0: s STARTTLS\nS0: s OK begin\n! tls s0\n")
             .append(attempt));
}

TEST(Adv03, UserIsAnOptionOfPop3) {
  constexpr std::string_view user = "! attempt s0 valid\nC0: USER alice\nS0: -ERR no\n";
  constexpr std::string_view pass =
      "! attempt s0 valid\nC0: USER alice\nS0: +OK\nC0: PASS sesame\nS0: -ERR no\n";
  const string greeting = "pop3\nS0: +OK hello\n";
  const string capa_refused = greeting + "C0: CAPA\nS0: -ERR what\n";
  const string with_user = greeting + "C0: CAPA\nS0: +OK\nS0: USER\nS0: .\n";
  const string without_user = greeting + "C0: CAPA\nS0: +OK\nS0: TOP\nS0: .\n";
  expect_unjudged("ADV-03", greeting + string(user));
  expect_unjudged("ADV-03", capa_refused + string(user));
  expect("ADV-03", refused, with_user + string(user));
  expect_unjudged("ADV-03", without_user + string(user));
  expect("ADV-03", refused, greeting + string(pass));
  expect("ADV-03", refused, capa_refused + string(pass));
  expect_unjudged("ADV-03", without_user + string(pass));
}

TEST(Adv03, WhatIsNotOfferedMayBeRefused) {
  expect_unjudged("ADV-03",
                  "imap\nS0: * OK [CAPABILITY IMAP4rev1] hello\n"
                  "! attempt s0 mechanism=PLAIN valid\nC0: a AUTHENTICATE PLAIN\nS0: a NO no\n");
}

// The offer is what the client saw before it tried: the list in the answer is for the time behind.
TEST(Adv03, TheOfferIsTakenAtTheAttempt) {
  expect("ADV-03", refused,
         "imap\nS0: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\n"
         "! attempt s0 mechanism=PLAIN valid\nC0: a AUTHENTICATE PLAIN\n"
         "S0: * CAPABILITY IMAP4rev1\nS0: a NO no\n");
}

TEST(Adv03, ASecondLoginIsRightlyRefused) {
  expect_unjudged("ADV-03",
                  "imap\nS0: * PREAUTH hello\n"
                  "! attempt s0 valid\nC0: a LOGIN alice sesame\nS0: a BAD already\n");
}

TEST(Adv03, FailuresExcuseTheAttemptsTheyMayConcern) {
  const string before = "imap\nS0: * OK hello\n! attempt s0 valid\nC0: a LOGIN alice sesame\n";
  constexpr std::string_view after = "S0: a NO no\n";
  expect_unjudged("ADV-03", before + "! failure s0\n" + string(after));
  expect_unjudged("ADV-03", before + "! failure k3\n" + string(after));
  expect_unjudged("ADV-03", before + "! failure\n" + string(after));
  expect("ADV-03", refused, before + "! failure s1\n" + string(after));
  expect("ADV-03", refused,
         "imap\nS0: * OK hello\n! failure\n! attempt s0 valid\n"
         "C0: a LOGIN alice sesame\nS0: a NO no\n");
}

TEST(Adv03, AClientThatLeavesIsNotJudged) {
  const string before = "imap\nS0: * OK hello\n! attempt s0 valid\nC0: a LOGIN alice sesame\n";
  expect_unjudged("ADV-03", before + "! close s0 client\n");
  expect("ADV-03", hung_up, before + "! close s0 server\n");
  expect("ADV-03", hung_up,
         "pop3\nS0: +OK hello\n! attempt s0 valid\nC0: USER alice\nS0: +OK\n"
         "! close s0 server\n");
  expect_unjudged("ADV-03", "imap\nS0: * OK hello\n! attempt s0 valid\n! close s0 server\n");
}

TEST(Adv03, ByeIsHangingUp) {
  expect("ADV-03", hung_up,
         "imap\nS0: * OK hello\n! attempt s0 valid\nC0: a LOGIN alice sesame\nS0: * BYE no\n");
}

TEST(Adv03, AnAttemptIsForItsTimeBeforeOrUnderTls) {
  expect_unjudged("ADV-03",
                  "imap\nS0: * OK hello\n! attempt s0 valid\n! tls s0\n"
                  "C0: a LOGIN alice sesame\nS0: a NO no\n");
}

TEST(Adv03, GivesUpWhereTheClientIsToBlame) {
  const string offer = "imap\nS0: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\n";
  const string attempt = offer + "! attempt s0 mechanism=PLAIN valid\n";
  expect_unjudged("ADV-03", attempt + "C0: a AUTHENTICATE PLAIN\nS0: +\nC0: !!\nS0: a BAD no\n");
  expect_unjudged("ADV-03", attempt +
                                "C0: a NOOP\nC0: b AUTHENTICATE PLAIN\nS0: a OK done\n"
                                "S0: b NO no\n");
  expect_unjudged("ADV-03", attempt + "C0: (\nC0: b AUTHENTICATE PLAIN\nS0: b NO no\n");
  expect_unjudged("ADV-03", attempt + "C0: a AUTHENTICATE CRAM-MD5\nS0: a NO no\n");
  expect_unjudged("ADV-03", attempt +
                                "C0: a AUTHENTICATE PLAIN\nS0: +\n! attempt s0\n"
                                "C0: AGFsaWNlAHdyb25n\nS0: a NO no\n");
}

TEST(Adv03, AnotherCommandsRefusalIsNoneOfTheAttempt) {
  expect("ADV-03", holds,
         "imap\nS0: * OK hello\n! attempt s0 valid\nC0: a LOGIN alice sesame\nC0: b SELECT x\n"
         "S0: b NO no\nS0: a OK logged in\n");
}

constexpr std::string_view copied = "a list shows a mechanism that only a back-end offers";

TEST(Adv06, SaysNothingWithoutAPolicy) {
  expect_unjudged("ADV-06",
                  "imap\nB0: * OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] be\n"
                  "S0: * OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] hello\n");
}

TEST(Adv06, IsExercisedOnlyByWhatCouldBeCopied) {
  expect_unjudged("ADV-06",
                  "imap\n! policy mechanisms=PLAIN\nB0: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] be\n"
                  "S0: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\n");
}

// STARTTLS leaves the front-end's own list under TLS. If a back-end's brings it back, it is copied.
TEST(Adv06, APolicyOfASessionReplacesTheGeneralOne) {
  const string before =
      "imap\n! policy mechanisms=PLAIN capabilities=STARTTLS\n"
      "B0: * OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=CRAM-MD5] be\n"
      "S0: * OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] hello\n"
      "C0: a STARTTLS\nS0: a OK begin\n! tls s0\n! policy s0 mechanisms=PLAIN,LOGIN\n"
      "C0: b CAPABILITY\n";
  expect("ADV-06", holds, before + "S0: * CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN\n");
  expect("ADV-06", "a list shows STARTTLS or LOGINDISABLED as a back-end does",
         before + "S0: * CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\n");
  expect("ADV-06", holds,
         before + "! close s0 client\nS0: * OK [CAPABILITY IMAP4rev1 STARTTLS] hi\n");
}

// What is the front-end's own there is not known before it is said.
TEST(Adv06, TheGeneralPolicyIsNotThatUnderTls) {
  const string before =
      "imap\n! policy mechanisms=CRAM-MD5 capabilities=STARTTLS\n"
      "B0: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] be\nS0: * OK hello\n";
  const string shown = "C0: b CAPABILITY\nS0: * CAPABILITY IMAP4rev1 AUTH=PLAIN\n";
  expect("ADV-06", copied, before + shown);
  expect_unjudged("ADV-06", before + "C0: a STARTTLS\nS0: a OK begin\n! tls s0\n" + shown);
}

TEST(Adv06, AGeneralPolicyReplacesAll) {
  expect("ADV-06", copied,
         "imap\n! policy s0 mechanisms=CRAM-MD5\n! policy mechanisms=PLAIN\n"
         "B0: * OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] be\n"
         "S0: * OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] hello\n");
}

TEST(Adv06, ThePolicyOfASessionThatIsNotWatchedIsNobodyElses) {
  expect_unjudged("ADV-06",
                  "imap\n! policy s9 mechanisms=PLAIN\n"
                  "B0: * OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] be\n"
                  "S0: * OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5] hello\n");
}

TEST(Adv06, WhatIsInNoTableIsNotCopied) {
  expect_unjudged("ADV-06",
                  "imap\n! policy mechanisms=PLAIN\nB0: * OK [CAPABILITY IMAP4rev1 AUTH=X-ONE] be\n"
                  "S0: * OK [CAPABILITY IMAP4rev1 AUTH=X-TWO] hello\n");
}

TEST(Adv03, IdIsJudgedInTheFormThatNobodyMayRefuse) {
  const string offer = "imap\nS0: * OK [CAPABILITY IMAP4rev1 ID] hello\n";
  expect("ADV-03", holds, offer + "C0: a ID NIL\nS0: * ID NIL\nS0: a OK done\n");
  expect("ADV-03", "ID is offered and refused", offer + "C0: a ID NIL\nS0: a NO not now\n");
  expect_unjudged("ADV-03", offer + "C0: a ID (\"name\")\nS0: a BAD value expected\n");
  expect_unjudged("ADV-03", offer + "C0: a ID NIL\n! failure s0\nS0: a NO not now\n");
  expect_unjudged("ADV-03", "imap\nS0: * OK hello\nC0: a ID NIL\nS0: a BAD what\n");
}

constexpr std::string_view bound =
    "a list offers what is bound to a connection, a nonce or a channel";

TEST(Adv04, PinningServesWhatIsBoundToAConnectionOnly) {
  const string pinned = "imap\n! policy mechanisms=PLAIN rules=pinned\n";
  expect("ADV-04", holds, pinned + "S0: * OK [CAPABILITY IMAP4rev1 AUTH=NTLM AUTH=GSSAPI] hi\n");
  expect("ADV-04", bound, pinned + "S0: * OK [CAPABILITY IMAP4rev1 AUTH=EXTERNAL] hi\n");
  expect("ADV-04", bound, pinned + "S0: * OK [CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256-PLUS] hi\n");
}

TEST(Adv04, APolicyOfASessionReplacesTheGeneralOne) {
  const string before =
      "imap\n! policy mechanisms=PLAIN\nS0: * OK hello\nC0: a STARTTLS\nS0: a OK begin\n"
      "! tls s0\n! policy s0 mechanisms=EXTERNAL terminated=EXTERNAL\nC0: b CAPABILITY\n";
  constexpr std::string_view list = "S0: * CAPABILITY IMAP4rev1 AUTH=EXTERNAL\n";
  expect("ADV-04", holds, before + string(list));
  expect("ADV-04", bound,
         before + "! close s0 client\nS0: * OK [CAPABILITY IMAP4rev1 AUTH=EXTERNAL] hello\n");
}

TEST(Adv04, SaysNothingWithoutAPolicyOrOfWhatCanBeReplayed) {
  expect_unjudged("ADV-04", "imap\nS0: * OK [CAPABILITY IMAP4rev1 AUTH=NTLM] hello\n");
  expect_unjudged("ADV-04",
                  "imap\n! policy mechanisms=PLAIN\n"
                  "S0: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=X-ONE] hello\n");
}

constexpr std::string_view disagree =
    "two lists of one state say different things of how to log in";

TEST(Adv05, AListInTheOkIsThatOfTheTimeBehindIt) {
  const string before =
      "imap\nS0: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\nC0: a LOGIN alice sesame\n"
      "S0: a OK [CAPABILITY IMAP4rev1 LITERAL+] in\nC0: b CAPABILITY\n";
  expect("ADV-05", holds, before + "S0: * CAPABILITY IMAP4rev1 LITERAL+\n");
  expect("ADV-05", disagree, before + "S0: * CAPABILITY IMAP4rev1 AUTH=PLAIN\n");
}

// Some servers tell the new list untagged, right before the OK.
TEST(Adv05, AListDuringALoginThatFailsIsNobodys) {
  const string before =
      "imap\nS0: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\nC0: a LOGIN alice wrong\n"
      "S0: * CAPABILITY IMAP4rev1\nS0: a NO no\n";
  expect_unjudged("ADV-05", before);
  expect("ADV-05", holds, before + "C0: b CAPABILITY\nS0: * CAPABILITY IMAP4rev1 AUTH=PLAIN\n");
}

TEST(Adv05, OtherExtensionsMayComeAndGo) {
  expect("ADV-05", holds,
         "imap\nS0: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\nC0: a CAPABILITY\n"
         "S0: * CAPABILITY IMAP4rev1 IDLE UIDPLUS AUTH=X-ONE AUTH=PLAIN\n");
}

TEST(Adv05, ACapaWithoutSaslSaysNothingOfMechanisms) {
  const string capa = "pop3\nS0: +OK hello\nC0: CAPA\nS0: +OK\nS0: TOP\nS0: .\n";
  const string auth = "C0: AUTH\nS0: +OK\nS0: PLAIN\nS0: .\n";
  expect_unjudged("ADV-05", capa + auth);
  expect("ADV-05", holds, capa + auth + "C0: AUTH\nS0: +OK\nS0: PLAIN\nS0: .\n");
  expect("ADV-05", disagree, capa + auth + "C0: AUTH\nS0: +OK\nS0: LOGIN\nS0: .\n");
}

}  // namespace
}  // namespace sallyport::properties
