// Logging in: whom the account database is asked for, what the front-end verifies itself, what it
// passes on, and how failures end.
#include <algorithm>

#include "crypto/ntlmv2.hpp"
#include "frontend/frontend_for_test.hpp"
#include "wire/oauth.hpp"
#include "wire/sasl.hpp"
#include "wire/scram.hpp"

namespace sallyport::frontend {
namespace {

using trace::Kind;
using trace::Protocol;
namespace scram = wire::scram;

constexpr std::string_view no_login = "S0 a1 NO [AUTHENTICATIONFAILED] login failed\n";

class LoginTest : public FrontEndTest {
 protected:
  /// alice, bob, and admin, who may act for others.
  void start_with_accounts(std::optional<ClientTls> tls = std::nullopt) {
    for (const char* const user : {"alice", "bob", "admin"}) {
      accounts.emplace(user, example_account(user, std::string(user) + "'s password"));
    }
    accounts.at("admin").acts_for_others = true;
    start("hardened", Protocol::imap, configuration.fault, tls.has_value());
    if (tls) connect(0, Protocol::imap, tls);
  }
  /// The back-end is there, and what the front-end proves to it.
  std::string proof_at_backend(trace::LinkId k = 0) {
    EXPECT_EQ(backend(k, imap_greeting), "F" + std::to_string(k) + " f1 AUTHENTICATE PLAIN\n");
    const std::string line = backend(k, "+ \r\n");
    if (line.size() < 4) return line;
    return wire::base64_decode(line.substr(3, line.size() - 4)).value_or("not base64");
  }
  static std::string front_end_for(std::string_view user) {
    return wire::sasl::build_plain({.authzid = std::string(user),
                                    .authcid = std::string(front_end_user),
                                    .password = std::string(front_end_password)});
  }
};

// Failures

TEST_F(LoginTest, AFailureIsAnsweredAfterItsDelay) {
  start("hardened", Protocol::imap);
  configuration.profile.limits.failure_seconds = 3;
  client("a1 LOGIN alice x\r\n");
  proof_at_backend();
  EXPECT_EQ(backend(0, "f1 NO wrong\r\n"), "");
  EXPECT_EQ(front_end->due(), 3u);
  EXPECT_EQ(client("a2 NOOP\r\n"), "") << "what is pipelined waits as well";
  EXPECT_EQ(wait(2), "");
  EXPECT_EQ(front_end->due(), 1u);
  EXPECT_EQ(wait(1), std::string(no_login) + "S0 a2 OK NOOP completed\n");
  EXPECT_EQ(front_end->due(), std::nullopt);
}

TEST_F(LoginTest, TheThirdFailureIsTheLast) {
  for (const Protocol protocol : {Protocol::imap, Protocol::pop3}) {
    start("hardened", protocol);
    const bool imap = protocol == Protocol::imap;
    std::string answers;
    for (int i = 0; i < 3; ++i) {
      client(imap ? "a1 LOGIN alice x\r\n" : "USER alice\r\nPASS x\r\n");
      if (i == 0) backend(0, imap ? imap_greeting : "+OK ready\r\n");
      if (i == 0 && !imap) backend(0, "-ERR what?\r\n");
      if (imap) {
        backend(0, "+ \r\n");
        backend(0, "f" + std::to_string(i + 1) + " NO wrong\r\n");
      } else {
        backend(0, "+OK\r\n");
        backend(0, "-ERR wrong\r\n");
      }
      answers = wait(1);
    }
    EXPECT_TRUE(answers.ends_with(imap ? "S0 * BYE too many failed logins\nS0 <close>\n"
                                       : "S0 -ERR too many failed logins\nS0 <close>\n"))
        << answers;
  }
}

TEST_F(LoginTest, AClientThatLeavesDuringTheDelayIsForgotten) {
  start("hardened", Protocol::imap);
  client("a1 LOGIN alice x\r\n");
  proof_at_backend();
  backend(0, "f1 NO wrong\r\n");
  front_end->client_closed(0, host);
  EXPECT_EQ(wait(1), "");
}

// Accounts

TEST_F(LoginTest, TheDatabaseSaysWhichBackEndHasTheMail) {
  start_with_accounts();
  accounts.at("alice").route = 2;
  EXPECT_EQ(client("a1 LOGIN alice x\r\n"), "F0 <open 2>\n");
}

// An unknown user and a wrong password must look alike, to the second.
TEST_F(LoginTest, AnUnknownUserGoesTheWayOfAWrongPassword) {
  for (const std::string_view user : {"alice", "mallory"}) {
    start_with_accounts();
    EXPECT_EQ(client("a1 LOGIN " + std::string(user) + " x\r\n"), "F0 <open>\n") << user;
    proof_at_backend();
    EXPECT_EQ(backend(0, "f1 NO wrong\r\n"), "") << user;
    EXPECT_EQ(wait(1), no_login) << user;
  }
}

TEST_F(LoginTest, ADatabaseThatCannotAnswerIsNobodysFailure) {
  start("hardened", Protocol::imap);
  database_answers = false;
  EXPECT_EQ(client("a1 LOGIN alice x\r\n"), "");
  front_end->look_up_failed(0, host);
  EXPECT_EQ(host.take(), "S0 a1 NO [UNAVAILABLE] try again later\n") << "at once";
  EXPECT_EQ(host.count(Kind::failure), 1);
  front_end->looked_up(0, nullptr, host);
  EXPECT_EQ(host.take(), "") << "an answer that comes too late has no effect";
}

TEST_F(LoginTest, ADatabaseThatHangsIsWaitedForOnlySoLong) {
  start("hardened", Protocol::imap);
  database_answers = false;
  client("a1 LOGIN alice x\r\na2 NOOP\r\n");
  EXPECT_EQ(front_end->due(), 60u);
  EXPECT_EQ(wait(59), "");
  EXPECT_EQ(wait(1), "S0 a1 NO [UNAVAILABLE] try again later\nS0 a2 OK NOOP completed\n");
}

TEST_F(LoginTest, AnAnswerForASessionThatIsGoneHasNoEffect) {
  start("hardened", Protocol::imap);
  database_answers = false;
  client("a1 LOGIN alice x\r\n");
  front_end->client_closed(0, host);
  answer_lookup();
  EXPECT_EQ(host.take(), "");
}

TEST_F(LoginTest, WhatTheDatabaseSaidIsKeptUnderTheUsersCanonicalName) {
  start_with_accounts();
  client("a1 LOGIN Alice x\r\n");
  database_answers = false;
  connect(1, Protocol::imap);
  client("b1 LOGIN ALICE x\r\n", 1);
  EXPECT_TRUE(host.lookups.empty()) << "the same user";
  EXPECT_EQ(host.count(Kind::cached), 1);
  connect(1, Protocol::imap);
  client("c1 LOGIN \"alice x\" x\r\n", 1);
  EXPECT_EQ(host.lookups.size(), 1u) << "another user";
}

TEST_F(LoginTest, TheCacheForgetsAfterAnHourAndKeepsNoUnknownUsers) {
  start_with_accounts();
  client("a1 LOGIN alice x\r\n");
  wait(3600);
  database_answers = false;
  connect(0, Protocol::imap);
  client("b1 LOGIN alice x\r\n");
  EXPECT_EQ(host.lookups.size(), 1u);
  answer_lookup();
  connect(0, Protocol::imap);
  client("c1 LOGIN mallory x\r\n");
  answer_lookup();
  connect(0, Protocol::imap);
  client("d1 LOGIN mallory x\r\n");
  EXPECT_EQ(host.lookups.size(), 1u);
}

TEST_F(LoginTest, AWayToLogInThatTheAccountForbidsFailsLikeAnyOther) {
  start_with_accounts();
  accounts.at("alice").mechanisms.remove(trace::Mechanism::plain);
  EXPECT_EQ(client("a1 LOGIN alice x\r\n"), "") << "no back-end sees the password";
  EXPECT_EQ(wait(1), no_login);
}

TEST_F(LoginTest, OnlyWhoMayActsForAnother) {
  start_with_accounts();
  const auto plain = [](std::string_view authcid) {
    return "a1 AUTHENTICATE PLAIN " +
           base64_line("bob" + std::string(1, '\0') + std::string(authcid) + std::string(1, '\0') +
                       "secret");
  };
  EXPECT_EQ(client(plain("alice")), "");
  EXPECT_EQ(wait(1), no_login);
  EXPECT_EQ(client(plain("admin")), "F0 <open>\n");
  EXPECT_EQ(proof_at_backend(), std::string("bob\0admin\0secret", 16));
  EXPECT_EQ(backend(0, "f1 OK done\r\n"), "S0 a1 OK logged in\n");
}

// Proofs that the front-end verifies itself

TEST_F(LoginTest, CramMd5LogsInOnTheFrontEndsOwnCredential) {
  start_with_accounts();
  const std::string challenge = challenge_in(client("a1 AUTHENTICATE CRAM-MD5\r\n"));
  const std::string proof = "Alice " + crypto::cram_md5("alice's password", challenge);
  EXPECT_EQ(client(base64_line(proof)), "F0 <open>\n");
  EXPECT_EQ(proof_at_backend(), front_end_for("Alice"));
  EXPECT_EQ(backend(0, "f1 OK done\r\n"), "S0 a1 OK logged in\n");
  const auto identified = std::ranges::find(host.events, Kind::identified, &trace::Event::kind);
  ASSERT_NE(identified, host.events.end());
  EXPECT_EQ(identified->user, "alice") << "canonical";
}

TEST_F(LoginTest, CramMd5RefusesWhatIsNotTheAnswerToItsChallenge) {
  start_with_accounts();
  std::string earlier = "<1@frontend.example>";
  for (const std::string_view user : {"alice", "mallory", "bob"}) {
    const std::string challenge = challenge_in(client("a1 AUTHENTICATE CRAM-MD5\r\n"));
    EXPECT_NE(challenge, earlier);
    const std::string proof =
        std::string(user) + " " + crypto::cram_md5("alice's password", earlier);
    EXPECT_EQ(client(base64_line(proof)), "") << "no back-end is asked";
    EXPECT_TRUE(wait(1).starts_with(no_login)) << user;
    earlier = challenge;
  }
}

/// A client's part of a SCRAM exchange, made of the wire's messages by hand.
struct ScramClient {
  std::string password = "alice's password";
  scram::ClientFirst first{.binding = scram::Binding::unsupported,
                           .binding_name = "",
                           .authzid = "",
                           .user = "alice",
                           .nonce = "abc",
                           .gs2_header = "",
                           .bare = ""};
  std::string channel = {};  // what it is bound to
  crypto::Digest256 server_signature{};

