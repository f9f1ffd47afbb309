// Whatever arrives, and however it is cut: no crash, bounded memory, and the same answers.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "backend/session_for_test.hpp"

namespace sallyport::backend {
namespace {

using trace::Protocol;

class Robustness : public testing::TestWithParam<Protocol> {};

INSTANTIATE_TEST_SUITE_P(, Robustness, testing::Values(Protocol::imap, Protocol::pop3),
                         [](const auto& each) { return std::string(trace::name(each.param)); });

constexpr std::string_view pieces[] = {"\r\n",
                                       "\r\n",
                                       "\r\n",
                                       " ",
                                       "\n",
                                       "\r",
                                       "*",
                                       "=",
                                       "{3}\r\n",
                                       "{3+}\r\n",
                                       "{70000+}",
                                       "{0}",
                                       "a1 ",
                                       "LOGIN",
                                       "alice",
                                       "wonderland",
                                       "AUTHENTICATE",
                                       "AUTH",
                                       "NTLM",
                                       "PLAIN",
                                       "CRAM-MD5",
                                       "TlRMTVNTUAABAAAABoIIAAAAAAAgAAAAAAAAACAAAAA=",
                                       "AGFsaWNlAHdvbmRlcmxhbmQ=",
                                       "SELECT INBOX",
                                       "FETCH 1:* (FLAGS BODY[])",
                                       "UID ",
                                       "SEARCH ALL",
                                       "CAPABILITY",
                                       "CAPA",
                                       "USER alice\r\n",
                                       "PASS wonderland\r\n",
                                       "STAT",
                                       "LIST",
                                       "RETR 1",
                                       "TOP 1 1",
                                       "DELE 1",
                                       "UIDL",
                                       "NOOP",
                                       "RSET",
                                       "STATUS INBOX (MESSAGES)",
                                       "APPEND INBOX ",
                                       "(",
                                       ")",
                                       "\"",
                                       "\\",
                                       "1",
                                       "99999999999"};

std::string any_octets(std::mt19937& random) {
  std::string octets;
  std::uniform_int_distribution<std::size_t> piece(0, std::size(pieces) + 8);
  std::uniform_int_distribution<int> octet(0, 255);
  for (int i = 0; i < 60; ++i) {
    const std::size_t chosen = piece(random);
    if (chosen < std::size(pieces)) {
      octets.append(pieces[chosen]);
    } else {
      octets.push_back(static_cast<char>(octet(random)));
    }
  }
  return octets;
}

TEST_P(Robustness, AnswersTheSameHoweverOctetsAreCut) {
  std::mt19937 random(20030714);
  for (int round = 0; round < 300; ++round) {
    const std::string octets = any_octets(random);
    Session whole(GetParam());
    const std::string expected = whole.send(octets);
    Session single(GetParam());
    std::string actual;
    for (const char c : octets) actual += single.send({&c, 1});
    ASSERT_EQ(actual, expected);
    ASSERT_EQ(canonical(single.connection), canonical(whole.connection));
    ASSERT_LT(expected.size(), 200 * octets.size());
  }
}

TEST_P(Robustness, KeepsLittleOfAFlood) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> octet(0, 255);
  for (const bool zeros : {false, true}) {
    Session session(GetParam());
    std::string block(4096, '\0');
    for (int i = 0; i < 500; ++i) {
      if (!zeros) {
        for (char& c : block) c = static_cast<char>(octet(random));
      }
      session.send(block);
      ASSERT_LT(canonical(session.connection).size(), 140000U);
    }
  }
}

TEST_P(Robustness, ACopyGoesItsOwnWay) {
  Session session(GetParam());
  session.send("a1 LOG");
  Session copy = session;
  const std::string before = canonical(copy.connection);
  session.say("OUT");
  EXPECT_EQ(canonical(copy.connection), before);
  EXPECT_EQ(copy.say("OUT").empty(), false);
  EXPECT_EQ(canonical(copy.connection), canonical(session.connection));
}

TEST(Store, CanonicalFormOmitsWhatIsEmpty) {
  const auto bytes = [](const Store& store) {
    trace::Canonical out;
    store.canonical(out);
    return std::string(out.bytes());
  };
  EXPECT_EQ(bytes({}), bytes({.removed = {0, 0}}));
  EXPECT_EQ(bytes({.removed = {1}}), bytes({.removed = {1, 0}}));
  EXPECT_NE(bytes({.removed = {1}}), bytes({.removed = {0, 1}}));
}

// Whose mail it is must be seen by its text alone.
TEST(ExampleDirectory, HasNoTextInTwoMailboxes) {
  std::set<std::string> texts;
  std::size_t messages = 0;
  for (const Account& account : example_directory().accounts) {
    messages += account.messages.size();
    texts.insert(account.messages.begin(), account.messages.end());
  }
  EXPECT_EQ(texts.size(), messages);
}

// Carol has alice's password on purpose; alice and bob are told apart by theirs.
TEST(ExampleDirectory, KnowsWhomScriptsSpeakOf) {
  const std::vector<Account>& accounts = example_directory().accounts;
  ASSERT_EQ(accounts.size(), 5U);
  EXPECT_EQ(accounts[0].user, "alice");
  EXPECT_EQ(accounts[0].messages.size(), 2U);
  EXPECT_EQ(accounts[1].user, "bob");
  EXPECT_EQ(accounts[1].messages.size(), 3U);
  EXPECT_NE(accounts[0].password, accounts[1].password);
  EXPECT_EQ(accounts[2].user, "carol");
  EXPECT_EQ(accounts[2].password, accounts[0].password);
  EXPECT_EQ(accounts[3].user, "admin");
  EXPECT_EQ(accounts[4].user, "front-end");
  for (const Account& account : accounts) {
    const bool serves = account.user == "admin" || account.user == "front-end";
    EXPECT_EQ(account.acts_for_others, serves) << account.user;
  }
}

}  // namespace
}  // namespace sallyport::backend
