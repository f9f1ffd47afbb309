// SCRAM from the client's side: a right server and a user who knows the password believe each
// other; a server that doesn't know it isn't believed.
#include "crypto/scram.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "client/conversation_for_test.hpp"
#include "wire/base64.hpp"
#include "wire/scram.hpp"

namespace sallyport::client {
namespace {

using testing::EndsWith;
using trace::Mechanism;
namespace scram = wire::scram;

/// What a server may do otherwise than it should.
enum class Oddity : std::uint8_t {
  none,
  bad_signature,
  error,
  old_nonce,
  foreign_nonce,
  many_rounds
};

/// Verifies alice, in either protocol. Each exchange gets a nonce of its own.
struct Verifier {
  trace::Protocol protocol{};
  std::string binding = {};
  Oddity oddity = Oddity::none;
  std::string tag = {};
  scram::ClientFirst first = {};
  std::string challenge = {};
  std::string nonce = {};
  int exchanges = 0;
  int messages = 0;
  std::vector<std::string> clients_nonces = {};

  std::string end(bool ok) {
    messages = 0;
    if (protocol == trace::Protocol::pop3) return ok ? "+OK in\r\n" : "-ERR no\r\n";
    return tag + (ok ? " OK in\r\n" : " NO no\r\n");
  }
  static std::string ask(std::string_view octets) {
    return "+ " + wire::base64_encode(octets) + "\r\n";
  }
  std::string answer(std::string_view line) {
    if (messages == 0 && line.find("SCRAM") == std::string_view::npos) {
      tag = line.substr(0, line.find(' '));
      return protocol == trace::Protocol::imap ? tag + " OK\r\n" : "+OK\r\n";
    }
    const auto octets = wire::base64_decode(line);
    switch (messages++) {
      case 0:
        tag = line.substr(0, line.find(' '));
        return "+ \r\n";
      case 1:
        return octets ? answer_first(*octets) : end(false);
      case 2:
        return octets ? answer_final(*octets) : end(false);
      default:
        return end(octets && octets->empty());
    }
  }
  std::string answer_first(std::string_view octets) {
    const auto read = scram::parse_client_first(octets);
    if (!read) return end(false);
    first = *read;
    clients_nonces.push_back(first.nonce);
    nonce = first.nonce + "server" + std::to_string(++exchanges);
    if (oddity == Oddity::old_nonce) nonce = first.nonce;
    if (oddity == Oddity::foreign_nonce) nonce = "x" + nonce;
    const std::uint32_t rounds = oddity == Oddity::many_rounds ? 4'000'000'000 : 64;
    challenge =
        scram::build(scram::ServerFirst{.nonce = nonce, .salt = "salt", .iterations = rounds});
    return ask(challenge);
  }
  std::string answer_final(std::string_view octets) {
    const auto final = scram::parse_client_final(octets);
    if (!final || final->nonce != nonce || final->binding != first.gs2_header + binding) {
      return end(false);
    }
    const std::string transcript = first.bare + "," + challenge + "," + final->without_proof;
    const auto keys = crypto::scram_keys(crypto::salted_password("wonderland", "salt", 64));
    if (!crypto::verify_client_proof(keys, transcript, final->proof)) return end(false);
    crypto::Digest256 signature = crypto::server_signature(keys, transcript);
    if (oddity == Oddity::bad_signature) signature[7] ^= 1;
    if (oddity == Oddity::error) return ask("e=other-error");
    return ask(scram::build_server_final(crypto::view(signature)));
  }
};

class Scrams : public BothProtocols {
 protected:
  Scrams() { verifier.protocol = GetParam(); }
  /// With `verifier`, or another one.
  Conversation conversation(const std::vector<Credential>& credentials = example_credentials()) {
    return with(verifier, credentials);
  }
  static Conversation with(Verifier& verifier, const std::vector<Credential>& credentials) {
    return {GetParam(), hello(),
            line_server([&verifier](std::string_view line) { return verifier.answer(line); }),
            credentials};
  }
  static Action start(Mechanism mechanism = Mechanism::scram_sha_256) {
    return {.verb = Verb::authenticate, .mechanism = mechanism};
  }
  Verifier verifier;
};
INSTANTIATE_TEST_SUITE_P(, Scrams, testing::ValuesIn(protocols), BothProtocols::name_of);

TEST_P(Scrams, LogsIn) {
  Conversation talk = conversation();
  EXPECT_TRUE(talk.authenticate(start()).valid);
  EXPECT_TRUE(talk.client.authenticated());
  EXPECT_FALSE(talk.client.waiting());
  EXPECT_THAT(talk.said, EndsWith("\r\n\r\n"));  // nothing left to say but a line
  EXPECT_EQ(verifier.first.gs2_header, "n,,");
  EXPECT_EQ(verifier.first.user, "alice");
}

TEST_P(Scrams, FailsWithAWrongPassword) {
  Conversation talk = conversation();
  Action action = start();
  action.right = false;
  EXPECT_FALSE(talk.authenticate(action).valid);
  EXPECT_FALSE(talk.client.authenticated());
}

TEST_P(Scrams, SaysForWhomItActs) {
  const std::vector<Credential> credentials{
      {.user = "alice", .password = "wonderland", .authzid = "bob"}};
  Conversation talk = conversation(credentials);
  talk.authenticate(start());
  EXPECT_TRUE(talk.client.authenticated());
  EXPECT_EQ(verifier.first.authzid, "bob");
}

TEST_P(Scrams, BelievesNoServerThatDoesNotKnowThePassword) {
  for (const Oddity oddity : {Oddity::bad_signature, Oddity::error}) {
    verifier = {.protocol = GetParam(), .oddity = oddity};
    Conversation talk = conversation();
    talk.act(start());
    talk.act({.verb = Verb::respond});
    talk.act({.verb = Verb::respond});
    EXPECT_TRUE(talk.client.challenged());
    const auto acted = talk.act({.verb = Verb::respond});
    EXPECT_FALSE(acted.attempt) << "the server's doing, not the client's";
    EXPECT_THAT(talk.said, EndsWith("\r\n*\r\n"));
    EXPECT_FALSE(talk.client.authenticated());
  }
}

// RFC 5802 §5.1: the nonce is the client's with more behind it. And nobody counts for hours.
TEST_P(Scrams, LeavesAServerWithAnOddChallenge) {
  for (const Oddity oddity : {Oddity::old_nonce, Oddity::foreign_nonce, Oddity::many_rounds}) {
    verifier = {.protocol = GetParam(), .oddity = oddity};
    Conversation talk = conversation();
    talk.act(start());
    talk.act({.verb = Verb::respond});
    talk.act({.verb = Verb::respond});
    EXPECT_THAT(talk.said, EndsWith("\r\n*\r\n"));
    EXPECT_FALSE(talk.client.authenticated());
  }
}

TEST_P(Scrams, BindsItsChannel) {
  verifier.binding = "channel";
  for (const bool bound : {true, false}) {
    Conversation talk = conversation();
    talk.act({.verb = Verb::starttls});
    ASSERT_TRUE(talk.client.wants_tls());
    talk.client.tls_established("channel");
    Action action = start(Mechanism::scram_sha_256_plus);
    action.bound = bound;
    EXPECT_EQ(talk.authenticate(action).valid, bound);
    EXPECT_EQ(talk.client.authenticated(), bound);
    EXPECT_EQ(verifier.first.gs2_header, "p=tls-exporter,,");
  }
}

TEST_P(Scrams, WithoutAChannelNothingIsBoundToIt) {
  Conversation talk = conversation();
  EXPECT_FALSE(talk.authenticate(start(Mechanism::scram_sha_256_plus)).valid);
}

TEST_P(Scrams, TakesAFreshNonceForEachExchange) {
  Conversation talk = conversation();
  Action wrong = start();
  wrong.right = false;
  for (int i = 0; i < 3; ++i) talk.authenticate(wrong);
  ASSERT_EQ(verifier.clients_nonces.size(), 3U);
  EXPECT_NE(verifier.clients_nonces[0], verifier.clients_nonces[1]);
  EXPECT_NE(verifier.clients_nonces[1], verifier.clients_nonces[2]);
}

TEST_P(Scrams, RepeatsAProofAndIsRefused) {
  Conversation talk = conversation();
  Action wrong = start();
  wrong.right = false;
  talk.authenticate(wrong);
  talk.act(start());
  talk.act({.verb = Verb::respond});
  ASSERT_TRUE(talk.client.can({.verb = Verb::replay}));
  EXPECT_FALSE(talk.act({.verb = Verb::replay}).valid);
  EXPECT_FALSE(talk.client.authenticated());
  EXPECT_FALSE(talk.client.waiting());
}

// However many commands came before, a state is the same state.
TEST_P(Scrams, CanonicalFormHasNoNonces) {
  Verifier another{.protocol = GetParam(), .exchanges = 10};
  Conversation once = conversation();
  Conversation later = with(another, example_credentials());
  later.act({.verb = Verb::noop});
  std::set<std::string> states;
  for (int step = 0; step < 4; ++step) {
    const Action action = step == 0 ? start() : Action{.verb = Verb::respond};
    once.act(action);
    later.act(action);
    EXPECT_EQ(canonical(once.client), canonical(later.client)) << step;
    EXPECT_TRUE(states.insert(canonical(once.client)).second) << step;
  }
  EXPECT_TRUE(once.client.authenticated());
}

}  // namespace
}  // namespace sallyport::client
