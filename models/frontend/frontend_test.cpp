// The front-end alone, against clients and back-ends that are written out by hand, hostile ones
// among them. What it does together with real back-ends is tested in world.
#include "frontend/frontend.hpp"

#include <gtest/gtest.h>

#include <random>

namespace sallyport::frontend {
namespace {

using trace::Kind;
using trace::Protocol;

/// Records what the front-end does, one line each: "S0 …" to a client, "F1 …" to a back-end.
class Recorder final : public Host {
 public:
  void to_client(trace::SessionId s, std::string_view octets) override { add('S', s, octets); }
  void close_client(trace::SessionId s) override { add('S', s, "<close>\r\n"); }
  void start_tls(trace::SessionId s) override { add('S', s, "<tls>\r\n"); }
  void open_backend(trace::LinkId k, Protocol /*protocol*/) override { add('F', k, "<open>\r\n"); }
  void to_backend(trace::LinkId k, std::string_view octets) override { add('F', k, octets); }
  void close_backend(trace::LinkId k) override { add('F', k, "<close>\r\n"); }
  std::size_t choose(trace::SessionId /*s*/, std::span<const trace::LinkId> eligible) override {
    return choice % eligible.size();
  }
  void inside(const trace::Event& event) override { events.push_back(event); }

  std::string take() { return std::exchange(log, {}); }

  std::string log;
  trace::Events events;
  std::size_t choice = 0;

 private:
  void add(char who, std::uint16_t id, std::string_view octets) {
    while (!octets.empty()) {
      const std::size_t end = octets.find("\r\n");
      log += who + std::to_string(id) + " " + std::string(octets.substr(0, end)) + "\n";
      octets = end == std::string_view::npos ? std::string_view{} : octets.substr(end + 2);
    }
  }
};

constexpr std::string_view imap_greeting =
    "* OK [CAPABILITY IMAP4rev1 AUTH=NTLM AUTH=PLAIN] be ready\r\n";

class FrontEndTest : public testing::Test {
 protected:
  void start(std::string_view profile, Protocol protocol, Fault fault = Fault::none,
             bool certificate = false) {
    configuration.profile = *find_profile(profile);
    configuration.fault = fault;
    configuration.certificate = certificate;
    front_end.emplace(configuration);
    front_end->client_opened(0, protocol, false, host);
    host.take();
  }
  std::string client(std::string_view octets) {
    front_end->client_octets(0, octets, host);
    return host.take();
  }
  std::string backend(trace::LinkId k, std::string_view octets) {
    front_end->backend_octets(k, octets, host);
    return host.take();
  }
  void log_in() {
    client("a1 LOGIN alice wonderland\r\n");
    backend(0, imap_greeting);
    backend(0, "+ \r\n");
    ASSERT_EQ(backend(0, "f1 OK [CAPABILITY IMAP4rev1 AUTH=NTLM] done\r\n"),
              "S0 a1 OK logged in\n");
  }

