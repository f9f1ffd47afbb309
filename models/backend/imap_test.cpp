// RFC 3501's commands and states, as this server has them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/session_for_test.hpp"

namespace sallyport::backend {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct ImapSession : Session {
  explicit ImapSession(const Directory& directory = example_directory())
      : Session(trace::Protocol::imap, directory) {}
};

ImapSession alice() {
  ImapSession session;
  EXPECT_THAT(session.say("l LOGIN alice wonderland"), StartsWith("l OK "));
  return session;
}
ImapSession alice_in_inbox() {
  ImapSession session = alice();
  EXPECT_THAT(session.say("s SELECT INBOX"), HasSubstr("s OK "));
  return session;
}

TEST(Imap, AdvertisesNtlmBeforeAndAfterLogIn) {
  ImapSession session;
  EXPECT_EQ(session.greeting,
            "* OK [CAPABILITY IMAP4rev1 SASL-IR UNSELECT LITERAL+ AUTH=NTLM AUTH=PLAIN "
            "AUTH=CRAM-MD5 AUTH=OAUTHBEARER AUTH=XOAUTH2] be1.example ready\r\n");
  const std::string list =
      "* CAPABILITY IMAP4rev1 SASL-IR UNSELECT LITERAL+ AUTH=NTLM AUTH=PLAIN AUTH=CRAM-MD5 "
      "AUTH=OAUTHBEARER AUTH=XOAUTH2\r\n"
      "c OK CAPABILITY completed\r\n";
  EXPECT_EQ(session.say("c CAPABILITY"), list);
  EXPECT_THAT(session.say("l LOGIN alice wonderland"), HasSubstr("[CAPABILITY IMAP4rev1 SASL-IR "
                                                                 "UNSELECT LITERAL+ AUTH=NTLM "));
  EXPECT_EQ(session.say("c CAPABILITY"), list);
}

TEST(Imap, OffersWhatTheDirectorySays) {
  Directory directory = example_directory();
  directory.mechanisms = trace::MechanismSet{trace::Mechanism::plain, trace::Mechanism::login,
                                             trace::Mechanism::gssapi};
  ImapSession session(directory);
  EXPECT_THAT(session.greeting, HasSubstr(" AUTH=PLAIN AUTH=LOGIN]"));
  EXPECT_THAT(session.say("a AUTHENTICATE NTLM"), StartsWith("a NO "));
  EXPECT_THAT(session.say("a AUTHENTICATE GSSAPI"), StartsWith("a NO "));
}

// Rows: commands. Columns: not authenticated, authenticated, selected. O is OK, N is NO, B is BAD,
// + is a continuation. One table, so that a change of the rules is seen as one.
TEST(Imap, AllowsEachCommandInItsStates) {
  const std::string_view commands[] = {
      "CAPABILITY",
      "NOOP",
      "LOGOUT",
      "LOGIN bob builder",
      "AUTHENTICATE NTLM",
      "SELECT INBOX",
      "EXAMINE INBOX",
      "STATUS INBOX (MESSAGES)",
      "LIST \"\" *",
      "LSUB \"\" *",
      "CREATE x",
      "DELETE x",
      "RENAME x y",
      "SUBSCRIBE x",
      "UNSUBSCRIBE x",
      "APPEND INBOX {1+}\r\nx",
      "CHECK",
      "CLOSE",
      "UNSELECT",
      "EXPUNGE",
      "SEARCH ALL",
      "FETCH 1 FLAGS",
      "STORE 1 FLAGS ()",
      "COPY 1 INBOX",
      "UID FETCH 1 FLAGS",
      "STARTTLS",
      "IDLE",
      "XYZZY",
  };
  std::string table;
  for (const std::string_view command : commands) {
    for (ImapSession session : {ImapSession(), alice(), alice_in_inbox()}) {
      const std::string answer = "\r\n" + session.say("t " + std::string(command));
      const std::size_t at = answer.find("\r\nt ");
      table += at == std::string::npos ? (answer.starts_with("\r\n+") ? '+' : '?') : answer[at + 4];
    }
    table.append(" ").append(command.substr(0, command.find(' '))).append("\n");
  }
  EXPECT_EQ(table,
            "OOO CAPABILITY\n"
            "OOO NOOP\n"
            "OOO LOGOUT\n"
            "OBB LOGIN\n"
            "+BB AUTHENTICATE\n"
            "BOO SELECT\n"
            "BOO EXAMINE\n"
            "BOO STATUS\n"
            "BOO LIST\n"
            "BOO LSUB\n"
            "BNN CREATE\n"
            "BNN DELETE\n"
            "BNN RENAME\n"
            "BNN SUBSCRIBE\n"
            "BNN UNSUBSCRIBE\n"
            "BNN APPEND\n"
            "BBO CHECK\n"
            "BBO CLOSE\n"
            "BBO UNSELECT\n"
            "BBN EXPUNGE\n"
            "BBO SEARCH\n"
            "BBO FETCH\n"
            "BBN STORE\n"
            "BBN COPY\n"
            "BBO UID\n"
            "BBB STARTTLS\n"
            "BBB IDLE\n"
            "BBB XYZZY\n");
}

TEST(Imap, TakesAstringsInAllThreeForms) {
  for (const std::string_view line :
       {"a LOGIN alice wonderland", "a login \"alice\" \"wonderland\"",
        "a LOGIN {5+}\r\nalice {10+}\r\nwonderland"}) {
    ImapSession session;
    EXPECT_THAT(session.say(line), StartsWith("a OK ")) << line;
  }
}

TEST(Imap, GrantsSynchronisingLiterals) {
  ImapSession session;
  EXPECT_EQ(session.say("a LOGIN {5}"), "+ go ahead\r\n");
  EXPECT_EQ(session.say("alice {10}"), "+ go ahead\r\n");
  EXPECT_THAT(session.say("wonderland"), StartsWith("a OK "));
}

TEST(Imap, RefusesUnknownUserAndWrongPasswordAlike) {
  ImapSession session;
  const std::string wrong = session.say("a LOGIN alice builder");
  EXPECT_EQ(wrong, "a NO [AUTHENTICATIONFAILED] invalid credentials\r\n");
  EXPECT_EQ(session.say("a LOGIN mallory builder"), wrong);
  EXPECT_EQ(session.say("a LOGIN alice \"\""), wrong);
  EXPECT_THAT(session.say("a LOGIN alice"), StartsWith("a BAD "));
  EXPECT_THAT(session.say("a LOGIN alice wonderland x"), StartsWith("a BAD "));
}

// RFC 3501 §6: there is no way back to the not authenticated state.
TEST(Imap, RefusesASecondLogIn) {
  ImapSession session = alice();
  EXPECT_THAT(session.say("a LOGIN alice wonderland"), StartsWith("a BAD "));
  EXPECT_THAT(session.say("a AUTHENTICATE PLAIN"), StartsWith("a BAD "));
}

// A blob that a front-end relays to a connection without its exchange; it isn't echoed.
TEST(Imap, AnswersALineOfOneWordWithoutTag) {
  ImapSession session;
  EXPECT_EQ(session.say("TlRMTVNTUAABAAAA"), "* BAD missing command\r\n");
  EXPECT_THAT(session.say("TlRMTVNTUAAB+A=="), StartsWith("* BAD "));
  EXPECT_THAT(session.say(""), StartsWith("* BAD "));
  EXPECT_THAT(session.say("a1 "), StartsWith("a1 BAD "));
}

TEST(Imap, SelectsInboxAndNothingElse) {
  ImapSession session = alice();
  EXPECT_EQ(session.say("s SELECT inbox"),
            "* FLAGS (\\Seen \\Deleted)\r\n"
            "* 2 EXISTS\r\n"
            "* 0 RECENT\r\n"
            "* OK [UIDVALIDITY 1] UIDs are for ever\r\n"
            "* OK [UIDNEXT 3] next\r\n"
            "* OK [PERMANENTFLAGS ()] nothing can be changed\r\n"
            "s OK [READ-ONLY] INBOX is selected\r\n");
  // A SELECT that fails leaves no mailbox selected (RFC 3501 §6.3.1).
  EXPECT_THAT(session.say("s SELECT Archive"), StartsWith("s NO "));
  EXPECT_THAT(session.say("f FETCH 1 FLAGS"), StartsWith("f BAD "));
}

TEST(Imap, FetchesMessagesAsLiterals) {
  ImapSession session = alice_in_inbox();
  const std::string& text = example_directory().accounts[0].messages[1];
  const std::string size = std::to_string(text.size());
  EXPECT_EQ(session.say("f FETCH 2 BODY[]"),
            "* 2 FETCH (BODY[] {" + size + "}\r\n" + text + ")\r\nf OK FETCH completed\r\n");
  EXPECT_EQ(session.say("f FETCH 2 (FLAGS RFC822.SIZE)"),
            "* 2 FETCH (FLAGS () RFC822.SIZE " + size + ")\r\nf OK FETCH completed\r\n");
  EXPECT_THAT(session.say("f FETCH 1 BODY.PEEK[HEADER]"),
              AllOf(HasSubstr("Late for the tea party\r\n"), EndsWith("\r\n\r\n)\r\n"
                                                                      "f OK FETCH completed\r\n")));
  EXPECT_THAT(session.say("f FETCH 1 BODY[TEXT]"), HasSubstr("{31}\r\nOh dear!"));
  EXPECT_THAT(session.say("f FETCH 1:* FAST"),
              AllOf(HasSubstr("* 1 FETCH (FLAGS () RFC822.SIZE "), HasSubstr("* 2 FETCH (FLAGS")));
  EXPECT_EQ(session.say("f UID FETCH *,7:9 FLAGS"),
            "* 2 FETCH (FLAGS () UID 2)\r\nf OK FETCH completed\r\n");
}

// What mutt shows an index of.
TEST(Imap, FetchesFieldsOfTheHeader) {
  ImapSession session = alice_in_inbox();
  const std::string answer =
      session.say("f FETCH 1 (UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT X-NONE)] RFC822.SIZE)");
  EXPECT_THAT(answer, StartsWith("* 1 FETCH (FLAGS () UID 1 RFC822.SIZE "));
  EXPECT_THAT(answer, HasSubstr(" BODY[HEADER.FIELDS (SUBJECT X-NONE)] {"));
  EXPECT_THAT(answer, HasSubstr("}\r\nSubject: Late for the tea party\r\n\r\n)\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("From:")));
  EXPECT_EQ(session.say("f FETCH 1 BODY[HEADER.FIELDS (X-NONE)]"),
            "* 1 FETCH (BODY[HEADER.FIELDS (X-NONE)] {2}\r\n\r\n)\r\nf OK FETCH completed\r\n");
  for (const char* arguments :
       {"1 BODY[HEADER.FIELDS ()]", "1 BODY[HEADER.FIELDS (SUBJECT)", "1 BODY[HEADER.FIELDS (A)]x",
        "1 FLAGS BODY[HEADER.FIELDS (A)]", "1 (FLAGSBODY[HEADER.FIELDS (A)])"}) {
    EXPECT_THAT(session.say("f FETCH " + std::string(arguments)), StartsWith("f BAD "))
        << arguments;
  }
}

TEST(Imap, RefusesFetchesThatMakeNoSense) {
  ImapSession session = alice_in_inbox();
  for (const std::string_view arguments :
       {"", " 1", " 0 FLAGS", " 3 FLAGS", " 1:3 FLAGS", " 1: FLAGS", " x FLAGS", " 1 ENVELOPE",
        " 1 FLAGS UID", " 1 (FLAGS", " 1 ()", " 99999999999 FLAGS", " 1,,2 FLAGS"}) {
    EXPECT_THAT(session.say("f FETCH" + std::string(arguments)), StartsWith("f BAD ")) << arguments;
  }
  EXPECT_THAT(session.say("f UID"), StartsWith("f BAD "));
  EXPECT_THAT(session.say("f UID NOOP"), StartsWith("f BAD "));
}

TEST(Imap, ListsAndCounts) {
  ImapSession session = alice();
  const std::string inbox = "* LIST () \"/\" INBOX\r\nx OK completed\r\n";
  EXPECT_EQ(session.say("x LIST \"\" *"), inbox);
  EXPECT_EQ(session.say("x LIST \"INBOX\" *"), inbox);  // as curl asks
  EXPECT_EQ(session.say("x LIST \"\" \"%\""), inbox);
  EXPECT_EQ(session.say("x LIST \"\" inbox"), inbox);
  EXPECT_EQ(session.say("x LIST \"\" Sent"), "x OK completed\r\n");
  EXPECT_EQ(session.say("x LIST \"\" \"\""),
            "* LIST (\\Noselect) \"/\" \"\"\r\nx OK completed\r\n");
  EXPECT_THAT(session.say("x LSUB \"\" *"), StartsWith("* LSUB () \"/\" INBOX\r\n"));
  EXPECT_THAT(session.say("x LIST \"\""), StartsWith("x BAD "));
  EXPECT_EQ(session.say("x STATUS INBOX (MESSAGES unseen UIDNEXT)"),
            "* STATUS INBOX (MESSAGES 2 UNSEEN 2 UIDNEXT 3)\r\nx OK STATUS completed\r\n");
  EXPECT_THAT(session.say("x STATUS Sent (MESSAGES)"), StartsWith("x NO "));
  EXPECT_THAT(session.say("x STATUS INBOX (SHOE)"), StartsWith("x BAD "));
  EXPECT_THAT(session.say("x STATUS INBOX ()"), StartsWith("x BAD "));
  EXPECT_THAT(session.say("x STATUS INBOX"), StartsWith("x BAD "));
}

TEST(Imap, Searches) {
  ImapSession session = alice_in_inbox();
  EXPECT_EQ(session.say("x SEARCH ALL"), "* SEARCH 1 2\r\nx OK SEARCH completed\r\n");
  EXPECT_THAT(session.say("x UID SEARCH ALL"), StartsWith("* SEARCH 1 2\r\n"));
  EXPECT_THAT(session.say("x SEARCH UNSEEN"), StartsWith("x NO "));
}

TEST(Imap, TakesAppendsLiteralAndRefusesIt) {
  ImapSession session = alice();
  EXPECT_EQ(session.say("x APPEND INBOX {12}"), "+ go ahead\r\n");
  EXPECT_THAT(session.say("a LOGOUT\r\n.."), StartsWith("x NO [CANNOT] "));
  EXPECT_FALSE(session.connection.closing());
}

TEST(Imap, SaysByeAndHangsUpAtLogout) {
  ImapSession session;
  EXPECT_EQ(session.say("x LOGOUT"), "* BYE signing off\r\nx OK LOGOUT completed\r\n");
  EXPECT_TRUE(session.connection.closing());
  EXPECT_EQ(session.say("x NOOP"), "");
}

TEST(Imap, GoesOnBehindABrokenCommand) {
  ImapSession session;
  EXPECT_THAT(session.send(std::string("a NO\0OP\r\nb NOOP\r\n", 17)), StartsWith("a BAD "));
  EXPECT_THAT(session.say("a LOGIN {99999}"), StartsWith("a BAD "));
  EXPECT_THAT(session.say("a LOGIN {99999+}"), "");
  EXPECT_THAT(session.send(std::string(99999, 'x') + "\r\nb NOOP\r\n"),
              AllOf(StartsWith("a BAD "), EndsWith("b OK completed\r\n")));
  EXPECT_THAT(session.send("a NOOP " + std::string(9000, 'x') + "\r\nb NOOP\r\n"),
              AllOf(StartsWith("a BAD "), EndsWith("b OK completed\r\n")));
}

// Where a front-end takes such a line for one command and the server for two, the second is
// smuggled.
TEST(Imap, TakesABareLineFeedForALineEndUnlessItIsStrict) {
  ImapSession lenient;
  EXPECT_EQ(lenient.send("a NOOP\nb NOOP\r\n"), "a OK completed\r\nb OK completed\r\n");
  Directory directory = example_directory();
  directory.bare_line_feeds = false;
  ImapSession strict(directory);
  EXPECT_THAT(strict.send("a NOOP\nb NOOP\r\n"),
              AllOf(StartsWith("a BAD "), EndsWith("b OK completed\r\n")));
}

TEST(Imap, TakesALiteralThatItDoesNotKnowForTheEndOfALine) {
  Directory directory = example_directory();
  directory.literal_plus = false;
  ImapSession session(directory);
  EXPECT_THAT(session.greeting, Not(HasSubstr("LITERAL+")));
  EXPECT_THAT(session.send("a LOGIN {5+}\r\nalice {10+}\r\nwonderland\r\n"), StartsWith("a BAD "))
      << "and the rest is read as commands";
  EXPECT_EQ(session.say("b LOGIN {5}"), "+ go ahead\r\n");
}

TEST(Imap, HangsUpWhereNoLimitHolds) {
  ImapSession endless;
  EXPECT_THAT(endless.send(std::string(200000, 'x')), StartsWith("* BYE "));
  EXPECT_TRUE(endless.connection.closing());
  ImapSession announced;
  EXPECT_EQ(announced.say("a LOGIN {1000000+}"), "");
  EXPECT_THAT(announced.send(std::string(200000, 'x')), StartsWith("* BYE "));
  ImapSession lost;
  EXPECT_THAT(lost.say("a LOGIN {99999999999999999999+}"), StartsWith("* BYE "));
  EXPECT_TRUE(lost.connection.closing());
}

// Removals of other sessions don't renumber a selected mailbox; the next SELECT finds them.
TEST(Imap, NumbersStayWhatTheyWereAtSelect) {
  ImapSession session = alice_in_inbox();
  session.store.removed = {1};
  EXPECT_THAT(session.say("f FETCH 1 UID"), StartsWith("* 1 FETCH (UID 1)"));
  EXPECT_THAT(session.say("x STATUS INBOX (MESSAGES)"), HasSubstr("MESSAGES 1"));
  EXPECT_THAT(session.say("s SELECT INBOX"), HasSubstr("* 1 EXISTS"));
  EXPECT_THAT(session.say("f FETCH 1 (UID BODY[])"),
              AllOf(StartsWith("* 1 FETCH (UID 2 "), HasSubstr("Croquet"), Not(HasSubstr("tea"))));
}

}  // namespace
}  // namespace sallyport::backend
