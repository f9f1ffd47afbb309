// What KB 306874 tells: with NTLM in the list Outlook Express uses it; where that can't work it
// asks for the password again and again; without NTLM it shows an error at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/conversation_for_test.hpp"

namespace sallyport::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using trace::Protocol;
using Phase = OutlookExpress::Phase;

struct Seen {
  Phase phase{};
  unsigned prompts = 0;
  std::vector<std::string> shown;
  std::string said;
  bool closed = false;
};

/// Lets it check mail until it has finished.
Seen check_mail(Conversation conversation, Protocol protocol, std::uint8_t patience = 3) {
  OutlookExpress outlook_express(0, patience);
  Seen seen;
  for (int i = 0; i < 100; ++i) {
    std::string shown;
    const auto action = outlook_express.next(conversation.client, protocol, shown);
    if (!shown.empty()) seen.shown.push_back(shown);
    if (!action) break;
    seen.closed = conversation.act(*action).closes || seen.closed;
    EXPECT_FALSE(conversation.client.waiting());
  }
  seen.phase = outlook_express.phase();
  seen.prompts = outlook_express.prompts();
  seen.said = conversation.said;
  return seen;
}

TEST(OutlookExpress, LogsInByNtlm) {
  for (const Protocol protocol : {Protocol::imap, Protocol::pop3}) {
    const Seen seen = check_mail(Conversation(protocol), protocol);
    EXPECT_EQ(seen.phase, Phase::logged_in);
    EXPECT_EQ(seen.prompts, 0U);
    EXPECT_TRUE(seen.shown.empty());
    EXPECT_THAT(seen.said, StartsWith(protocol == Protocol::imap
                                          ? "a1 CAPABILITY\r\na2 AUTHENTICATE NTLM\r\nTlRM"
                                          : "AUTH\r\nAUTH NTLM\r\nTlRM"));
  }
}

TEST(OutlookExpress, ShowsTheArticlesErrorWherePop3OffersNoNtlm) {
  const Seen seen = check_mail(
      Conversation(Protocol::pop3, "+OK hello\r\n",
                   line_server([](std::string_view) { return "+OK\r\nPLAIN\r\n.\r\n"; })),
      Protocol::pop3);
  EXPECT_EQ(seen.phase, Phase::unsupported);
  EXPECT_THAT(
      seen.shown,
      ElementsAre("Unable to logon to the server using Secure Password Authentication. Account: "
                  "'alice', Server: 'server', Protocol: POP3, Server Response: '.', Port: 110, "
                  "Secure(SSL): No, Error Number: 0x800CCC18"));
}

TEST(OutlookExpress, ShowsTheRefusalOfPop3sList) {
  const Seen seen = check_mail(
      Conversation(Protocol::pop3, "+OK hello\r\n",
                   line_server([](std::string_view) { return "-ERR unknown command\r\n"; })),
      Protocol::pop3);
  EXPECT_EQ(seen.phase, Phase::unsupported);
  EXPECT_THAT(seen.shown, ElementsAre(HasSubstr("Server Response: '-ERR unknown command', Port: "
                                                "110, Secure(SSL): No, Error Number: 0x800CCC18")));
}

TEST(OutlookExpress, ShowsAnErrorWhereImapOffersNoNtlm) {
  backend::Directory directory = backend::example_directory();
  directory.mechanisms.remove(trace::Mechanism::ntlm);
  const Seen seen = check_mail(Conversation(Protocol::imap, directory), Protocol::imap);
  EXPECT_EQ(seen.phase, Phase::unsupported);
  EXPECT_THAT(seen.shown, ElementsAre(AllOf(HasSubstr("no common authentication mechanism"),
                                            HasSubstr("Protocol: IMAP, Port: 143, Secure(SSL): No, "
                                                      "Error Number: 0x800CCCDF"))));
}

// The front-end of the article: NTLM is in the list and never succeeds.
TEST(OutlookExpress, AsksForThePasswordUntilPatienceEnds) {
  for (const Protocol protocol : {Protocol::imap, Protocol::pop3}) {
    backend::Directory directory = backend::example_directory();
    directory.accounts[0].password = "changed";
    for (const std::uint8_t patience : {std::uint8_t{0}, std::uint8_t{3}, std::uint8_t{5}}) {
      const Seen seen = check_mail(Conversation(protocol, directory), protocol, patience);
      EXPECT_EQ(seen.phase, Phase::gave_up);
      EXPECT_EQ(seen.prompts, patience);
      ASSERT_EQ(seen.shown.size(), patience + 1U);
      if (patience > 0) {
        EXPECT_EQ(seen.shown[0], "Outlook Express asks for the password (prompt 1)");
      }
      EXPECT_THAT(seen.shown.back(), HasSubstr("gives up"));
    }
  }
}

TEST(OutlookExpress, LeavesAServerThatChallengesWithoutEnd) {
  const Seen seen = check_mail(
      Conversation(Protocol::pop3, "+OK hello\r\n", line_server([](std::string_view line) {
                     return line == "AUTH" ? "+OK\r\nNTLM\r\n.\r\n" : "+ \r\n";
                   })),
      Protocol::pop3);
  EXPECT_EQ(seen.phase, Phase::gave_up);
  EXPECT_TRUE(seen.closed);
}

TEST(OutlookExpress, CanonicalFormFollowsItsState) {
  Conversation conversation(Protocol::imap);
  OutlookExpress outlook_express(0);
  const auto canonical_of = [](const OutlookExpress& each) {
    trace::Canonical out;
    each.canonical(out);
    return std::string(out.bytes());
  };
  const std::string before = canonical_of(outlook_express);
  EXPECT_EQ(before, canonical_of(OutlookExpress(0)));
  EXPECT_NE(before, canonical_of(OutlookExpress(1)));
  std::string shown;
  const auto action = outlook_express.next(conversation.client, Protocol::imap, shown);
  EXPECT_TRUE(action);
  EXPECT_NE(before, canonical_of(outlook_express));
}

}  // namespace
}  // namespace sallyport::client
