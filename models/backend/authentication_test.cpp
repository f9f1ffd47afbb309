// SASL in both protocols: which messages log in, and how everything else ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "backend/session_for_test.hpp"
#include "crypto/ntlmv2.hpp"
#include "wire/base64.hpp"
#include "wire/ntlm.hpp"
#include "wire/oauth.hpp"

namespace sallyport::backend {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using trace::Protocol;
using wire::base64_encode;
namespace ntlm = wire::ntlm;

/// The other end of an exchange, made of the wire's messages by hand.
struct NtlmClient {
  std::string user = "alice";
  std::string password = "wonderland";
  std::string domain = "ANYTHING";
  std::uint32_t flags = ntlm::unicode | ntlm::oem | ntlm::ntlm;
  bool version_1 = false;

  [[nodiscard]] std::string negotiate() const { return build(ntlm::Negotiate{.flags = flags}); }
  [[nodiscard]] std::string authenticate(const ntlm::Challenge& challenge) const {
    const bool unicode = (challenge.flags & ntlm::unicode) != 0;
    const std::string user16 = ntlm::to_utf16le(user);
    const std::string domain16 = ntlm::to_utf16le(domain);
    const auto key = crypto::ntowf_v2(user16, domain16, ntlm::to_utf16le(password));
    ntlm::Authenticate message;
    message.flags = challenge.flags;
    message.nt_response = version_1 ? std::string(24, 'x')
                                    : crypto::ntlmv2_response(key, challenge.server_challenge,
                                                              {1, 2, 3}, 0, challenge.target_info);
    message.domain = unicode ? domain16 : domain;
    message.user = unicode ? user16 : user;
    return build(message);
  }
};

class Authentication : public testing::TestWithParam<Protocol> {
 protected:
  Authentication() : session(GetParam()) {}

  static bool imap() { return GetParam() == Protocol::imap; }
  static std::string begin(std::string_view arguments) {
    return (imap() ? "t AUTHENTICATE " : "AUTH ") + std::string(arguments);
  }
  static std::string begin(std::string_view mechanism, std::string_view initial) {
    return begin(mechanism) + " " + (initial.empty() ? "=" : base64_encode(initial));
  }
  /// What the answer is: + for a challenge, OK, NO, BAD.
  static std::string_view kind(std::string_view answer) {
    if (answer.starts_with("+ ")) return "+";
    if (imap()) {
      for (const std::string_view word : {"OK", "NO", "BAD"}) {
        if (answer.starts_with("t " + std::string(word) + " ")) return word;
      }
      return "?";
    }
    return answer.starts_with("+OK ") ? "OK" : answer.starts_with("-ERR ") ? "NO" : "?";
  }
  /// IMAP says BAD where POP3 has -ERR for everything.
  static std::string_view bad() { return imap() ? "BAD" : "NO"; }

  static std::string plain(std::string_view user, std::string_view password) {
    return std::string("\0", 1).append(user).append(1, '\0').append(password);
  }
  static std::string challenge_of(std::string_view answer) {
    EXPECT_TRUE(answer.starts_with("+ ") && answer.ends_with("\r\n")) << answer;
    return wire::base64_decode(answer.substr(2, answer.size() - 4)).value_or("not base64");
  }
  ntlm::Challenge ntlm_challenge(const NtlmClient& client) {
    EXPECT_EQ(session.say(begin("NTLM")), "+ \r\n");
    return ntlm::parse_challenge(challenge_of(session.say(base64_encode(client.negotiate()))))
        .value_or(ntlm::Challenge{});
  }
  std::string_view ntlm_log_in(const NtlmClient& client) {
    const auto challenge = ntlm_challenge(client);
    return kind(session.say(base64_encode(client.authenticate(challenge))));
  }

