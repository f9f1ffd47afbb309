// The front-end towards its back-ends: TLS, logins that find a dead connection, and whose a pooled
// connection is.
#include "frontend/frontend_for_test.hpp"
#include "wire/oauth.hpp"
#include "wire/sasl.hpp"

namespace sallyport::frontend {
namespace {

using trace::Kind;
using trace::Protocol;

constexpr std::string_view unavailable_reply = "S0 a1 NO [UNAVAILABLE] try again later\n";

// TLS

class BackEndTls : public FrontEndTest {
 protected:
  void begin(Protocol protocol = Protocol::imap, Fault fault = Fault::none) {
    configuration.tls_to_backends = true;
    start("hardened", protocol, fault);
    client(protocol == Protocol::imap ? "a1 LOGIN alice wonderland\r\n"
                                      : "USER alice\r\nPASS wonderland\r\n");
  }
  std::string established(const BackendTls& tls = {}) {
    front_end->backend_tls_established(0, tls, host);
    return host.take();
  }
  static constexpr std::string_view greeting =
      "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] be ready\r\n";
};

TEST_F(BackEndTls, ComesBeforeTheCredential) {
  begin();
  EXPECT_EQ(backend(0, greeting), "F0 f1 STARTTLS\n");
  EXPECT_EQ(backend(0, "f1 OK go\r\n"), "F0 <tls>\n");
  EXPECT_EQ(established(), "F0 f2 CAPABILITY\n") << "what was offered before is forgotten";
  EXPECT_EQ(backend(0, "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nf2 OK done\r\n"),
            "F0 f3 AUTHENTICATE PLAIN\n");
}

TEST_F(BackEndTls, ComesBeforeTheCredentialInPop3) {
  begin(Protocol::pop3);
  EXPECT_EQ(backend(0, "+OK ready\r\n"), "F0 CAPA\n");
  EXPECT_EQ(backend(0, "+OK\r\nUSER\r\nSTLS\r\n.\r\n"), "F0 STLS\n");
  EXPECT_EQ(backend(0, "+OK go\r\n"), "F0 <tls>\n");
  EXPECT_EQ(established(), "F0 CAPA\n");
  EXPECT_EQ(backend(0, "+OK\r\nUSER\r\n.\r\n"), "F0 USER alice\n");
}

TEST_F(BackEndTls, IsNotDoneWithout) {
  begin();
  EXPECT_EQ(backend(0, imap_greeting), "F0 <close>\n" + std::string(unavailable_reply))
      << "the back-end offers none";
  begin();
  backend(0, greeting);
  EXPECT_EQ(backend(0, "f1 NO not today\r\n"), "F0 <close>\n" + std::string(unavailable_reply));
}

TEST_F(BackEndTls, IsNotDoneWithSomebodyElseOrWeakly) {
  for (const BackendTls tls : {BackendTls{.name_matches = false}, BackendTls{.strong = false}}) {
    begin();
    backend(0, greeting);
    backend(0, "f1 OK go\r\n");
    EXPECT_EQ(established(tls), "F0 <close>\n" + std::string(unavailable_reply));
    EXPECT_EQ(host.count(Kind::failure), 1);
  }
}

TEST_F(BackEndTls, FailsWithItsHandshake) {
  begin();
  backend(0, greeting);
  backend(0, "f1 OK go\r\n");
  EXPECT_EQ(wait(60), "F0 <close>\n" + std::string(unavailable_reply));
}

// CVE-2021-22947: answers that somebody put behind the OK in plaintext.
TEST_F(BackEndTls, DropsWhatStandsBehindTheOk) {
  begin();
  backend(0, greeting);
  EXPECT_EQ(backend(0, "f1 OK go\r\n* CAPABILITY IMAP4rev1 AUTH=OAUTHBEARER\r\nf2 OK injected\r\n"),
            "F0 <tls>\n");
  EXPECT_EQ(established(), "F0 f2 CAPABILITY\n");
  EXPECT_EQ(backend(0, "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nf2 OK done\r\n"),
            "F0 f3 AUTHENTICATE PLAIN\n");
}

// The same in a packet of its own: octets in the clear are nobody's while TLS is agreed on.
TEST_F(BackEndTls, DropsWhatComesBeforeTheHandshakeIsDone) {
  begin();
  backend(0, greeting);
  EXPECT_EQ(backend(0, "f1 OK go\r\n"), "F0 <tls>\n");
  EXPECT_EQ(backend(0, "* CAPABILITY IMAP4rev1 AUTH=OAUTHBEARER\r\nf2 OK injected\r\n"), "");
  EXPECT_EQ(established(), "F0 f2 CAPABILITY\n");
  EXPECT_EQ(backend(0, "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nf2 OK done\r\n"),
            "F0 f3 AUTHENTICATE PLAIN\n");
}

// Retries

class DeadConnections : public FrontEndTest {
 protected:
  /// Link 0 is idle, and nobody is logged in on it: alice's password was wrong.
  void leave_an_idle_connection() {
    start("hardened", Protocol::imap);
    client("a1 LOGIN alice wrong\r\n");
    backend(0, imap_greeting);
    backend(0, "+ \r\n");
    backend(0, "f1 NO wrong\r\n");
    wait(1);
    ASSERT_EQ(client("a1 LOGIN alice wonderland\r\n"), "F0 f2 AUTHENTICATE PLAIN\n");
  }
};

TEST_F(DeadConnections, AreReplacedOnce) {
  leave_an_idle_connection();
  EXPECT_EQ(hang_up(0), "F0 <close>\nF0 <open>\n");
  backend(0, imap_greeting);
  EXPECT_EQ(hang_up(0), "F0 <close>\n" + std::string(unavailable_reply)) << "a fresh one";
}

TEST_F(DeadConnections, AreNotReplacedOnceTheCredentialWentOut) {
  leave_an_idle_connection();
  EXPECT_EQ(backend(0, "+ \r\n"), "F0 AGFsaWNlAHdvbmRlcmxhbmQ=\n");
  EXPECT_EQ(hang_up(0), "F0 <close>\n" + std::string(unavailable_reply));
}

TEST_F(DeadConnections, AreNotReplacedOnceLoginWentOut) {
  start("hardened", Protocol::imap);
  client("a1 LOGIN alice wrong\r\n");
  backend(0, "* OK [CAPABILITY IMAP4rev1] be ready\r\n");
  backend(0, "f1 NO wrong\r\n");
  wait(1);
  ASSERT_EQ(client("a1 LOGIN alice wonderland\r\n"), "F0 f2 LOGIN alice wonderland\n");
  EXPECT_EQ(hang_up(0), "F0 <close>\n" + std::string(unavailable_reply))
      << "it holds user and password";
}

TEST_F(DeadConnections, AreFoundOutByTheirSilenceToo) {
  leave_an_idle_connection();
  EXPECT_EQ(front_end->due(), 60u);
  EXPECT_EQ(wait(59), "");
  EXPECT_EQ(wait(1), "F0 <close>\nF0 <open>\n");
  backend(0, imap_greeting);
  backend(0, "+ \r\n");
  EXPECT_EQ(backend(0, "f1 OK done\r\n"), "S0 a1 OK logged in\n");
}

TEST_F(DeadConnections, EndTheSessionInTheMiddleOfACommand) {
  start("hardened", Protocol::imap);
  log_in();
  client("a2 FETCH 1 BODY[]\r\n");
  EXPECT_EQ(backend(0, "* 1 FETCH (BODY[] {50}\r\nhalf"), "");
  EXPECT_EQ(hang_up(0), "F0 <close>\nS0 * BYE the back-end is gone\nS0 <close>\n");
}

// A credential is given once, whatever the back-end asks for.
TEST_F(DeadConnections, AreThoseThatAskForTheCredentialTwice) {
  start("hardened", Protocol::imap);
  client("a1 LOGIN alice wonderland\r\n");
  backend(0, imap_greeting);
  backend(0, "+ \r\n");
  EXPECT_EQ(backend(0, "+ \r\n"), "F0 <close>\n" + std::string(unavailable_reply));
}

TEST_F(DeadConnections, AreThoseThatTalkUnasked) {
  start("hardened", Protocol::imap);
  log_in();
  EXPECT_EQ(backend(0, "* 3 EXISTS\r\n"),
            "F0 <close>\nS0 * BYE the back-end is gone\nS0 <close>\n");
}

// The pool

class Pool : public FrontEndTest {
 protected:
  Pool() {
    configuration.connections_max = 8;
    start("hardened", Protocol::imap);
  }
  static std::string plain(std::string_view authzid, std::string_view user,
                           std::string_view password) {
    return "a1 AUTHENTICATE PLAIN " +
           base64_line(wire::sasl::build_plain({.authzid = std::string(authzid),
                                                .authcid = std::string(user),
                                                .password = std::string(password)}));
  }
  static std::string bearer(std::string_view token) {
    return "a1 AUTHENTICATE OAUTHBEARER " +
           base64_line(wire::oauth::build_oauthbearer(
               {.user = "alice", .host = "", .port = "", .token = std::string(token)}));
  }
  /// Is `login` answered by a connection of the pool at once? Else it logs in on its own.
  bool served_from_pool(const std::string& login, std::optional<ClientTls> tls = std::nullopt) {
    connect(0, Protocol::imap, tls);
    const std::string answer = client(login);
    bool pooled = answer == "S0 a1 OK logged in\n";
    if (!pooled) {
      EXPECT_TRUE(answer.ends_with(" <open>\n")) << answer;
      const auto k = static_cast<trace::LinkId>(answer[1] - '0');
      backend(k, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=OAUTHBEARER] be ready\r\n");
      backend(k, "+ \r\n");
      EXPECT_EQ(backend(k, "f1 OK done\r\n"), "S0 a1 OK logged in\n");
    }
    client("a9 LOGOUT\r\n");
    return pooled;
  }
};

TEST_F(Pool, GivesAConnectionBackForTheVerySameLogin) {
  EXPECT_FALSE(served_from_pool(plain("", "alice", "wonderland")));
  EXPECT_TRUE(served_from_pool(plain("", "ALICE", "wonderland"))) << "user names have no case";
}

TEST_F(Pool, GivesItForNothingElse) {
  EXPECT_FALSE(served_from_pool(plain("", "alice", "wonderland")));
  EXPECT_FALSE(served_from_pool(plain("", "alice", "Wonderland"))) << "another password";
  EXPECT_FALSE(served_from_pool(plain("", "bob", "wonderland"))) << "another user";
  EXPECT_FALSE(served_from_pool("a1 LOGIN alice wonderland\r\n")) << "another mechanism";
  EXPECT_FALSE(served_from_pool(bearer("wonderland"))) << "a token of the same octets";
  EXPECT_FALSE(served_from_pool(bearer("another-token")));
  EXPECT_FALSE(served_from_pool(plain("", "alice", "wonderland"), ClientTls{})) << "under TLS";
}

TEST_F(Pool, DropsAConnectionThatTalksUnasked) {
  EXPECT_FALSE(served_from_pool(plain("", "alice", "wonderland")));
  EXPECT_EQ(backend(0, "* OK still there?\r\n"), "F0 <close>\n");
  EXPECT_FALSE(served_from_pool(plain("", "alice", "wonderland")));
}

// What a back-end offered when it was connected to must not decide all later logins.
TEST_F(Pool, KeepsNoConnectionThatTakesNoLogin) {
  EXPECT_EQ(client("a1 LOGIN alice wonderland\r\n"), "F0 <open>\n");
  EXPECT_EQ(backend(0, "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] be ready\r\n"),
            "F0 <close>\n" + std::string(unavailable_reply));
  EXPECT_EQ(client("a1 LOGIN alice wonderland\r\n"), "F0 <open>\n");
}

TEST_F(Pool, TellsWhoActsFromForWhom) {
  accounts.emplace("admin", example_account("admin"));
  accounts.emplace("bob", example_account("bob"));
  accounts.at("admin").acts_for_others = true;
  EXPECT_FALSE(served_from_pool(plain("bob", "admin", "wonderland")));
  EXPECT_FALSE(served_from_pool(plain("", "admin", "wonderland")));
  EXPECT_FALSE(served_from_pool(plain("", "bob", "wonderland")));
  EXPECT_FALSE(served_from_pool(plain("alice", "admin", "wonderland")));
  EXPECT_TRUE(served_from_pool(plain("bob", "admin", "wonderland")));
}

}  // namespace
}  // namespace sallyport::frontend
