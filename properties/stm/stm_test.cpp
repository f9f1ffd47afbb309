// The table of legal commands, and the edges of STM-01.
#include <algorithm>
#include <array>

#include "properties/judging_for_test.hpp"
#include "properties/stm/states.hpp"

namespace sallyport::properties {
namespace {

using std::string;

constexpr std::string_view table = R"(imap CAPABILITY not-authenticated authenticated selected
imap NOOP not-authenticated authenticated selected
imap LOGOUT not-authenticated authenticated selected
imap ID not-authenticated authenticated selected
imap STARTTLS not-authenticated
imap AUTHENTICATE not-authenticated
imap LOGIN not-authenticated
imap SELECT authenticated selected
imap EXAMINE authenticated selected
imap CREATE authenticated selected
imap DELETE authenticated selected
imap RENAME authenticated selected
imap SUBSCRIBE authenticated selected
imap UNSUBSCRIBE authenticated selected
imap LIST authenticated selected
imap LSUB authenticated selected
imap STATUS authenticated selected
imap APPEND authenticated selected
imap NAMESPACE authenticated selected
imap ENABLE authenticated selected
imap IDLE authenticated selected
imap CHECK selected
imap CLOSE selected
imap UNSELECT selected
imap EXPUNGE selected
imap SEARCH selected
imap FETCH selected
imap STORE selected
imap COPY selected
imap MOVE selected
imap UID selected
pop3 CAPA authorization transaction
pop3 QUIT authorization transaction
pop3 USER authorization
pop3 PASS authorization
pop3 APOP authorization
pop3 AUTH authorization
pop3 STLS authorization
pop3 STAT transaction
pop3 LIST transaction
pop3 RETR transaction
pop3 DELE transaction
pop3 NOOP transaction
pop3 RSET transaction
pop3 TOP transaction
pop3 UIDL transaction
)";

TEST(States, TheTableReadsSo) {
  constexpr std::array<std::string_view, 5> names{"not-authenticated", "authenticated", "selected",
                                                  "authorization", "transaction"};
  string printed;
  for (const LegalCommand& legal : legal_commands) {
    printed.append(trace::name(legal.protocol)).append(" ").append(trace::name(legal.verb));
    legal.states.each(
        [&](SessionState s) { printed.append(" ").append(names[static_cast<std::size_t>(s)]); });
    printed += '\n';
  }
  EXPECT_EQ(printed, table);
}

// Every verb of the vocabulary has its row, so that a new one isn't forgotten.
TEST(States, EveryVerbIsInTheTable) {
  for (auto v = static_cast<int>(trace::Verb::unknown) + 1;
       v <= static_cast<int>(trace::Verb::quit); ++v) {
    const auto verb = static_cast<trace::Verb>(v);
    EXPECT_NE(std::ranges::find(legal_commands, verb, &LegalCommand::verb), legal_commands.end())
        << trace::name(verb);
  }
}

constexpr std::string_view took_effect =
    "a command takes effect in a state in which it is not legal";
constexpr std::string_view selected =
    "imap\nS0: * PREAUTH hello\nC0: a SELECT INBOX\nS0: a OK selected\n";

string behind_selection(std::string_view lines) { return string(selected).append(lines); }

TEST(Stm01, ASelectionThatIsRefusedLeavesNoneSelected) {
  expect(
      "STM-01", took_effect,
      behind_selection("C0: b SELECT none\nS0: b NO none\nC0: c FETCH 1 FLAGS\nS0: c OK done\n"));
  expect_unjudged("STM-01",
                  behind_selection("C0: b SELECT\nS0: b BAD what\nC0: c CLOSE\nS0: c OK x\n"
                                   "C0: d SELECT INBOX\nS0: d OK selected\n"));
}

TEST(Stm01, CloseAndUnselectLeaveTheMailbox) {
  for (const char* const verb : {"CLOSE", "UNSELECT"}) {
    expect("STM-01", took_effect,
           behind_selection(string("C0: b ") + verb +
                            "\nS0: b OK done\nC0: c FETCH 1 FLAGS\nS0: c OK done\n"));
    expect("STM-01", holds,
           behind_selection(string("C0: b ") + verb +
                            "\nS0: b OK done\nC0: c FETCH 1 FLAGS\nS0: c BAD none\n"));
    expect_unjudged("STM-01",
                    behind_selection(string("C0: b ") + verb +
                                     "\nS0: b NO not now\nC0: c FETCH 1 FLAGS\nS0: c OK done\n"));
  }
}

TEST(Stm01, StartTlsAndLoginComeBeforeAuthentication) {
  for (const char* const command : {"STARTTLS", "LOGIN bob swordfish"}) {
    expect("STM-01", took_effect,
           behind_selection(string("C0: b ") + command + "\nS0: b OK done\n"));
    expect("STM-01", holds, behind_selection(string("C0: b ") + command + "\nS0: b BAD no\n"));
  }
}

TEST(Stm01, PreauthIsBehindLogin) {
  constexpr std::string_view preauth = "imap\nS0: * PREAUTH hello\n";
  expect("STM-01", took_effect, string(preauth) + "C0: a STARTTLS\nS0: a OK begin\n");
  expect("STM-01", took_effect, string(preauth) + "C0: a FETCH 1 FLAGS\nS0: a OK done\n");
  expect_unjudged("STM-01", string(preauth) + "C0: a LIST \"\" *\nS0: a OK done\n");
}

TEST(Stm01, AnyStateTakesThese) {
  for (const char* const command : {"CAPABILITY", "NOOP", "ID NIL", "LOGOUT"}) {
    const string lines = string("C0: b ") + command + "\nS0: b OK done\n";
    expect_unjudged("STM-01", behind_selection(lines));
    expect_unjudged("STM-01", "imap\nS0: * OK hello\n" + lines);
  }
}

TEST(Stm01, VerbsOfNoTableAreNotJudged) {
  expect_unjudged("STM-01", "imap\nS0: * OK hello\nC0: a XMAGIC\nS0: a OK done\n");
  expect_unjudged("STM-01", "imap\nS0: * OK hello\nC0: a STAT\nS0: a OK done\n");
}

TEST(Stm01, ARefusalChangesNoState) {
  expect("STM-01", took_effect,
         "imap\nS0: * OK hello\nC0: a LOGIN alice wrong\nS0: a NO no\nC0: b LIST \"\" *\nS0: b OK "
         "x\n");
  expect("STM-01", took_effect,
         "pop3\nS0: +OK hello\nC0: USER alice\nS0: +OK\nC0: PASS wrong\nS0: -ERR no\n"
         "C0: STAT\nS0: +OK 3 900\n");
}

// CLOSE took effect before login, it was said. That makes nobody logged in.
TEST(Stm01, AClosedMailboxIsNoLogin) {
  const Tally tally =
      tally_of("STM-01", events_of_transcript("imap\nS0: * OK hello\nC0: a CLOSE\nS0: a OK closed\n"
                                              "C0: b LOGIN alice sesame\nS0: b OK in\n"));
  EXPECT_EQ(tally.violations, 1U);
}

TEST(Stm01, SaysNothingOfASessionWhoseBeginningItMissed) {
  expect("STM-01", holds, "imap\nS0: * OK hello\nC0: a SELECT INBOX\nS0: a BAD no\n");
  const Tally tally =
      tally_of("STM-01", events_of_text("client s0 imap command verb=FETCH command=0 tag=a\n"
                                        "client s0 imap completion verb=FETCH status=OK command=0 "
                                        "from-server\n"));
  EXPECT_EQ(tally.exercised, 0U);
}

TEST(Stm01, ALoginTellsTheStateEvenThen) {
  const Tally tally = tally_of(
      "STM-01",
      events_of_text("client s0 imap completion verb=LOGIN status=OK command=0 from-server\n"
                     "client s0 imap completion verb=FETCH status=OK command=0 from-server\n"));
  EXPECT_EQ(tally.detail, took_effect);
}

TEST(Stm01, SaysNothingBehindBye) {
  expect_unjudged(
      "STM-01",
      "imap\nS0: * OK hello\nC0: a NOOP\nS0: * BYE gone\nC0: b LIST \"\" *\nS0: b OK x\n");
}

TEST(Stm01, Pop3NoopBelongsToTransaction) {
  expect("STM-01", took_effect, "pop3\nS0: +OK hello\nC0: NOOP\nS0: +OK\n");
  expect_unjudged("STM-01",
                  "pop3\nS0: +OK hello\nC0: APOP alice c4c9\nS0: +OK in\nC0: NOOP\nS0: +OK\n");
}

TEST(Stm01, Pop3MechanismsLogInToo) {
  constexpr std::string_view in =
      "pop3\nS0: +OK hello\nC0: AUTH PLAIN AGFsaWNlAHNlc2FtZQ==\nS0: +OK in\n";
  expect_unjudged("STM-01", string(in) + "C0: STAT\nS0: +OK 3 900\n");
  expect("STM-01", took_effect, string(in) + "C0: STLS\nS0: +OK begin\n");
}

// STM-02.

constexpr std::string_view refused_too = "behind a refused command a legal one is refused";
constexpr std::string_view behind_refusal =
    "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\nS0: a OK in\nC0: b FETCH 1 FLAGS\n"
    "S0: b BAD no mailbox\n";

string then_refused(std::string_view lines) { return string(behind_refusal).append(lines); }

TEST(Stm02, OnlyWhatHasNoFaultOfItsOwnHasToWork) {
  expect("STM-02", refused_too, then_refused("C0: c NOOP\nS0: c BAD what\n! quiescent\n"));
  expect_unjudged("STM-02", then_refused("C0: c NOOP x\nS0: c BAD what\n! quiescent\n"));
  expect_unjudged("STM-02", then_refused("C0: c SELECT none\nS0: c BAD what\n! quiescent\n"));
  expect_unjudged("STM-02", then_refused("C0: c SELECT INBOX\nS0: c NO busy\n! quiescent\n"));
}

TEST(Stm02, WhatWorkedOnceIsSettled) {
  expect("STM-02", holds,
         then_refused("C0: c NOOP\nS0: c OK done\nC0: d NOOP\nS0: d BAD what\n! quiescent\n"));
}

TEST(Stm02, AFarewellIsNoRefusal) {
  expect_unjudged("STM-02", then_refused("C0: c NOOP\nS0: c BAD bye\nS0: * BYE\n! quiescent\n"));
  expect_unjudged("STM-02",
                  then_refused("C0: c NOOP\nS0: c BAD x\n! close s0 server\n! quiescent\n"));
}

TEST(Stm02, ALoginThatSucceedsOwesNothingToAnEarlierOne) {
  const Tally tally = tally_of(
      "STM-02", events_of_transcript(
                    "imap\nS0: * OK hello\nC0: a LOGIN alice wrong\nS0: a NO no\n"
                    "C0: b LOGIN alice sesame\nS0: b OK in\nC0: c FETCH 1 FLAGS\nS0: c OK x\n"));
  EXPECT_EQ(tally.exercised, 0U) << "FETCH without a mailbox is STM-01's";
}

TEST(Stm02, ASelectionThatWasRefusedSelectsNothing) {
  expect("STM-02", "what was refused has taken effect",
         "imap\nS0: * PREAUTH hello\nC0: a SELECT INBOX\nS0: a NO no\nC0: b FETCH 1 FLAGS\n"
         "S0: b OK x\n");
}

// STM-05.

TEST(Stm05, CapaMayBeUnknown) {
  constexpr std::string_view cancelled = "C0: AUTH PLAIN\nS0: +\nC0: *\nS0: -ERR cancelled\n";
  constexpr std::string_view asks = "C0: CAPA\nS0: -ERR unknown\n! quiescent\n";
  expect_unjudged("STM-05", "pop3\nS0: +OK hello\n" + string(cancelled).append(asks));
  expect("STM-05", "the line behind an authentication is not read as a command",
         "pop3\nS0: +OK hello\nC0: CAPA\nS0: +OK\nS0: SASL PLAIN\nS0: .\n" +
             string(cancelled).append(asks));
}

TEST(Stm05, NoAnswerIsNoReading) {
  expect("STM-05", "the line behind an authentication is not read as a command",
         "imap\nS0: * OK hello\nC0: a LOGIN alice wrong\nS0: a NO no\nC0: b NOOP\n"
         "S0: * BAD invalid base64\n! quiescent\n");
}

// Its NOOP goes to a back-end, which may be slow.
TEST(Stm05, ASessionThatIsLoggedInIsNotJudged) {
  expect_unjudged("STM-05",
                  "imap\nS0: * OK hello\nC0: a LOGIN alice sesame\nS0: a OK in\n"
                  "C0: b LOGIN bob x\nS0: b BAD already\nC0: c NOOP\n! quiescent\n");
}

TEST(Stm05, OnlyTheFirstLineCounts) {
  expect_unjudged("STM-05",
                  "imap\nS0: * OK hello\nC0: a LOGIN alice wrong\nS0: a NO no\nC0: b XMAGIC\n"
                  "S0: b BAD what\nC0: c NOOP\nS0: c BAD what\n! quiescent\n");
}

TEST(Stm05, PassNeedsAUserSinceTls) {
  constexpr std::string_view named =
      "pop3\nS0: +OK hello\nC0: USER alice\nS0: +OK\nC0: STLS\nS0: +OK begin\n! tls s0\n";
  expect("STM-05", "PASS is accepted for a name that had been given before",
         string(named) + "C0: PASS sesame\nS0: +OK in\n");
  expect_unjudged("STM-05",
                  string(named) + "C0: USER alice\nS0: +OK\nC0: PASS sesame\nS0: +OK in\n");
}

// STM-06.

constexpr std::string_view turned_away =
    "imap\nB1: * OK be\nF1: f1 LOGIN alice sesame\nB1: f1 OK in\nS0: * OK hello\n"
    "C0: a LOGIN alice sesame\n! lease s0 k0\nB0: * BYE full\n! close k0 back-end\n";

TEST(Stm06, APooledConnectionThatIsLoggedInDoes) {
  expect("STM-06", holds,
         string(turned_away) + "! release s0 k0\n! lease s0 k1\nS0: a OK logged in\n");
  expect("STM-06", "a back-end's greeting logs a client in",
         string(turned_away) + "S0: a OK logged in\n");
}

TEST(Stm06, AGreetingFromBeforeTheLeaseCounts) {
  expect(
      "STM-06", "a back-end's greeting logs a client in",
      "imap\nB0: * PREAUTH be\nS0: * OK hello\nC0: a LOGIN alice x\n! lease s0 k0\nS0: a OK in\n");
}

// nginx ends its connection and hands on what came, in this order and at once.
TEST(Stm06, AGreetingMayComeBehindTheEndOfItsConnection) {
  constexpr std::string_view gone =
      "imap\nS0: * OK hello\nC0: a LOGIN alice x\nB0: * PREAUTH be\n! close k0 front-end\n";
  expect("STM-06", "a client is greeted as the front-end was", string(gone) + "S0: * PREAUTH be\n");
  expect_unjudged("STM-06", string(gone) + "S0: a NO later\nS0: * PREAUTH be\n");
}

TEST(Stm06, NobodyIsConcernedWithoutALease) {
  expect_unjudged("STM-06",
                  "imap\nB0: * PREAUTH be\nS0: * OK hello\nC0: a LOGIN alice x\nS0: a OK in\n");
}

}  // namespace
}  // namespace sallyport::properties