  Session session;
};

INSTANTIATE_TEST_SUITE_P(, Authentication, testing::Values(Protocol::imap, Protocol::pop3),
                         [](const auto& each) { return std::string(trace::name(each.param)); });

TEST_P(Authentication, PlainLogsIn) {
  EXPECT_EQ(session.say(begin("PLAIN")), "+ \r\n");
  EXPECT_EQ(kind(session.say(base64_encode(plain("alice", "wonderland")))), "OK");
}

TEST_P(Authentication, PlainLogsInByInitialResponse) {
  EXPECT_EQ(kind(session.say(begin("plain", plain("bob", "builder")))), "OK");
}

TEST_P(Authentication, PlainRefusesWrongSecretsAndOtherIdentities) {
  for (const std::string& message :
       {plain("alice", "builder"), plain("mallory", "wonderland"), plain("alice", ""),
        plain("", ""), std::string(), std::string("alice"), "bob" + plain("alice", "wonderland")}) {
    EXPECT_EQ(kind(session.say(begin("PLAIN", message))), "NO");
  }
  EXPECT_EQ(kind(session.say(begin("PLAIN", "alice" + plain("alice", "wonderland")))), "OK");
}

// Who may act for another is admin and the front-end; whose the mailbox is then shows his own user.
TEST_P(Authentication, PlainActsForAnotherWhereTheAccountMay) {
  const std::string for_bob = "bob" + plain("admin", "keys-of-the-house");
  const auto user_of = [&](std::string_view message) -> std::string {
    Session fresh(GetParam());
    std::string answer;
    trace::Events told;
    fresh.connection.receive(begin("PLAIN", message) + "\r\n", fresh.store, answer, &told);
    for (const trace::Event& event : told) {
      if (event.kind == trace::Kind::identified) return event.user;
    }
    return "";
  };
  EXPECT_EQ(user_of(for_bob), "bob");
  EXPECT_EQ(user_of("carol" + plain("front-end", "sesame-of-the-front-end")), "carol");
  EXPECT_EQ(user_of("bob" + plain("alice", "wonderland")), "");
  EXPECT_EQ(user_of("bob" + plain("admin", "wonderland")), "");
  EXPECT_EQ(user_of("nobody" + plain("admin", "keys-of-the-house")), "");
}

TEST_P(Authentication, TokensLogTheirOwnUserIn) {
  const auto outcome = [](std::string_view mechanism, std::string_view user,
                          std::string_view token) {
    const wire::oauth::Message message{
        .user = std::string(user), .host = "", .port = "", .token = std::string(token)};
    const std::string octets = mechanism == "XOAUTH2" ? wire::oauth::build_xoauth2(message)
                                                      : wire::oauth::build_oauthbearer(message);
    return kind(Session(GetParam()).say(begin(mechanism, octets)));
  };
  for (const std::string_view mechanism : {"OAUTHBEARER", "XOAUTH2"}) {
    EXPECT_EQ(outcome(mechanism, "alice", token_of("alice")), "OK") << mechanism;
    EXPECT_EQ(outcome(mechanism, "alice", token_of("bob")), "NO") << mechanism;
    EXPECT_EQ(outcome(mechanism, "nobody", token_of("nobody")), "NO") << mechanism;
    EXPECT_EQ(outcome(mechanism, "nobody", token_of("")), "NO") << mechanism;
  }
}

TEST_P(Authentication, StartsTlsOnceAndForgetsWhatCameBehindIt) {
  Directory directory = example_directory();
  directory.tls = true;
  Session fresh(GetParam(), directory);
  const std::string command = imap() ? "t STARTTLS\r\n" : "STLS\r\n";
  EXPECT_EQ(kind(fresh.send(command + (imap() ? "x NOOP\r\n" : "CAPA\r\n"))), "OK");
  ASSERT_TRUE(fresh.connection.wants_tls());
  EXPECT_EQ(fresh.send(imap() ? "y NOOP\r\n" : "CAPA\r\n"), "") << "plaintext after its OK";
  fresh.connection.tls_established();
  EXPECT_EQ(kind(fresh.send(command)), bad()) << "no TLS inside TLS";
  EXPECT_EQ(kind(fresh.say(begin("PLAIN", plain("alice", "wonderland")))), "OK");
}

TEST_P(Authentication, CramMd5LogsIn) {
  const std::string challenge = challenge_of(session.say(begin("CRAM-MD5")));
  EXPECT_THAT(challenge, testing::MatchesRegex("<[0-9a-f]+@be1\\.example>"));
  const std::string digest = crypto::cram_md5("wonderland", challenge);
  EXPECT_EQ(kind(session.say(base64_encode("alice " + digest))), "OK");
}

TEST_P(Authentication, CramMd5RefusesEverythingElse) {
  for (const std::string_view user : {"alice", "mallory", ""}) {
    const std::string challenge = challenge_of(session.say(begin("CRAM-MD5")));
    const std::string digest = crypto::cram_md5("builder", challenge);
    EXPECT_EQ(kind(session.say(base64_encode(std::string(user) + " " + digest))), "NO");
  }
  // The digest over an earlier challenge.
  const std::string stale = challenge_of(session.say(begin("CRAM-MD5")));
  session.say("*");
  session.say(begin("CRAM-MD5"));
  const std::string digest = crypto::cram_md5("wonderland", stale);
  EXPECT_EQ(kind(session.say(base64_encode("alice " + digest))), "NO");
  session.say(begin("CRAM-MD5"));
  EXPECT_EQ(kind(session.say(base64_encode("alice"))), "NO");
  // RFC 4959 §3, RFC 5034 §4: the server speaks first, so an initial response is an error.
  EXPECT_EQ(kind(session.say(begin("CRAM-MD5", "alice " + digest))), bad());
}

TEST_P(Authentication, SaslLoginLogsInWhereItIsOffered) {
  EXPECT_EQ(kind(session.say(begin("LOGIN"))), "NO");
  Directory directory = example_directory();
  directory.mechanisms.add(trace::Mechanism::login);
  session = Session(GetParam(), directory);
  EXPECT_EQ(challenge_of(session.say(begin("LOGIN"))), "Username:");
  EXPECT_EQ(challenge_of(session.say(base64_encode("alice"))), "Password:");
  EXPECT_EQ(kind(session.say(base64_encode("builder"))), "NO");
  EXPECT_EQ(challenge_of(session.say(begin("LOGIN", "alice"))), "Password:");
  EXPECT_EQ(kind(session.say(base64_encode("wonderland"))), "OK");
}

TEST_P(Authentication, NtlmLogsInWhateverDomainTheClientNames) {
  EXPECT_EQ(ntlm_log_in({}), "OK");
  session = Session(GetParam());
  EXPECT_EQ(ntlm_log_in({.user = "bob", .password = "builder", .domain = ""}), "OK");
}

TEST_P(Authentication, NtlmLogsInByInitialResponse) {
  const NtlmClient client;
  const auto challenge =
      ntlm::parse_challenge(challenge_of(session.say(begin("NTLM", client.negotiate()))));
  ASSERT_TRUE(challenge);
  EXPECT_EQ(kind(session.say(base64_encode(client.authenticate(*challenge)))), "OK");
}

TEST_P(Authentication, NtlmSpeaksOemToAClientWithoutUnicode) {
  EXPECT_EQ(ntlm_log_in({.flags = ntlm::oem | ntlm::ntlm}), "OK");
}

TEST_P(Authentication, NtlmNamesItsDomainAndItself) {
  const auto challenge = ntlm_challenge({});
  EXPECT_EQ(challenge.target_name, ntlm::to_utf16le("EXAMPLE"));
  EXPECT_EQ(challenge.flags & (ntlm::unicode | ntlm::ntlm | ntlm::target_info),
            ntlm::unicode | ntlm::ntlm | ntlm::target_info);
  const std::vector<ntlm::AvPair> pairs{{.id = 2, .value = ntlm::to_utf16le("EXAMPLE")},
                                        {.id = 1, .value = ntlm::to_utf16le("BE1")}};
  EXPECT_EQ(challenge.target_info, ntlm::build_target_info(pairs));
  EXPECT_TRUE(challenge.target_info.ends_with(std::string(4, '\0')));  // the terminator
}

TEST_P(Authentication, NtlmRefusesWrongSecretsAndVersion1) {
  EXPECT_EQ(ntlm_log_in({.password = "builder"}), "NO");
  EXPECT_EQ(ntlm_log_in({.user = "mallory"}), "NO");
  EXPECT_EQ(ntlm_log_in({.user = ""}), "NO");
  EXPECT_EQ(ntlm_log_in({.version_1 = true}), "NO");
  EXPECT_EQ(ntlm_log_in({}), "OK");
}

TEST_P(Authentication, NtlmRefusesMessagesOutOfOrder) {
  const NtlmClient client;
  const auto challenge = ntlm_challenge(client);
  const std::string message_1 = base64_encode(client.negotiate());
  const std::string message_2 = base64_encode(build(challenge));
  const std::string message_3 = base64_encode(client.authenticate(challenge));
  EXPECT_EQ(kind(session.say(message_1)), "NO");  // twice
  for (const std::string& first : {message_3, message_2, base64_encode("NTLM"), std::string()}) {
    session.say(begin("NTLM"));
    EXPECT_EQ(kind(session.say(first)), "NO");
  }
  session.say(begin("NTLM"));
  session.say(message_1);
  EXPECT_EQ(kind(session.say(message_2)), "NO");
}

// KB 306874's fault in one line: the challenge belongs to one exchange of one connection.
TEST_P(Authentication, NtlmRefusesTheAnswerToAnotherChallenge) {
  const NtlmClient client;
  const auto challenge = ntlm_challenge(client);
  Session other(GetParam(), example_directory(), 2);
  other.say(begin("NTLM"));
  other.say(base64_encode(client.negotiate()));
  EXPECT_EQ(kind(other.say(base64_encode(client.authenticate(challenge)))), "NO");

  session.say("*");
  ntlm_challenge(client);
  EXPECT_EQ(kind(session.say(base64_encode(client.authenticate(challenge)))), "NO");
}

TEST_P(Authentication, NeverUsesAChallengeTwice) {
  std::set<crypto::Nonce> seen;
  for (const std::uint16_t id : std::to_array<std::uint16_t>({0, 1, 2, 255, 256, 65535})) {
    session = Session(GetParam(), example_directory(), id);
    for (int i = 0; i < 50; ++i) {
      EXPECT_TRUE(seen.insert(ntlm_challenge({}).server_challenge).second);
      session.say("*");
    }
  }
}

TEST_P(Authentication, AStarCancels) {
  for (const std::string_view mechanism : {"PLAIN", "CRAM-MD5", "NTLM"}) {
    session.say(begin(mechanism));
    EXPECT_EQ(kind(session.say("*")), bad());
  }
  ntlm_challenge({});
  EXPECT_EQ(kind(session.say("*")), bad());
  EXPECT_EQ(ntlm_log_in({}), "OK");
}

TEST_P(Authentication, WhatIsNoBase64EndsTheExchange) {
  for (const std::string_view line : {"%", "=", "QQ", "QQ== ", "LOGOUT", "* *"}) {
    session.say(begin("PLAIN"));
    EXPECT_EQ(kind(session.say(line)), bad()) << line;
  }
  session.say(begin("PLAIN"));
  EXPECT_EQ(kind(session.send("QQ==\nXX==\r\n")), bad());  // a bare line feed
  EXPECT_EQ(kind(session.say(begin("PLAIN"))), "+");
}

TEST_P(Authentication, RefusesWhatItDoesNotOffer) {
  EXPECT_EQ(kind(session.say(begin("GSSAPI"))), "NO");
  EXPECT_EQ(kind(session.say(begin("X-NONE"))), "NO");
  EXPECT_EQ(kind(session.say(begin("PLAIN %%"))), bad());
  EXPECT_EQ(kind(session.say(begin("PLAIN "))), bad());
  EXPECT_EQ(kind(session.say(begin("(PLAIN)"))), bad());
}

TEST_P(Authentication, RefusesASecondOne) {
  ASSERT_EQ(ntlm_log_in({}), "OK");
  EXPECT_EQ(kind(session.say(begin("NTLM"))), bad());
}

TEST_P(Authentication, HangsUpAfterTenFailures) {
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(kind(session.say(begin("PLAIN", plain("alice", "x")))), "NO");
    ASSERT_FALSE(session.connection.closing());
  }
  const std::string last = session.say(begin("PLAIN", plain("alice", "x")));
  EXPECT_EQ(kind(last), "NO");
  if (imap()) {
    EXPECT_THAT(last, HasSubstr("\r\n* BYE "));
  }
  EXPECT_TRUE(session.connection.closing());
}

