// Logging in: every mechanism against the real back-end, and what makes an attempt invalid.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/conversation_for_test.hpp"
#include "crypto/ntlmv2.hpp"
#include "wire/base64.hpp"
#include "wire/ntlm.hpp"

namespace sallyport::client {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using trace::Mechanism;
using trace::Protocol;
using trace::Status;

class Exchanges : public BothProtocols {};
INSTANTIATE_TEST_SUITE_P(, Exchanges, testing::ValuesIn(protocols), BothProtocols::name_of);

TEST_P(Exchanges, LogsInByEveryMechanism) {
  backend::Directory directory = backend::example_directory();
  directory.mechanisms.add(Mechanism::login);
  for (const Mechanism mechanism :
       {Mechanism::none, Mechanism::plain, Mechanism::login, Mechanism::cram_md5, Mechanism::ntlm,
        Mechanism::oauthbearer, Mechanism::xoauth2}) {
    for (const std::uint8_t account : {std::uint8_t{0}, std::uint8_t{1}}) {
      for (const bool right : {true, false}) {
        Conversation conversation(GetParam(), directory);
        const Verb verb = mechanism == Mechanism::none ? Verb::login : Verb::authenticate;
        const auto acted = conversation.authenticate(
            {.verb = verb, .mechanism = mechanism, .account = account, .right = right});
        EXPECT_TRUE(acted.done && acted.attempt);
        EXPECT_EQ(acted.valid, right);
        EXPECT_EQ(acted.mechanism, mechanism);
        EXPECT_EQ(conversation.client.authenticated(), right) << conversation.heard;
        EXPECT_EQ(conversation.client.last_status(), right ? Status::ok : Status::no);
        EXPECT_FALSE(conversation.client.waiting());
        EXPECT_FALSE(conversation.client.challenged());
      }
    }
  }
}

TEST_P(Exchanges, CancelEndsTheExchangeAndTheAttempt) {
  for (const Mechanism mechanism : {Mechanism::plain, Mechanism::cram_md5, Mechanism::ntlm}) {
    Conversation conversation(GetParam());
    EXPECT_TRUE(conversation.act({.verb = Verb::authenticate, .mechanism = mechanism}).valid);
    const auto acted = conversation.act({.verb = Verb::cancel});
    EXPECT_TRUE(acted.done && acted.attempt && !acted.valid);
    EXPECT_EQ(acted.mechanism, mechanism);
    EXPECT_THAT(conversation.said, EndsWith("*\r\n"));
    EXPECT_EQ(conversation.client.last_status(), imap() ? Status::bad : Status::no);
    EXPECT_FALSE(conversation.client.waiting());
    EXPECT_TRUE(
        conversation.authenticate({.verb = Verb::authenticate, .mechanism = mechanism}).valid);
    EXPECT_TRUE(conversation.client.authenticated());
  }
}

TEST_P(Exchanges, RawOctetsEndTheAttemptAndAllLaterOnes) {
  Conversation conversation(GetParam());
  conversation.act({.verb = Verb::authenticate, .mechanism = Mechanism::ntlm});
  const auto acted = conversation.act({.verb = Verb::send, .octets = "AAAA\r\n"});
  EXPECT_TRUE(acted.attempt && !acted.valid);
  EXPECT_EQ(acted.mechanism, Mechanism::ntlm);
  EXPECT_FALSE(conversation.client.challenged());
  EXPECT_FALSE(conversation.client.waiting());
  EXPECT_EQ(conversation.client.last_status(), Status::no);
  const auto login = conversation.act({.verb = Verb::login});
  EXPECT_TRUE(login.attempt && !login.valid);
  EXPECT_TRUE(conversation.client.authenticated());
}

TEST_P(Exchanges, ACommandAmidALogInEndsTheAttempt) {
  Conversation conversation(GetParam(), hello(), line_server([](std::string_view) { return ""; }));
  EXPECT_TRUE(conversation.act({.verb = Verb::login}).valid);
  const auto acted = conversation.act({.verb = Verb::noop});
  EXPECT_TRUE(acted.done && acted.attempt && !acted.valid);
  EXPECT_EQ(acted.mechanism, Mechanism::none);
  EXPECT_FALSE(conversation.act({.verb = Verb::noop}).attempt);  // said once
  EXPECT_FALSE(conversation.act({.verb = Verb::login}).valid);
}

TEST_P(Exchanges, AWrongPasswordAmidAnExchangeEndsTheAttempt) {
  Conversation conversation(GetParam());
  EXPECT_TRUE(conversation.act({.verb = Verb::authenticate, .mechanism = Mechanism::plain}).valid);
  const auto acted = conversation.act({.verb = Verb::respond, .right = false});
  EXPECT_TRUE(acted.attempt && !acted.valid);
  EXPECT_EQ(conversation.client.last_status(), Status::no);
}

TEST_P(Exchanges, CancelsWhereTheChallengeCannotBeRead) {
  for (const std::string_view challenge :
       {"+ not base64", "+ AAAA", "+ ",
        "+ TlRMTVNTUAACAAAA"}) {  // the last: message 2 without its fields
    std::string last;
    Conversation conversation(
        GetParam(), hello(), line_server([&](std::string_view line) {
          last = line;
          if (line == "*")
            return std::string(imap() ? "a1 BAD cancelled\r\n" : "-ERR cancelled\r\n");
          const bool begins = line.starts_with("a1 ") || line.starts_with("AUTH");
          return std::string(begins ? "+ " : challenge) + "\r\n";
        }));
    conversation.act({.verb = Verb::authenticate, .mechanism = Mechanism::ntlm});
    EXPECT_FALSE(conversation.act({.verb = Verb::respond}).attempt);
    EXPECT_TRUE(conversation.client.challenged());
    const auto acted = conversation.act({.verb = Verb::respond});
    EXPECT_TRUE(acted.done);
    EXPECT_FALSE(acted.attempt) << "the server's doing, not the client's";
    EXPECT_EQ(last, "*");
    EXPECT_FALSE(conversation.client.waiting());
  }
}

// Even where the challenge has nothing to say.
TEST_P(Exchanges, CancelsWhereTheChallengeIsNoBase64) {
  for (const Mechanism mechanism : {Mechanism::plain, Mechanism::login, Mechanism::ntlm}) {
    Conversation conversation(GetParam(), hello(),
                              line_server([](std::string_view) { return "+ what?\r\n"; }));
    conversation.act({.verb = Verb::authenticate, .mechanism = mechanism});
    EXPECT_TRUE(conversation.act({.verb = Verb::respond}).done);
    EXPECT_THAT(conversation.said, EndsWith("\r\n*\r\n"));
  }
}

TEST_P(Exchanges, CancelsWhenThereIsNothingLeftToSay) {
  Conversation conversation(GetParam(), hello(),
                            line_server([](std::string_view) { return "+ \r\n"; }));
  conversation.act({.verb = Verb::authenticate, .mechanism = Mechanism::plain});
  conversation.act({.verb = Verb::respond});
  EXPECT_THAT(conversation.said, EndsWith("AGFsaWNlAHdvbmRlcmxhbmQ=\r\n"));
  conversation.act({.verb = Verb::respond});
  conversation.act({.verb = Verb::respond});
  EXPECT_THAT(conversation.said, EndsWith("*\r\n*\r\n"));
}

TEST(Exchange, TakesABarePlusAsAnEmptyChallenge) {  // MS-OXIMAP4 §2.2.1
  Conversation conversation(Protocol::imap, "* OK hello\r\n",
                            line_server([](std::string_view) { return "+\r\n"; }));
  conversation.act({.verb = Verb::authenticate, .mechanism = Mechanism::ntlm});
  EXPECT_TRUE(conversation.client.challenged());
  conversation.act({.verb = Verb::respond});
  EXPECT_THAT(conversation.said, HasSubstr("\r\nTlRMTVNTUAAB"));
}

// With the server's time, the client uses it and sends no LMv2 response (MS-NLMP §3.1.5.1.2).
TEST_P(Exchanges, NtlmUsesTheServersTime) {
  namespace ntlm = wire::ntlm;
  const std::string time("\1\2\3\4\5\6\7\10", 8);
  for (const bool has_time : {false, true}) {
    std::vector<ntlm::AvPair> pairs{{.id = 2, .value = ntlm::to_utf16le("CORP")}};
    if (has_time) pairs.push_back({.id = 7, .value = time});
    const ntlm::Challenge challenge{.flags = ntlm::unicode | ntlm::ntlm | ntlm::target_info,
                                    .target_name = {},
                                    .server_challenge = {1, 2, 3},
                                    .target_info = ntlm::build_target_info(pairs)};
    std::string last;
    Conversation conversation(GetParam(), hello(), line_server([&](std::string_view line) {
                                last = line;
                                const bool first = line.starts_with("TlRMTVNTUAAB");
                                return "+ " + (first ? wire::base64_encode(build(challenge)) : "") +
                                       "\r\n";
                              }));
    conversation.act({.verb = Verb::authenticate, .mechanism = Mechanism::ntlm});
    conversation.act({.verb = Verb::respond});
    conversation.act({.verb = Verb::respond});
    const auto message = ntlm::parse_authenticate(wire::base64_decode(last).value_or(""));
    ASSERT_TRUE(message);
    EXPECT_EQ(message->domain, ntlm::to_utf16le("CORP"));
    EXPECT_EQ(message->user, ntlm::to_utf16le("alice"));
    EXPECT_EQ(message->lm_response == std::string(24, '\0'), has_time);
    EXPECT_EQ(message->nt_response.substr(16 + 8, 8), has_time ? time : std::string(8, '\0'));
    const auto key =
        crypto::ntowf_v2(message->user, message->domain, ntlm::to_utf16le("wonderland"));
    EXPECT_TRUE(crypto::verify_ntlmv2(key, challenge.server_challenge, message->nt_response));
  }
}

// admin may act for others: with PLAIN he does, with LOGIN he can't say so.
TEST_P(Exchanges, ActsForAnother) {
  const std::vector<Credential> credentials{
      {.user = "admin", .password = "keys-of-the-house", .authzid = "bob"}};
  const backend::Directory& directory = backend::example_directory();
  for (const Verb verb : {Verb::authenticate, Verb::login}) {
    std::string greeting;
    backend::Connection(directory, GetParam(), 1).open(greeting);
    Conversation conversation(GetParam(), greeting, backend_server(GetParam(), directory),
                              credentials);
    conversation.authenticate({.verb = verb, .mechanism = Mechanism::plain});
    EXPECT_TRUE(conversation.client.authenticated());
    conversation.act({.verb = Verb::select});
    conversation.act({.verb = Verb::fetch});
    EXPECT_EQ(conversation.heard.find("To: bob") != std::string::npos, verb == Verb::authenticate)
        << conversation.heard;
  }
}

// EXTERNAL says at most for whom; who it is the certificate says. A wrong one names nobody.
TEST_P(Exchanges, ExternalIsAsGoodAsItsCertificate) {
  const std::vector<Credential> credentials{{.user = "alice", .password = "wonderland"},
                                            {.user = "bob", .password = "x"},
                                            {.user = "admin", .password = "y", .authzid = "bob"}};
  std::string last;
  const auto with = [&](std::optional<std::uint8_t> certificate, const Action& action) {
    Conversation conversation(GetParam(), hello(),
                              line_server([&](std::string_view line) -> std::string {
                                last = line;
                                if (line.find("TLS") == std::string_view::npos) return "+ \r\n";
                                return imap() ? "a1 OK\r\n" : "+OK\r\n";
                              }),
                              credentials);
    if (certificate) {
      conversation.act({.verb = Verb::starttls_certificate, .account = *certificate});
      conversation.client.tls_established("channel");
    }
    const bool valid = conversation.act(action).valid;
    conversation.act({.verb = Verb::respond});
    return valid;
  };
  Action action{.verb = Verb::authenticate, .mechanism = Mechanism::external};
  EXPECT_TRUE(with(0, action));
  EXPECT_EQ(last, "");
  EXPECT_FALSE(with(1, action));
  EXPECT_FALSE(with(std::nullopt, action));
  action.right = false;
  EXPECT_FALSE(with(0, action));
  EXPECT_EQ(last, wire::base64_encode("alice-not"));
  action = {.verb = Verb::authenticate, .mechanism = Mechanism::external, .account = 2};
  EXPECT_TRUE(with(2, action));
  EXPECT_EQ(last, wire::base64_encode("bob"));
}

// RFC 7628 §3.2.3: the server says what was wrong, and the client has nothing to say to that.
TEST_P(Exchanges, AnswersTheErrorsOfTokens) {
  for (const Mechanism mechanism : {Mechanism::oauthbearer, Mechanism::xoauth2}) {
    std::vector<std::string> lines;
    Conversation conversation(GetParam(), hello(), line_server([&](std::string_view line) {
                                lines.emplace_back(line);
                                return "+ " + wire::base64_encode("{\"status\":\"401\"}") + "\r\n";
                              }));
    conversation.act({.verb = Verb::authenticate, .mechanism = mechanism});
    for (int i = 0; i < 3; ++i) conversation.act({.verb = Verb::respond});
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_EQ(lines[2], mechanism == Mechanism::oauthbearer ? "AQ==" : "");
    EXPECT_EQ(lines[3], "*");
  }
}

// What a server's limit must let pass, and what it needn't.
TEST_P(Exchanges, RespondsAtLengthAndWithoutEnd) {
  const auto longest_line = [](Mechanism mechanism, Verb verb) {
    Conversation conversation(GetParam());
    EXPECT_TRUE(conversation.act({.verb = Verb::authenticate, .mechanism = mechanism}).valid);
    const std::size_t before = conversation.said.size();
    const auto acted = conversation.act({.verb = verb});
    EXPECT_EQ(acted.attempt, verb == Verb::respond_endless);
    EXPECT_FALSE(acted.valid);
    EXPECT_EQ(conversation.client.authenticated(), verb != Verb::respond_endless);
    return conversation.said.size() - before - 2;
  };
  EXPECT_GT(longest_line(Mechanism::oauthbearer, Verb::respond_long), 8192U);
  EXPECT_LT(longest_line(Mechanism::oauthbearer, Verb::respond_long), 12286U);
  EXPECT_EQ(longest_line(Mechanism::plain, Verb::respond_long),
            longest_line(Mechanism::plain, Verb::respond));
  EXPECT_EQ(longest_line(Mechanism::plain, Verb::respond_endless), 13000U);
}

// A proof can be repeated in another exchange only, and not once the session is logged in.
TEST_P(Exchanges, RepeatsAProof) {
  for (const Mechanism mechanism : {Mechanism::cram_md5, Mechanism::ntlm}) {
    Conversation conversation(GetParam());
    const Action start{.verb = Verb::authenticate, .mechanism = mechanism};
    const Action replay{.verb = Verb::replay};
    conversation.act(start);
    EXPECT_FALSE(conversation.client.can(replay));
    if (mechanism == Mechanism::ntlm) conversation.act({.verb = Verb::respond});
    conversation.act({.verb = Verb::respond, .right = false});
    EXPECT_FALSE(conversation.client.challenged());
    const std::string proof =
        conversation.said.substr(conversation.said.rfind("\r\n", conversation.said.size() - 3) + 2);

    conversation.act(start);
    const std::size_t before = conversation.said.size();
    const auto acted = conversation.act(replay);
    EXPECT_TRUE(acted.done && acted.attempt && !acted.valid);
    EXPECT_EQ(conversation.said.substr(before), proof);
    EXPECT_FALSE(conversation.client.authenticated());

    conversation.authenticate(start);
    EXPECT_TRUE(conversation.client.authenticated());
    conversation.act(start);
    EXPECT_FALSE(conversation.client.can(replay));
  }
}

TEST(Exchange, SendsLiteralsOnlyWhenTheServerSaysSo) {
  backend::Directory directory = backend::example_directory();
  directory.accounts[0].user =
      "al\xc3\xaf"
      "ce";
  directory.accounts[0].password = "w\xc3\xb6nderland";
  const std::vector<Credential> credentials{
      {.user = directory.accounts[0].user, .password = directory.accounts[0].password}};
  Conversation conversation(Protocol::imap, "* OK hello\r\n",
                            backend_server(Protocol::imap, directory), credentials);
  conversation.act({.verb = Verb::login});
  EXPECT_EQ(conversation.said,
            "a1 LOGIN {6}\r\nal\xc3\xaf"
            "ce {11}\r\nw\xc3\xb6nderland\r\n");
  EXPECT_TRUE(conversation.client.authenticated());
}

TEST(Exchange, NeverPutsALineEndIntoAPop3Command) {
  const std::vector<Credential> credentials{{.user = "alice", .password = "x\r\nQUIT"}};
  Conversation conversation(Protocol::pop3, "+OK hello\r\n",
                            line_server([](std::string_view) { return "+OK\r\n"; }), credentials);
  EXPECT_FALSE(conversation.act({.verb = Verb::login}).done);
}

}  // namespace
}  // namespace sallyport::client