  [[nodiscard]] std::string final_for(std::string_view server_first) {
    const auto server = scram::parse_server_first(server_first);
    EXPECT_TRUE(server) << server_first;
    if (!server) return "";
    EXPECT_TRUE(server->nonce.starts_with(first.nonce) && server->nonce != first.nonce);
    scram::ClientFinal final{.binding = scram::gs2_header_of(first) + channel,
                             .nonce = server->nonce,
                             .proof = "",
                             .without_proof = ""};
    const std::string transcript = scram::bare_of(first) + "," + std::string(server_first) + "," +
                                   scram::without_proof_of(final);
    const auto salted = crypto::salted_password(password, server->salt, server->iterations);
    final.proof = crypto::view(crypto::client_proof(salted, transcript));
    server_signature = crypto::server_signature(crypto::scram_keys(salted), transcript);
    return scram::build(final);
  }
};

TEST_F(LoginTest, ScramLogsInAndProvesThatTheServerKnowsThePassword) {
  start_with_accounts();
  ScramClient alice;
  EXPECT_EQ(client("a1 AUTHENTICATE SCRAM-SHA-256\r\n"), "S0 + \n");
  const std::string server_first = challenge_in(client(base64_line(scram::build(alice.first))));
  EXPECT_EQ(client(base64_line(alice.final_for(server_first))), "F0 <open>\n");
  EXPECT_EQ(proof_at_backend(), front_end_for("alice"));
  EXPECT_EQ(challenge_in(backend(0, "f1 OK done\r\n")),
            scram::build_server_final(crypto::view(alice.server_signature)))
      << "only once the back-end has let him in";
  EXPECT_EQ(client("\r\n"), "S0 a1 OK logged in\n");
}

TEST_F(LoginTest, ScramThatEndsAtItsLastMessageLogsNobodyIn) {
  for (const std::string_view last : {"*\r\n", "eA==\r\n", "!\r\n"}) {
    start_with_accounts();
    ScramClient alice;
    const std::string server_first = challenge_in(
        client("a1 AUTHENTICATE SCRAM-SHA-256 " + base64_line(scram::build(alice.first))));
    client(base64_line(alice.final_for(server_first)));
    proof_at_backend();
    backend(0, "f1 OK done\r\n");
    EXPECT_TRUE(client(last).starts_with("S0 a1 BAD ")) << last;
    EXPECT_EQ(client("a2 SELECT INBOX\r\n"), "S0 a2 BAD not authenticated\n");
  }
}

// The same messages for a wrong password and for nobody, up to the outcome.
TEST_F(LoginTest, ScramRefusesAWrongPasswordAndNobodyAlike) {
  for (const std::string_view user : {"alice", "mallory"}) {
    start_with_accounts();
    ScramClient liar{.password = "guessed"};
    liar.first.user = user;
    const std::string start =
        "a1 AUTHENTICATE SCRAM-SHA-256 " + base64_line(scram::build(liar.first));
    const std::string server_first = challenge_in(client(start));
    EXPECT_TRUE(server_first.ends_with(",i=4096")) << server_first;
    EXPECT_EQ(client(base64_line(liar.final_for(server_first))), "");
    EXPECT_EQ(wait(1), no_login) << "and nothing of server-final";
  }
}

TEST_F(LoginTest, ScramRefusesAProofThatWasGivenBefore) {
  start_with_accounts();
  ScramClient alice;
  const std::string start =
      "a1 AUTHENTICATE SCRAM-SHA-256 " + base64_line(scram::build(alice.first));
  const std::string proof = alice.final_for(challenge_in(client(start)));
  client("*\r\n");
  client(start);
  EXPECT_EQ(client(base64_line(proof)), "");
  EXPECT_EQ(wait(1), no_login);
}

TEST_F(LoginTest, ScramPlusWantsThisChannelAndNoOther) {
  for (const std::string_view channel : {"this channel", "another channel", ""}) {
    start_with_accounts(ClientTls{.user = "", .binding = "this channel"});
    ScramClient alice{.channel = std::string(channel)};
    alice.first.binding = scram::Binding::used;
    alice.first.binding_name = "tls-exporter";
    const std::string server_first = challenge_in(
        client("a1 AUTHENTICATE SCRAM-SHA-256-PLUS " + base64_line(scram::build(alice.first))));
    const std::string answer = client(base64_line(alice.final_for(server_first))) + wait(1);
    EXPECT_EQ(answer, channel == "this channel" ? "F0 <open>\n" : no_login) << channel;
  }
}

// "y" says that the client could bind its channel but saw no -PLUS: somebody took it off the list
// (RFC 5802 §6).
TEST_F(LoginTest, ScramSeesThatSomebodyTookPlusOffTheList) {
  ScramClient alice;
  alice.first.binding = scram::Binding::supported;
  const std::string start =
      "a1 AUTHENTICATE SCRAM-SHA-256 " + base64_line(scram::build(alice.first));
  start_with_accounts(ClientTls{.user = "", .binding = "this channel"});
  EXPECT_EQ(client(start), "S0 a1 BAD no such channel binding\n");
  start_with_accounts();
  EXPECT_TRUE(client(start).starts_with("S0 + ")) << "without TLS -PLUS isn't on it anyway";
}

TEST_F(LoginTest, ScramRefusesMessagesOutOfOrderAndOtherBindings) {
  ScramClient alice;
  scram::ClientFirst other = alice.first;
  other.binding = scram::Binding::used;
  other.binding_name = "tls-unique";
  const std::string first = scram::build(alice.first);
  for (const std::string& message :
       {std::string("c=biws,r=abc,p=AAAA"), std::string(), scram::build(other)}) {
    start_with_accounts(ClientTls{.user = "", .binding = "this channel"});
    client("a1 AUTHENTICATE SCRAM-SHA-256\r\n");
    EXPECT_TRUE(client(base64_line(message)).starts_with("S0 a1 BAD ")) << message;
  }
  start_with_accounts(ClientTls{.user = "", .binding = "this channel"});
  client("a1 AUTHENTICATE SCRAM-SHA-256-PLUS\r\n");
  EXPECT_TRUE(client(base64_line(first)).starts_with("S0 a1 BAD ")) << "-PLUS without a binding";
}

TEST_F(LoginTest, ExternalNeedsACertificate) {
  start_with_accounts(ClientTls{.user = "", .binding = ""});
  EXPECT_EQ(client("a1 AUTHENTICATE EXTERNAL =\r\n"), "S0 a1 NO unsupported mechanism\n");

  start_with_accounts(ClientTls{.user = "alice", .binding = ""});
  EXPECT_NE(client("a1 CAPABILITY\r\n").find(" AUTH=EXTERNAL"), std::string::npos);
  EXPECT_EQ(client("a1 AUTHENTICATE EXTERNAL =\r\n"), "F0 <open>\n");
  EXPECT_EQ(proof_at_backend(), front_end_for("alice"));
}

TEST_F(LoginTest, ExternalActsForAnotherOnlyWhereTheAccountMay) {
  for (const std::string_view user : {"alice", "admin"}) {
    start_with_accounts(ClientTls{.user = user, .binding = ""});
    const std::string answer = client("a1 AUTHENTICATE EXTERNAL " + base64_line("bob")) + wait(1);
    EXPECT_EQ(answer, user == "admin" ? "F0 <open>\n" : no_login);
  }
}

// Tokens

TEST_F(LoginTest, ATokenGoesToABackEndThatTakesTokens) {
  const wire::oauth::Message message{
      .user = "alice", .host = "", .port = "", .token = "token-of-alice"};
  start_with_accounts();
  client("a1 AUTHENTICATE OAUTHBEARER\r\n");
  EXPECT_EQ(client(base64_line(wire::oauth::build_oauthbearer(message, 9000))), "F0 <open>\n")
      << "a response may have 12288 octets, whatever a command may";
  EXPECT_EQ(backend(0, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=OAUTHBEARER] hi\r\n"),
            "F0 f1 AUTHENTICATE OAUTHBEARER\n");
  EXPECT_EQ(backend(0, "+ \r\n"),
            "F0 " + wire::base64_encode(wire::oauth::build_oauthbearer(message)) + "\n")
      << "without what the client put around it";
  EXPECT_EQ(backend(0, "f1 OK done\r\n"), "S0 a1 OK logged in\n");
}

TEST_F(LoginTest, ATokenGoesToNoOtherBackEnd) {
  start_with_accounts();
  const wire::oauth::Message message{.user = "alice", .host = "", .port = "", .token = "t"};
  EXPECT_EQ(client("a1 AUTHENTICATE XOAUTH2 " + base64_line(wire::oauth::build_xoauth2(message))),
            "F0 <open>\n");
  const std::string answer = backend(0, imap_greeting);
  EXPECT_TRUE(answer.ends_with("S0 a1 NO [UNAVAILABLE] try again later\n")) << answer;
  EXPECT_FALSE(answer.contains(" LOGIN ") || answer.contains(" AUTHENTICATE ")) << answer;
  EXPECT_EQ(host.count(Kind::failure), 1);
}

}  // namespace
}  // namespace sallyport::frontend
