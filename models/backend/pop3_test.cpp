// RFC 1939's commands and states, as this server has them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/session_for_test.hpp"

namespace sallyport::backend {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

struct Pop3Session : Session {
  Pop3Session() : Session(trace::Protocol::pop3) {}
};

Pop3Session user(std::string_view name, std::string_view password) {
  Pop3Session session;
  EXPECT_EQ(session.say("USER " + std::string(name)), "+OK send PASS\r\n");
  EXPECT_EQ(session.say("PASS " + std::string(password)), "+OK logged in\r\n");
  return session;
}
Pop3Session alice() { return user("alice", "wonderland"); }
Pop3Session bob() { return user("bob", "builder"); }

TEST(Pop3, GreetsWithoutAnApopNonce) {
  EXPECT_EQ(Pop3Session().greeting, "+OK be1.example ready\r\n");
}

TEST(Pop3, AdvertisesNtlmInBothLists) {
  Pop3Session session;
  const std::string capa =
      "+OK capabilities follow\r\nSASL NTLM PLAIN CRAM-MD5 OAUTHBEARER XOAUTH2\r\nUSER\r\n"
      "TOP\r\nUIDL\r\nPIPELINING\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\n.\r\n";
  EXPECT_EQ(session.say("CAPA"), capa);
  EXPECT_EQ(session.say("AUTH"),
            "+OK\r\nNTLM\r\nPLAIN\r\nCRAM-MD5\r\nOAUTHBEARER\r\nXOAUTH2\r\n.\r\n");
  EXPECT_EQ(session.say("AUTH "), session.say("auth"));  // MS-POP3's clients send the space
  EXPECT_EQ(alice().say("CAPA"), capa);
}

// Rows: commands. Columns: AUTHORIZATION, TRANSACTION. + is +OK or a continuation.
TEST(Pop3, AllowsEachCommandInItsStates) {
  std::string table;
  for (const std::string_view command :
       {"CAPA", "AUTH", "AUTH NTLM", "USER bob", "PASS builder", "STAT", "LIST", "UIDL", "RETR 1",
        "TOP 1 0", "DELE 1", "RSET", "NOOP", "QUIT", "STLS", "APOP alice x", "XYZZY"}) {
    table += Pop3Session().say(command).front();
    table += alice().say(command).front();
    table.append(" ").append(command).append("\n");
  }
  EXPECT_EQ(table,
            "++ CAPA\n"
            "+- AUTH\n"
            "+- AUTH NTLM\n"
            "+- USER bob\n"
            "-- PASS builder\n"
            "-+ STAT\n"
            "-+ LIST\n"
            "-+ UIDL\n"
            "-+ RETR 1\n"
            "-+ TOP 1 0\n"
            "-+ DELE 1\n"
            "-+ RSET\n"
            "-+ NOOP\n"
            "++ QUIT\n"
            "-- STLS\n"
            "-- APOP alice x\n"
            "-- XYZZY\n");
}

TEST(Pop3, TellsNothingAboutUsers) {
  Pop3Session session;
  EXPECT_EQ(session.say("USER mallory"), "+OK send PASS\r\n");
  const std::string unknown = session.say("PASS builder");
  EXPECT_EQ(unknown, "-ERR [AUTH] invalid credentials\r\n");
  EXPECT_EQ(session.say("USER alice"), "+OK send PASS\r\n");
  EXPECT_EQ(session.say("PASS builder"), unknown);
}

TEST(Pop3, TakesPassOnlyBehindUser) {
  Pop3Session session;
  EXPECT_THAT(session.say("PASS wonderland"), StartsWith("-ERR "));
  EXPECT_THAT(session.say("USER alice"), StartsWith("+OK"));
  EXPECT_THAT(session.say("CAPA"), StartsWith("+OK"));
  EXPECT_THAT(session.say("PASS wonderland"), StartsWith("-ERR "));
  EXPECT_THAT(session.say("USER"), StartsWith("-ERR "));
}

TEST(Pop3, TakesSpacesAsPartOfThePassword) {
  Directory directory = example_directory();
  directory.accounts[0].password = " two  spaces ";
  Session session(trace::Protocol::pop3, directory);
  session.say("USER alice");
  EXPECT_EQ(session.say("PASS  two  spaces "), "+OK logged in\r\n");
}

TEST(Pop3, ListsMessages) {
  Pop3Session session = alice();
  const auto& messages = example_directory().accounts[0].messages;
  const std::string first = std::to_string(messages[0].size());
  const std::string second = std::to_string(messages[1].size());
  EXPECT_EQ(session.say("STAT"),
            "+OK 2 " + std::to_string(messages[0].size() + messages[1].size()) + "\r\n");
  EXPECT_EQ(session.say("LIST"),
            "+OK listing follows\r\n1 " + first + "\r\n2 " + second + "\r\n.\r\n");
  EXPECT_EQ(session.say("LIST 2"), "+OK 2 " + second + "\r\n");
  EXPECT_EQ(session.say("UIDL"), "+OK listing follows\r\n1 0.1\r\n2 0.2\r\n.\r\n");
  EXPECT_EQ(session.say("UIDL 1"), "+OK 1 0.1\r\n");
  for (const std::string_view wrong : {"LIST 3", "LIST 0", "LIST x", "UIDL 9", "RETR", "RETR 3",
                                       "TOP 1", "TOP 1 x", "TOP 3 0", "DELE 4", "STAT 1"}) {
    EXPECT_THAT(session.say(wrong), StartsWith("-ERR ")) << wrong;
  }
}

// RFC 1939 §3: a line that begins with a dot gets another; a dot alone would end the reply.
TEST(Pop3, StuffsDots) {
  EXPECT_THAT(alice().say("RETR 2"),
              EndsWith("\r\n\r\nBring a flamingo.\r\n"
                       "..hidden is a line that begins with a dot.\r\n.\r\n"));
  EXPECT_THAT(bob().say("RETR 3"),
              EndsWith("The ladder is gone.\r\n...\r\n..\r\nStill here.\r\n.\r\n"));
}

TEST(Pop3, ShowsTheTopOfAMessage) {
  Pop3Session session = bob();
  EXPECT_THAT(session.say("TOP 3 0"), EndsWith("+0000\r\n\r\n.\r\n"));
  EXPECT_THAT(session.say("TOP 3 2"), EndsWith("\r\n\r\nThe ladder is gone.\r\n...\r\n.\r\n"));
  EXPECT_THAT(session.say("TOP 3 99"), EndsWith("Still here.\r\n.\r\n"));
}

TEST(Pop3, RemovesWhatWasDeletedAtQuit) {
  Pop3Session session = bob();
  EXPECT_THAT(session.say("DELE 2"), StartsWith("+OK"));
  EXPECT_THAT(session.say("DELE 2"), StartsWith("-ERR"));
  EXPECT_THAT(session.say("RETR 2"), StartsWith("-ERR"));
  EXPECT_EQ(session.say("UIDL"), "+OK listing follows\r\n1 1.1\r\n3 1.3\r\n.\r\n");
  EXPECT_TRUE(session.store.removed.empty());  // not before UPDATE
  EXPECT_EQ(session.say("QUIT"), "+OK signing off\r\n");
  EXPECT_TRUE(session.connection.closing());

  Pop3Session next;
  next.store = session.store;
  next.say("USER bob");
  next.say("PASS builder");
  EXPECT_EQ(next.say("UIDL"), "+OK listing follows\r\n1 1.1\r\n2 1.3\r\n.\r\n");
  EXPECT_THAT(next.say("RETR 2"), HasSubstr("Scarecrow"));
  EXPECT_THAT(alice().say("STAT"), StartsWith("+OK 2 "));
}

TEST(Pop3, KeepsWhatWasResetOrNeverQuit) {
  Pop3Session session = bob();
  session.say("DELE 1");
  EXPECT_THAT(session.say("RSET"), StartsWith("+OK"));
  EXPECT_THAT(session.say("STAT"), StartsWith("+OK 3 "));
  session.say("QUIT");
  EXPECT_TRUE(session.store.removed.empty());

  Pop3Session unfinished = bob();
  unfinished.say("DELE 1");
  EXPECT_TRUE(unfinished.store.removed.empty());
}

TEST(Pop3, DeletesOnlyWhatTheStoreCanNote) {
  Directory directory = example_directory();
  directory.accounts[0].messages.resize(40, "Subject: x\r\n\r\n");
  Session session(trace::Protocol::pop3, directory);
  session.say("USER alice");
  session.say("PASS wonderland");
  EXPECT_THAT(session.say("DELE 32"), StartsWith("+OK"));
  EXPECT_THAT(session.say("DELE 33"), StartsWith("-ERR"));
  EXPECT_THAT(session.say("STAT"), StartsWith("+OK 39 "));
}

// RFC 2449 §4: commands end at 255 octets. A relayed NTLM message is longer.
TEST(Pop3, RefusesLongLinesAndGoesOn) {
  Pop3Session session;
  EXPECT_THAT(session.send(std::string(300, 'A') + "\r\nCAPA\r\n"),
              AllOf(StartsWith("-ERR "), HasSubstr("+OK capabilities")));
  EXPECT_THAT(session.say(""), StartsWith("-ERR "));
  EXPECT_THAT(session.send(std::string(20000, 'A')), StartsWith("-ERR "));
  EXPECT_TRUE(session.connection.closing());
}

TEST(Pop3, TakesABareLineFeedForALineEndUnlessItIsStrict) {
  Pop3Session lenient;
  EXPECT_THAT(lenient.send("CAPA\nUSER x\r\n"),
              AllOf(StartsWith("+OK capabilities"), EndsWith("PASS\r\n")));
  Directory directory = example_directory();
  directory.bare_line_feeds = false;
  Session strict(trace::Protocol::pop3, directory);
  EXPECT_THAT(strict.send("CAPA\nUSER x\r\n"), AllOf(StartsWith("-ERR "), EndsWith("PASS\r\n")));
}

}  // namespace
}  // namespace sallyport::backend
