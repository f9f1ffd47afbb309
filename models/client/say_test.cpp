// Phrases: the table is sound, what is said is what it promises, and the client knows what it has
// said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "client/conversation_for_test.hpp"
#include "client/phrases.hpp"
#include "wire/base64.hpp"
#include "wire/ntlm.hpp"
#include "wire/sasl.hpp"
#include "wire/scram.hpp"

namespace sallyport::client {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using trace::Mechanism;
using trace::Protocol;

class Sayings : public BothProtocols {};
INSTANTIATE_TEST_SUITE_P(, Sayings, testing::ValuesIn(protocols), BothProtocols::name_of);

Action saying(std::string_view name, bool right = true) {
  for (std::size_t i = 0; i < phrases().size(); ++i) {
    if (phrases()[i].name == name) {
      return {.verb = Verb::say, .right = right, .phrase = static_cast<std::uint8_t>(i)};
    }
  }
  ADD_FAILURE() << name;
  return {};
}

/// What alice says to a server that is silent.
std::string said(Protocol protocol, std::string_view name, bool right = true) {
  Client client(protocol, example_credentials());
  std::string out;
  client.receive(protocol == Protocol::imap ? "* OK hello\r\n" : "+OK hello\r\n", out);
  EXPECT_TRUE(client.act(saying(name, right), out).done) << name;
  return out;
}

/// The initial response of what is said.
std::string initial_response(Protocol protocol, std::string_view name) {
  const std::string line = said(protocol, name);
  const std::size_t begin = line.rfind(' ') + 1;
  const auto octets = wire::base64_decode(line.substr(begin, line.size() - 2 - begin));
  EXPECT_TRUE(octets) << line;
  return octets.value_or("");
}

TEST(Phrases, AreNamedAndExplained) {
  std::set<std::string_view> names;
  ASSERT_LE(phrases().size(), 256U);
  for (const Phrase& phrase : phrases()) {
    EXPECT_TRUE(names.insert(phrase.name).second) << phrase.name;
    EXPECT_EQ(phrase.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"),
              std::string_view::npos)
        << phrase.name;
    EXPECT_FALSE(phrase.summary.empty()) << phrase.name;
    EXPECT_FALSE(phrase.imap.empty() && phrase.pop3.empty()) << phrase.name;
    for (const std::string_view words : {phrase.imap, phrase.pop3}) {
      if (words.empty()) continue;
      EXPECT_LE(std::ranges::count(words, '\n'), static_cast<std::ptrdiff_t>(phrase_lines_max))
          << phrase.name;
      EXPECT_TRUE(!phrase.tidy || words.ends_with("\r\n")) << phrase.name;
    }
  }
}

TEST_P(Sayings, LeaveNoVariableUnfilled) {
  for (const Phrase& phrase : phrases()) {
    if ((imap() ? phrase.imap : phrase.pop3).empty()) {
      Conversation conversation(GetParam());
      EXPECT_FALSE(conversation.client.can(saying(phrase.name))) << phrase.name;
      continue;
    }
    const std::string octets = said(GetParam(), phrase.name);
    for (std::size_t at = octets.find('{'); at != std::string::npos;
         at = octets.find('{', at + 1)) {
      EXPECT_THAT("-0123456789", HasSubstr(octets.substr(at + 1, 1))) << phrase.name;
    }
  }
}

TEST(Saying, IsWordedAsTheProtocolWantsIt) {
  EXPECT_EQ(said(Protocol::imap, "pipelined-login"),
            "a1 LOGIN alice wonderland\r\na2 NOOP\r\na3 SELECT INBOX\r\n");
  EXPECT_EQ(said(Protocol::pop3, "pipelined-login"), "USER alice\r\nPASS wonderland\r\nSTAT\r\n");
  EXPECT_EQ(said(Protocol::imap, "pipelined-wrong"),
            "a1 LOGIN alice wonderlandx\r\na2 CAPABILITY\r\n");
  EXPECT_EQ(said(Protocol::imap, "login-in-capitals"), "a1 LOGIN ALICE wonderland\r\n");
  EXPECT_EQ(said(Protocol::imap, "login-with-space"), "a1 LOGIN \"alice x\" wonderland\r\n");
  EXPECT_EQ(said(Protocol::pop3, "login-with-space"), "USER alice x\r\nPASS wonderland\r\n");
  EXPECT_EQ(said(Protocol::imap, "login-with-quotes"), "a1 LOGIN \"al\\\"ice\\\\\" wonderland\r\n");
  EXPECT_EQ(said(Protocol::imap, "login-format"), "a1 LOGIN \"%n%s{0}\" wonderland\r\n");
  EXPECT_EQ(said(Protocol::pop3, "nul"), std::string("NOOP\0x\r\n", 8));
  EXPECT_EQ(said(Protocol::imap, "plain-junk"), "a1 AUTHENTICATE PLAIN\r\n!!!\r\na2 NOOP\r\n");
}

TEST(Saying, TakesFreshTagsEachTime) {
  Conversation conversation(Protocol::imap);
  conversation.act(saying("capability-twice"));
  conversation.act({.verb = Verb::noop});
  conversation.act(saying("capability-twice"));
  for (const std::string_view tag : {"a1 ", "a2 ", "a3 NOOP", "a4 ", "a5 "}) {
    const std::size_t first = conversation.said.find(tag);
    EXPECT_NE(first, std::string::npos) << tag << conversation.said;
    EXPECT_EQ(conversation.said.find(tag, first + 1), std::string::npos) << tag;
  }
}

TEST_P(Sayings, CarryTheMessagesTheyName) {
  using std::string_literals::operator""s;
  EXPECT_EQ(initial_response(GetParam(), "plain-initial"), "\0alice\0wonderland"s);
  EXPECT_EQ(initial_response(GetParam(), "plain-three-nuls"), "\0alice\0wonderland\0x"s);
  EXPECT_EQ(initial_response(GetParam(), "plain-one-nul"), "\0alice"s);
  EXPECT_EQ(initial_response(GetParam(), "plain-as-other"), "bob\0alice\0wonderland"s);
  EXPECT_EQ(initial_response(GetParam(), "plain-line-break"), "\0x\r\ny DELE\0p"s);
  EXPECT_EQ(initial_response(GetParam(), "plain-quote"), "\0x\" \"y\0p"s);
  EXPECT_EQ(initial_response(GetParam(), "external-as-user"), "alice");
  EXPECT_EQ(initial_response(GetParam(), "external-as-other"), "bob");
  EXPECT_TRUE(wire::scram::parse_client_final(initial_response(GetParam(), "scram-final-first")));
  const auto third =
      wire::ntlm::parse_authenticate(initial_response(GetParam(), "ntlm-third-first"));
  ASSERT_TRUE(third);
  EXPECT_EQ(third->user, wire::ntlm::to_utf16le("alice"));

  std::string tab = said(GetParam(), "plain-tab");
  tab = tab.substr(tab.find("\r\n") + 2);
  const std::size_t at = tab.find('\t');
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(tab.erase(at, 1), wire::base64_encode("\0alice\0wonderland"s) + "\r\n");
}

// A literal's octets are as many as it says, or the phrase is meant to lack them.
TEST(Saying, CountsItsLiterals) {
  wire::imap::Framer framer({.line_octets = 65536, .literal_octets = 1U << 20});
  using State = wire::imap::Framer::State;
  for (const std::string_view name : {"literal-of-commands", "append", "literal-zero"}) {
    const std::string octets = said(Protocol::imap, name);
    framer.reset();
    EXPECT_EQ(framer.scan(octets), State::complete) << name;
    EXPECT_EQ(framer.size(), octets.size()) << name;
  }
  const std::string many = said(Protocol::imap, "many-literals");
  framer.reset();
  EXPECT_EQ(framer.scan(many), State::incomplete);
  EXPECT_GT(many.size(), 32000U);
}

TEST_P(Sayings, LogInAsCommandsDo) {
  for (const std::string_view name : {"pipelined-login", "plain-initial", "login-in-capitals"}) {
    Conversation conversation(GetParam());
    EXPECT_FALSE(conversation.act(saying(name)).attempt);
    EXPECT_TRUE(conversation.client.authenticated()) << name << conversation.heard;
    EXPECT_FALSE(conversation.client.waiting()) << name;
  }
}

// Whatever depends on the account fails where it is to be wrong.
TEST_P(Sayings, NeverLogInWithWhatIsWrong) {
  for (const Phrase& phrase : phrases()) {
    Conversation conversation(GetParam());
    conversation.act(saying(phrase.name, false));
    EXPECT_FALSE(conversation.client.authenticated()) << phrase.name;
  }
}

// Behind a tidy phrase the client is where it was: it owes nothing, nothing is owed to it, and it
// can log in.
TEST_P(Sayings, LeaveNothingBehindWhereTheyAreTidy) {
  for (const Phrase& phrase : phrases()) {
    if ((imap() ? phrase.imap : phrase.pop3).empty()) continue;
    Conversation conversation(GetParam());
    conversation.act(saying(phrase.name));
    if (!phrase.tidy) {
      const auto acted = conversation.act({.verb = Verb::login});
      EXPECT_FALSE(acted.valid) << phrase.name;
      continue;
    }
    EXPECT_FALSE(conversation.client.waiting()) << phrase.name << conversation.heard;
    EXPECT_FALSE(conversation.client.challenged()) << phrase.name;
    if (conversation.client.authenticated()) continue;
    EXPECT_TRUE(conversation.act({.verb = Verb::login}).valid) << phrase.name;
    EXPECT_TRUE(conversation.client.authenticated()) << phrase.name << conversation.heard;
  }
}

TEST_P(Sayings, EndAnAttemptThatIsUnderWay) {
  Conversation conversation(GetParam(), hello(), line_server([](std::string_view) { return ""; }));
  EXPECT_TRUE(conversation.act({.verb = Verb::login}).valid);
  const auto acted = conversation.act(saying("capability-twice"));
  EXPECT_TRUE(acted.done && acted.attempt && !acted.valid);
}

// A server that asks for more behind a message out of turn is told that there isn't any.
TEST_P(Sayings, HaveNoMoreToSayInAnExchange) {
  Conversation conversation(GetParam(), hello(), line_server([](std::string_view line) {
                              if (line != "*") return "+ PDFAeD4=\r\n";
                              return imap() ? "a1 BAD cancelled\r\n" : "-ERR cancelled\r\n";
                            }));
  conversation.act(saying("cram-initial"));
  EXPECT_TRUE(conversation.client.challenged());
  conversation.act({.verb = Verb::respond});
  EXPECT_THAT(conversation.said, testing::EndsWith("\r\n*\r\n"));
  EXPECT_FALSE(conversation.client.waiting());
}

TEST_P(Sayings, StartTls) {
  Conversation conversation(GetParam(), hello(), line_server([](std::string_view line) {
                              return imap() ? std::string(line.substr(0, 3)) + "OK\r\n" : "+OK\r\n";
                            }));
  conversation.act(saying(imap() ? "starttls-and-more" : "user-and-stls"));
  EXPECT_TRUE(conversation.client.wants_tls());
  EXPECT_FALSE(conversation.client.can(saying("garbage")));
  conversation.client.tls_established();
  EXPECT_FALSE(conversation.client.waiting());
}

TEST(Saying, NeedsNamesThatFitALine) {
  const std::vector<Credential> credentials{{.user = "al\xc3\xaf", .password = "x"},
                                            {.user = "bob", .password = "a\r\nb"}};
  Conversation conversation(Protocol::imap, "* OK hello\r\n",
                            line_server([](std::string_view) { return ""; }), credentials);
  Action action = saying("pipelined-login");
  EXPECT_FALSE(conversation.client.can(action));
  action.account = 1;
  EXPECT_FALSE(conversation.client.can(action));
}

}  // namespace
}  // namespace sallyport::client