TEST_P(Authentication, CountsFailuresOnlyUpToASuccessAndOnlyWhereThereIsALimit) {
  Directory patient = example_directory();
  patient.failures_max = 0;
  session = Session(GetParam(), patient);
  for (int i = 0; i < 300; ++i) session.say(begin("PLAIN", plain("alice", "x")));
  EXPECT_FALSE(session.connection.closing());
  EXPECT_EQ(canonical(session.connection), canonical(Session(GetParam(), patient).connection));

  Session failed(GetParam());
  failed.say(begin("PLAIN", plain("alice", "x")));
  EXPECT_NE(canonical(failed.connection), canonical(Session(GetParam()).connection));
}

// Ids and counts make challenges and nothing else; a challenge is a name, and its place matters.
TEST_P(Authentication, CanonicalFormKnowsChallengesByNameOnly) {
  Session other(GetParam(), example_directory(), 7);
  other.say(begin("NTLM"));
  other.say("*");
  EXPECT_EQ(canonical(session.connection), canonical(other.connection));

  const NtlmClient client;
  for (Session* const each : {&session, &other}) {
    each->say(begin("NTLM"));
    each->say(base64_encode(client.negotiate()));
  }
  EXPECT_EQ(canonical(session.connection), canonical(other.connection));

  // Whoever holds the challenge of this connection is in another state than one who holds another.
  const auto beside = [&](const crypto::Nonce& held) {
    trace::Canonical out;
    session.connection.canonical(out);
    out.name(crypto::view(held));
    return std::string(out.bytes());
  };
  Session again(GetParam());
  again.say(begin("NTLM"));
  const auto own =
      ntlm::parse_challenge(challenge_of(again.say(base64_encode(client.negotiate()))));
  ASSERT_TRUE(own);
  EXPECT_NE(beside(own->server_challenge), beside({1, 2, 3}));
}

}  // namespace
}  // namespace sallyport::backend