  Configuration configuration;
  std::optional<FrontEnd> front_end;
  Recorder host;
};

TEST_F(FrontEndTest, GathersALoginBeforeItLeases) {
  start("hardened", Protocol::imap);
  EXPECT_EQ(client("a1 LOGIN alice wonder"), "");
  EXPECT_EQ(client("land\r\n"), "F0 <open>\n");
  EXPECT_EQ(backend(0, imap_greeting), "F0 f1 AUTHENTICATE PLAIN\n");
  EXPECT_EQ(backend(0, "+ \r\n"), "F0 AGFsaWNlAHdvbmRlcmxhbmQ=\n");
  EXPECT_EQ(backend(0, "f1 OK [CAPABILITY IMAP4rev1 AUTH=NTLM] welcome\r\n"),
            "S0 a1 OK logged in\n")
      << "the back-end's list stays behind";
}

TEST_F(FrontEndTest, LearnsWhatABackEndWithoutAListInItsGreetingCan) {
  start("hardened", Protocol::imap);
  client("a1 LOGIN alice \"won\\\"der\"\r\n");
  EXPECT_EQ(backend(0, "* OK ready\r\n"), "F0 f1 CAPABILITY\n");
  EXPECT_EQ(backend(0, "* CAPABILITY IMAP4rev1\r\nf1 OK done\r\n"),
            "F0 f2 LOGIN alice \"won\\\"der\"\n");
  EXPECT_EQ(backend(0, "f2 NO wrong password for alice\r\n"),
            "S0 a1 NO [AUTHENTICATIONFAILED] login failed\n")
      << "the back-end's words stay behind";
}

TEST_F(FrontEndTest, HoldsPipelinedCommandsUntilTheLoginIsDone) {
  start("hardened", Protocol::imap);
  EXPECT_EQ(client("a1 LOGIN alice wonderland\r\na2 SELECT INBOX\r\na3 CAPABILITY\r\n"),
            "F0 <open>\n");
  backend(0, imap_greeting);
  backend(0, "+ \r\n");
  EXPECT_EQ(backend(0, "f1 OK done\r\n"), "S0 a1 OK logged in\nF0 f2 SELECT INBOX\n");
  EXPECT_EQ(backend(0, "* 2 EXISTS\r\nf2 OK [READ-WRITE] selected\r\n"),
            "S0 * 2 EXISTS\n"
            "S0 a2 OK [READ-WRITE] selected\n"
            "S0 * CAPABILITY IMAP4rev1 SASL-IR LITERAL+ AUTH=PLAIN\n"
            "S0 a3 OK CAPABILITY completed\n");
}

TEST_F(FrontEndTest, AnswersCapabilityItselfAndKeepsTheBackEndsListsBack) {
  start("exchange-2000-sp1", Protocol::imap);
  log_in();
  client("a2 NOOP\r\n");
  EXPECT_EQ(backend(0,
                    "* CAPABILITY IMAP4rev1 AUTH=NTLM\r\n* OK [CAPABILITY AUTH=NTLM] x\r\n"
                    "f2 OK [CAPABILITY IMAP4rev1 AUTH=NTLM] done\r\n"),
            "S0 a2 OK done\n");
}

TEST_F(FrontEndTest, SendsALiteralWhenTheBackEndAsksForIt) {
  start("hardened", Protocol::imap);
  log_in();
  EXPECT_EQ(client("a2 APPEND INBOX {5}\r\n"), "S0 + go on\n");
  EXPECT_EQ(client("he\r\nl\r\n"), "F0 f2 APPEND INBOX {5}\n");
  EXPECT_EQ(backend(0, "+ ready\r\n"), "F0 he\nF0 l\n");
  EXPECT_EQ(backend(0, "f2 OK done\r\n"), "S0 a2 OK done\n");
  EXPECT_EQ(client("a3 APPEND INBOX {3+}\r\na\r\n\r\n"), "F0 f3 APPEND INBOX {3+}\nF0 a\nF0 \n");
}

TEST_F(FrontEndTest, TakesNoCommandFromALiteral) {
  start("hardened", Protocol::imap);
  EXPECT_EQ(client("a1 FOOBAR {11+}\r\na2 LOGOUT\r\n\r\n"), "S0 a1 BAD unknown command\n");
}

TEST_F(FrontEndTest, AnswersEveryMalformedCommandOnceAndReadsOn) {
  start("hardened", Protocol::imap);
  EXPECT_EQ(client("a1 NOOP\nb\r\n").substr(0, 3), "S0 ");
  EXPECT_EQ(client("a2 LOGIN alice\r\n"), "S0 a2 BAD user name and password expected\n");
  EXPECT_EQ(client("a3 AUTHENTICATE\r\n"), "S0 a3 BAD mechanism expected\n");
  EXPECT_EQ(client("a4 SELECT INBOX\r\n"), "S0 a4 BAD not authenticated\n");
  EXPECT_EQ(client("a5 STARTTLS\r\n"), "S0 a5 BAD STARTTLS isn't possible now\n");
  EXPECT_EQ(client("a6 NOOP\r\n"), "S0 a6 OK NOOP completed\n");
}

TEST_F(FrontEndTest, RefusesPasswordsBeforeTlsOnceItHasACertificate) {
  start("hardened", Protocol::imap, Fault::none, true);
  EXPECT_EQ(client("a1 CAPABILITY\r\n"),
            "S0 * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED SASL-IR LITERAL+\n"
            "S0 a1 OK CAPABILITY completed\n");
  EXPECT_EQ(client("a2 LOGIN alice wonderland\r\n"),
            "S0 a2 NO [PRIVACYREQUIRED] LOGIN needs TLS\n");
  EXPECT_EQ(client("a3 AUTHENTICATE PLAIN\r\n"), "S0 a3 NO unsupported mechanism\n");
  EXPECT_EQ(client("a4 STARTTLS\r\na5 CAPABILITY\r\n"),
            "S0 a4 OK begin TLS negotiation now\nS0 <tls>\n");
  EXPECT_EQ(client("a6 CAPABILITY\r\n"), "") << "plaintext behind STARTTLS has no effect";
  front_end->tls_established(0, host);
  EXPECT_EQ(host.take(), "") << "nor has it after the handshake";
  EXPECT_EQ(
      client("a7 CAPABILITY\r\n"),
      "S0 * CAPABILITY IMAP4rev1 SASL-IR LITERAL+ AUTH=PLAIN\nS0 a7 OK CAPABILITY completed\n");
}

TEST_F(FrontEndTest, ClosesAConnectionWithAMailboxSelectedAndPoolsOneWithout) {
  start("hardened", Protocol::imap);
  log_in();
  client("a2 SELECT INBOX\r\n");
  backend(0, "f2 OK done\r\n");
  EXPECT_EQ(client("a3 LOGOUT\r\n"),
            "S0 * BYE logging out\nS0 a3 OK LOGOUT completed\nF0 <close>\nS0 <close>\n");

  front_end->client_opened(0, Protocol::imap, false, host);
  host.take();
  log_in();
  EXPECT_EQ(client("b1 LOGOUT\r\n"),
            "S0 * BYE logging out\nS0 b1 OK LOGOUT completed\nS0 <close>\n");
  front_end->client_opened(0, Protocol::imap, false, host);
  host.take();
  EXPECT_EQ(client("c1 LOGIN alice wonderland\r\n"), "S0 c1 OK logged in\n");
}

TEST_F(FrontEndTest, NeverForwardsABackEndsFarewell) {
  start("hardened", Protocol::imap);
  log_in();
  client("a2 NOOP\r\n");
  EXPECT_EQ(backend(0, "* BYE back-end be1 shuts down\r\n"),
            "F0 <close>\nS0 * BYE the back-end is gone\nS0 <close>\n");
}

TEST_F(FrontEndTest, FailsALoginWhoseBackEndBreaksTheProtocol) {
  for (const std::string_view nonsense :
       {"* PREAUTH welcome\r\n", "* BYE no\r\n", "220 smtp ready\r\n", "\r\n", "* OK a\nb\r\n"}) {
    start("hardened", Protocol::imap);
    client("a1 LOGIN alice wonderland\r\n");
    EXPECT_EQ(backend(0, nonsense), "F0 <close>\nS0 a1 NO [UNAVAILABLE] the back-end is gone\n")
        << nonsense;
    host.events.clear();
  }
}

TEST_F(FrontEndTest, SaysThatAStatedLimitWasReached) {
  configuration.connections_max = 1;
  start("hardened", Protocol::imap);
  log_in();
  front_end->client_opened(1, Protocol::imap, false, host);
  host.take();
  host.events.clear();
  front_end->client_octets(1, "b1 LOGIN bob builder\r\n", host);
  EXPECT_EQ(host.take(), "S1 b1 NO [UNAVAILABLE] no back-end connection\n");
  ASSERT_EQ(host.events.size(), 1u);
  EXPECT_EQ(host.events[0].kind, Kind::failure);
  EXPECT_EQ(host.events[0].session, 1);
}

TEST_F(FrontEndTest, ClosesWhatAClientLeavesInMidExchange) {
  start("exchange-2000", Protocol::imap);
  client("a1 AUTHENTICATE NTLM\r\n");
  backend(0, imap_greeting);
  EXPECT_EQ(backend(0, "+\r\n"), "S0 +\n");
  front_end->client_closed(0, host);
  EXPECT_EQ(host.take(), "F0 <close>\n");
}

TEST_F(FrontEndTest, ChecksBase64BeforeItForwards) {
  start("exchange-2000", Protocol::imap);
  client("a1 AUTHENTICATE NTLM\r\n");
  backend(0, imap_greeting);
  backend(0, "+\r\n");
  EXPECT_EQ(client("TlRM TVNTUAAB\r\n"), "F0 <close>\nS0 a1 BAD invalid base64\n");
}

TEST_F(FrontEndTest, RelaysNtlmOverWhicheverConnectionIsFree) {
  start("exchange-2000", Protocol::imap);
  client("a1 AUTHENTICATE NTLM\r\n");
  backend(0, imap_greeting);
  backend(0, "+\r\n");
  host.choice = 1;
  EXPECT_EQ(client("TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA=\r\n"), "F1 <open>\n");
  EXPECT_EQ(backend(1, imap_greeting), "F1 TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA=\n");
  EXPECT_EQ(backend(1, "* BAD what?\r\n"),
            "F0 <close>\nF1 <close>\nS0 a1 NO authentication failed\n");
}

TEST_F(FrontEndTest, SpeaksPop3ToItsBackEnd) {
  start("hardened", Protocol::pop3);
  EXPECT_EQ(client("USER alice\r\n"), "S0 +OK send PASS\n");
  EXPECT_EQ(client("PASS won der\r\n"), "F0 <open>\n");
  EXPECT_EQ(backend(0, "+OK ready\r\n"), "F0 CAPA\n");
  EXPECT_EQ(backend(0, "-ERR what?\r\n"), "F0 USER alice\n");
  EXPECT_EQ(backend(0, "+OK\r\n"), "F0 PASS won der\n");
  EXPECT_EQ(backend(0, "+OK 2 messages\r\n"), "S0 +OK logged in\n");
  EXPECT_EQ(client("LIST\r\nSTAT\r\n"), "F0 LIST\n");
  EXPECT_EQ(backend(0, "+OK\r\n1 10\r\n..\r\n.\r\n"), "S0 +OK\nS0 1 10\nS0 ..\nS0 .\nF0 STAT\n");
  EXPECT_EQ(backend(0, "+OK 1 10\r\n"), "S0 +OK 1 10\n");
  EXPECT_EQ(client("LIST 1\r\nNOOP\r\n"), "F0 LIST 1\n");
  EXPECT_EQ(backend(0, "+OK 1 10\r\n"), "S0 +OK 1 10\nF0 NOOP\n");
  EXPECT_EQ(backend(0, "+OK\r\n"), "S0 +OK\n");
  EXPECT_EQ(client("QUIT\r\n"), "F0 QUIT\n");
  EXPECT_EQ(backend(0, "+OK bye\r\n"), "S0 +OK bye\nF0 <close>\nS0 <close>\n");
}

TEST_F(FrontEndTest, HangsUpOnALineWithoutEnd) {
  start("hardened", Protocol::pop3);
  std::string answer;
  for (int i = 0; i < 1000 && answer.empty(); ++i) answer = client(std::string(1000, 'x'));
  EXPECT_TRUE(answer.ends_with("S0 <close>\n")) << answer;
}

// Any octets from either side, in any order: no crash, and nothing is written to who has left.
TEST_F(FrontEndTest, SurvivesAnyOctets) {
  std::mt19937 random(6);
  const std::string_view pieces[] = {"a1 ",         "LOGIN alice x",
                                     "\r\n",        "AUTHENTICATE NTLM",
                                     "* OK x",      "+ ",
                                     "f1 OK x",     "f1 NO x",
                                     "+OK ",        "-ERR ",
                                     "USER a",      "PASS b",
                                     "{3}\r\n",     "\"",
                                     "\0",          "LOGOUT",
                                     "AUTH PLAIN ", "AGEAYg==",
                                     "\r\n.\r\n",   "NOOP"};
  for (int i = 0; i < 3000; ++i) {
    start(profiles()[random() % 3].name, random() % 2 == 0 ? Protocol::imap : Protocol::pop3,
          faults()[random() % faults().size()].fault);
    for (int n = 0; n < 30; ++n) {
      std::string octets;
      for (std::size_t p = random() % 5; p > 0; --p) {
        octets += pieces[random() % std::size(pieces)];
      }
      if (random() % 3 == 0) {
        client(octets);
      } else {
        backend(static_cast<trace::LinkId>(random() % 3), octets);
      }
    }
  }
}

}  // namespace
}  // namespace sallyport::frontend
