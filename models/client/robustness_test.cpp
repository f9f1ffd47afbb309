// Any server, any segmentation; and what makes two states one.
#include <gtest/gtest.h>

#include <random>

#include "client/conversation_for_test.hpp"
#include "client/phrases.hpp"

namespace sallyport::client {
namespace {

using trace::Mechanism;

class ClientRobustness : public BothProtocols {};
INSTANTIATE_TEST_SUITE_P(, ClientRobustness, testing::ValuesIn(protocols), BothProtocols::name_of);

TEST_P(ClientRobustness, ReadsTheSameHoweverOctetsAreCut) {
  const auto play = [](std::size_t piece_octets) {
    Conversation conversation(GetParam());
    conversation.piece_octets = piece_octets;
    conversation.act({.verb = Verb::capability});
    conversation.authenticate({.verb = Verb::authenticate, .mechanism = Mechanism::ntlm});
    conversation.act({.verb = Verb::select});
    conversation.act({.verb = Verb::fetch});
    conversation.act({.verb = Verb::noop});
    return std::pair(conversation.said, canonical(conversation.client));
  };
  const auto whole = play(0);
  for (const std::size_t octets : {1U, 2U, 3U, 7U, 64U}) EXPECT_EQ(play(octets), whole);
}

TEST_P(ClientRobustness, CanonicalFormDoesNotCountCommands) {
  Conversation once(GetParam());
  Conversation twice(GetParam());
  twice.act({.verb = Verb::capability});
  twice.act({.verb = Verb::noop});
  EXPECT_EQ(canonical(once.client), canonical(twice.client));
  for (Conversation* each : {&once, &twice}) {
    each->act({.verb = Verb::authenticate, .mechanism = Mechanism::ntlm});
    each->act({.verb = Verb::respond});
    EXPECT_TRUE(each->client.challenged());
  }
  EXPECT_EQ(canonical(once.client), canonical(twice.client));
  const std::string challenged = canonical(once.client);
  once.act({.verb = Verb::respond});
  EXPECT_NE(canonical(once.client), challenged);
}

// What an action can still repeat is part of the state: whose proof it is, not which.
TEST_P(ClientRobustness, CanonicalFormTellsWhoseProofIsKept) {
  const auto after = [](int exchanges, std::uint8_t account) {
    Conversation conversation(GetParam());
    for (int i = 0; i < exchanges; ++i) {
      conversation.authenticate({.verb = Verb::authenticate,
                                 .mechanism = Mechanism::cram_md5,
                                 .account = account,
                                 .right = false});
    }
    return canonical(conversation.client);
  };
  EXPECT_EQ(after(1, 0), after(2, 0));
  EXPECT_NE(after(1, 0), after(0, 0));
  EXPECT_NE(after(1, 0), after(1, 1));
}

// The client's name for a challenge is the back-end's: together they are one state where it is the
// back-end's own, and another where it is stale.
TEST_P(ClientRobustness, CanonicalFormNamesAChallengeAsItsServerDoes) {
  for (const Mechanism mechanism : {Mechanism::ntlm, Mechanism::cram_md5}) {
    const auto together = [mechanism](std::uint16_t first_id, std::uint16_t second_id) {
      const auto& directory = backend::example_directory();
      Client client(GetParam(), example_credentials());
      backend::Store store;
      backend::Connection first(directory, GetParam(), first_id);
      backend::Connection second(directory, GetParam(), second_id);
      std::string greeting;
      std::string said;
      first.open(greeting);
      client.receive(greeting, said);
      // The client talks to the first; the second is told the same, so it stands at the same place.
      const auto turn = [&](const Action& action) {
        std::string answer;
        std::string ignored;
        client.act(action, said);
        first.receive(said, store, answer);
        second.receive(said, store, ignored);
        said.clear();
        client.receive(answer, said);
      };
      turn({.verb = Verb::authenticate, .mechanism = mechanism});
      if (mechanism == Mechanism::ntlm) turn({.verb = Verb::respond});
      EXPECT_TRUE(client.challenged());
      trace::Canonical out;
      second.canonical(out);
      client.canonical(out);
      return std::string(out.bytes());
    };
    EXPECT_EQ(together(1, 1), together(7, 7)) << trace::name(mechanism);
    EXPECT_NE(together(1, 1), together(1, 2)) << trace::name(mechanism);
  }
}

TEST_P(ClientRobustness, SurvivesAnyServer) {
  static constexpr std::string_view pieces[] = {
      "\r\n",
      "\r\n",
      "\r\n",
      " ",
      "\n",
      "*",
      "+ ",
      "+",
      "+OK ",
      "-ERR ",
      ".",
      "..",
      "a1 ",
      "a2 ",
      "OK ",
      "NO ",
      "BAD ",
      "* BYE ",
      "[CAPABILITY ",
      "]",
      "* CAPABILITY AUTH=NTLM",
      "{5}\r\n",
      "{999999999}\r\n",
      "TlRMTVNTUAACAAAAAAAAAAAAAAA=",
      "TlRMTVNTUAACAAAABwAHADAAAAAGgokAwVwCiew"
      "tCpEAAAAAAAAAACAAIAA3AAAARVhBTVBMRQIADgBFAFgAQQBNAFAATABFAAEABgBCAEUAMQAAAAAA",
      "cj1ub25jZS0xLW9mLWNsaWVudHgscz1BQUFBLGk9Mg==",  // server-first, to the first exchange
      "dj1BQUFB",                                      // server-final
      "NTLM",
      "SASL PLAIN",
      "* 1 FETCH"};
  static constexpr Mechanism mechanisms[] = {
      Mechanism::ntlm,     Mechanism::cram_md5,    Mechanism::scram_sha_256,
      Mechanism::external, Mechanism::oauthbearer, Mechanism::scram_sha_256_plus};
  std::mt19937 random(306874);
  const auto below = [&random](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  for (int round = 0; round < 500; ++round) {
    Client client(GetParam(), example_credentials());
    std::string sent;
    client.receive(hello(), sent);
    for (int i = 0; i < 60; ++i) {
      Action action{.verb = static_cast<Verb>(below(verb_count)),
                    .mechanism = mechanisms[below(std::size(mechanisms))],
                    .account = static_cast<std::uint8_t>(below(3)),
                    .right = below(2) == 0,
                    .bound = below(2) == 0,
                    .phrase = static_cast<std::uint8_t>(below(phrases().size())),
                    .octets = {}};
      if (action.verb == Verb::close || action.verb == Verb::logout) action.verb = Verb::noop;
      if (action.verb == Verb::send) action.octets = "CAPA\r\nx";
      const bool possible = client.can(action);
      sent.clear();
      const bool done = client.act(action, sent).done;
      EXPECT_EQ(done, possible && action.verb != Verb::outlook_express);
      EXPECT_EQ(done, !sent.empty());
      std::string octets;
      for (std::size_t k = below(8); k > 0; --k) {
        const std::size_t chosen = below(std::size(pieces) + 2);
        if (chosen < std::size(pieces)) {
          octets.append(pieces[chosen]);
        } else {
          octets.push_back(static_cast<char>(below(256)));
        }
      }
      client.receive(octets, sent);
      if (client.wants_tls()) client.tls_established("channel");
      EXPECT_LE(client.last_text().size(), 512U);
    }
    EXPECT_LT(canonical(client).size(), 10000U);
  }
}

TEST_P(ClientRobustness, KeepsLittleOfAFlood) {
  for (const std::string& block : {std::string(65536, 'x'), std::string(65536, '\0'),
                                   std::string("* 1 FETCH {4000000000}\r\n")}) {
    Conversation conversation(GetParam());
    for (int i = 0; i < 100; ++i) conversation.hear(block);
    EXPECT_LT(canonical(conversation.client).size(), 3U << 20);
  }
}

}  // namespace
}  // namespace sallyport::client
