// The front-end alone, against clients and back-ends that are written out by hand, hostile ones
// among them. What it does together with real back-ends is tested in world.
#include "frontend/frontend_for_test.hpp"

#include <random>

namespace sallyport::frontend {
namespace {

using trace::Kind;
using trace::Protocol;

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
  EXPECT_EQ(backend(0, "f2 NO wrong password for alice\r\n"), "") << "a failure waits";
  EXPECT_EQ(wait(1), "S0 a1 NO [AUTHENTICATIONFAILED] login failed\n")
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
            "S0 * CAPABILITY IMAP4rev1 SASL-IR LITERAL+ ID AUTH=PLAIN AUTH=CRAM-MD5 "
            "AUTH=SCRAM-SHA-256 AUTH=OAUTHBEARER AUTH=XOAUTH2\n"
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
  EXPECT_EQ(client("a3 APPEND INBOX {3+}\r\na\r\n\r\n"), "F0 f3 APPEND INBOX {3}\n")
      << "to a back-end without LITERAL+ every literal is a synchronising one";
  EXPECT_EQ(backend(0, "+ ready\r\n"), "F0 a\nF0 \n");
}

TEST_F(FrontEndTest, SendsALiteralAtOnceToABackEndThatKnowsLiteralPlus) {
  start("hardened", Protocol::imap);
  client("a1 LOGIN alice wonderland\r\n");
  backend(0, "* OK [CAPABILITY IMAP4rev1 LITERAL+ AUTH=PLAIN] be ready\r\n");
  backend(0, "+ \r\n");
  backend(0, "f1 OK done\r\n");
  EXPECT_EQ(client("a2 APPEND INBOX {3+}\r\na\r\n\r\n"), "F0 f2 APPEND INBOX {3+}\nF0 a\nF0 \n");
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
            "S0 * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED SASL-IR LITERAL+ ID "
            "AUTH=CRAM-MD5 AUTH=SCRAM-SHA-256\n"
            "S0 a1 OK CAPABILITY completed\n");
  EXPECT_EQ(client("a2 LOGIN alice wonderland\r\n"),
            "S0 a2 NO [PRIVACYREQUIRED] LOGIN needs TLS\n");
  EXPECT_EQ(client("a3 AUTHENTICATE PLAIN\r\n"), "S0 a3 NO unsupported mechanism\n");
  EXPECT_EQ(client("a4 STARTTLS\r\na5 CAPABILITY\r\n"),
            "S0 a4 OK begin TLS negotiation now\nS0 <tls>\n");
  EXPECT_EQ(client("a6 CAPABILITY\r\n"), "") << "plaintext behind STARTTLS has no effect";
  front_end->tls_established(0, {}, host);
  EXPECT_EQ(host.take(), "") << "nor has it after the handshake";
  EXPECT_EQ(client("a7 CAPABILITY\r\n"),
            "S0 * CAPABILITY IMAP4rev1 SASL-IR LITERAL+ ID AUTH=PLAIN AUTH=CRAM-MD5 "
            "AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS AUTH=OAUTHBEARER AUTH=XOAUTH2\n"
            "S0 a7 OK CAPABILITY completed\n")
      << "EXTERNAL needs a certificate";
}

TEST_F(FrontEndTest, ClosesAConnectionWithAMailboxSelectedAndPoolsOneWithout) {
  start("hardened", Protocol::imap);
  log_in();
  client("a2 SELECT INBOX\r\n");
  backend(0, "f2 OK done\r\n");
  EXPECT_EQ(client("a3 LOGOUT\r\n"),
            "S0 * BYE logging out\nS0 a3 OK LOGOUT completed\nF0 <close>\nS0 <close>\n");

  front_end->client_opened(0, Protocol::imap, std::nullopt, host);
  host.take();
  log_in();
  EXPECT_EQ(client("b1 LOGOUT\r\n"),
            "S0 * BYE logging out\nS0 b1 OK LOGOUT completed\nS0 <close>\n");
  front_end->client_opened(0, Protocol::imap, std::nullopt, host);
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
    EXPECT_EQ(backend(0, nonsense), "F0 <close>\nS0 a1 NO [UNAVAILABLE] try again later\n")
        << nonsense;
    host.events.clear();
  }
}

TEST_F(FrontEndTest, SaysThatAStatedLimitWasReached) {
  configuration.connections_max = 1;
  start("hardened", Protocol::imap);
  log_in();
  front_end->client_opened(1, Protocol::imap, std::nullopt, host);
  host.take();
  host.events.clear();
  EXPECT_EQ(client("b1 LOGIN bob builder\r\n", 1), "S1 b1 NO [UNAVAILABLE] try again later\n");
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

TEST_F(FrontEndTest, KnowsARelayedLoginByItsTagWhenTheListIsAskedForFirst) {
  start("exchange-2000", Protocol::imap);
  EXPECT_EQ(client("a1 AUTHENTICATE NTLM\r\n"), "F0 <open>\n");
  EXPECT_EQ(backend(0, "* OK be ready\r\n"), "F0 f2 CAPABILITY\n") << "the greeting has no list";
  EXPECT_EQ(backend(0, "* CAPABILITY IMAP4rev1 AUTH=NTLM\r\nf2 OK done\r\n"),
            "F0 f1 AUTHENTICATE NTLM\n");
  EXPECT_EQ(backend(0, "+ \r\n"), "S0 + \n");
  EXPECT_EQ(client("TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA=\r\n"),
            "F0 TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA=\n");
  EXPECT_EQ(backend(0, "f1 OK logged in\r\n"), "S0 a1 OK logged in\n");
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

TEST_F(FrontEndTest, HangsUpAtTheFifthBadLineBeforeALogin) {
  for (const Protocol protocol : {Protocol::imap, Protocol::pop3}) {
    start("hardened", protocol);
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(client("x FROB\r\n").find("<close>"), std::string::npos) << i;
    }
    EXPECT_TRUE(client("x FROB\r\n").ends_with(" too many errors\nS0 <close>\n"));
  }
}

TEST_F(FrontEndTest, BearsAnyNumberOfBadLinesBehindALogin) {
  start("hardened", Protocol::imap);
  log_in();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client("x FROB\r\n"), "S0 x BAD unknown command\n");
}

TEST_F(FrontEndTest, HangsUpOnABrowser) {
  start("hardened", Protocol::imap);
  EXPECT_EQ(client("GET / HTTP/1.1\r\nHost: mail\r\n\r\n"),
            "S0 * BYE this is a mail server\nS0 <close>\n");
  start("hardened", Protocol::pop3);
  EXPECT_EQ(client("POST /login HTTP/1.1\r\nHost: mail\r\n\r\nUSER alice\r\n"),
            "S0 -ERR this is a mail server\nS0 <close>\n");
}

TEST_F(FrontEndTest, AnswersIdWithoutSayingAnything) {
  start("hardened", Protocol::imap);
  EXPECT_EQ(client("a1 ID (\"name\" \"x\")\r\n"), "S0 * ID NIL\nS0 a1 OK ID completed\n");
  start("exchange-2000", Protocol::imap);
  EXPECT_EQ(client("a1 ID NIL\r\n"), "S0 a1 BAD unknown command\n");
}

// RFC 3501 §5.4 wants 30 minutes at least, RFC 1939 §3 ten.
TEST_F(FrontEndTest, LogsOutWhoIsSilentForTooLong) {
  start("hardened", Protocol::imap);
  log_in();
  EXPECT_EQ(wait(1799), "");
  client("a2 NOOP\r\n");
  backend(0, "f2 OK done\r\n");
  EXPECT_EQ(wait(1799), "") << "any word begins the time anew";
  EXPECT_EQ(wait(1), "S0 * BYE idle for too long\nS0 <close>\n");

  start("hardened", Protocol::pop3);
  client("USER alice\r\nPASS x\r\n");
  backend(0, "+OK ready\r\n");
  backend(0, "-ERR what?\r\n");
  backend(0, "+OK\r\n");
  ASSERT_EQ(backend(0, "+OK\r\n"), "S0 +OK logged in\n");
  EXPECT_EQ(wait(599), "");
  EXPECT_EQ(wait(1), "S0 -ERR idle for too long\nF0 <close>\nS0 <close>\n");
}

// Who waits for a long answer isn't idle.
TEST_F(FrontEndTest, LogsNobodyOutInTheMiddleOfAnAnswer) {
  start("hardened", Protocol::imap);
  log_in();
  client("a2 FETCH 1:40 BODY[]\r\n");
  for (int minute = 0; minute < 31; ++minute) {
    EXPECT_EQ(wait(59), "");
    EXPECT_EQ(backend(0, "* 1 FETCH (UID 1)\r\n"), "S0 * 1 FETCH (UID 1)\n") << minute;
  }
  EXPECT_EQ(backend(0, "f2 OK done\r\n"), "S0 a2 OK done\n");
  EXPECT_EQ(wait(1799), "") << "the time begins where the answer ends";
  EXPECT_EQ(wait(1), "S0 * BYE idle for too long\nS0 <close>\n");
}

// A back-end that is slow to judge a login makes nobody older.
TEST_F(FrontEndTest, CountsSilenceFromTheAnswerToALogin) {
  start("hardened", Protocol::imap);
  client("a1 LOGIN alice wonderland\r\n");
  backend(0, "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n");
  EXPECT_EQ(wait(50), "");
  ASSERT_EQ(backend(0, "f1 OK logged in\r\n"), "S0 a1 OK logged in\n");
  EXPECT_EQ(wait(1799), "");
  EXPECT_EQ(wait(1), "S0 * BYE idle for too long\nS0 <close>\n");
}

TEST_F(FrontEndTest, HoldsNoMoreBeforeALoginThanItStates) {
  start("hardened", Protocol::imap);
  client("a1 LOGIN alice wonderland\r\n");
  const std::uint32_t stated = configuration.profile.limits.held_octets;
  for (int i = 0; i < 40; ++i) {
    const std::string answer = client(std::string(500, 'x') + "\r\n");
    ASSERT_LE(front_end->held(0), stated) << i;
    if (answer.ends_with("<close>\n")) return;
  }
  ADD_FAILURE() << "it took 20080 octets";
}

// Words in the clear would break the handshake.
TEST_F(FrontEndTest, HangsUpWithoutAWordInTheMiddleOfAHandshake) {
  start("hardened", Protocol::imap, Fault::none, true);
  client("a1 STARTTLS\r\n");
  EXPECT_EQ(wait(180), "S0 <close>\n");
}

TEST_F(FrontEndTest, WaitsThreeMinutesForALogin) {
  for (const std::string_view said : {"", "a1 AUTHENTICATE PLAIN\r\n", "a1 NO"}) {
    start("hardened", Protocol::imap);
    client(said);
    EXPECT_EQ(front_end->due(), std::nullopt) << "nobody waits for that";
    EXPECT_EQ(wait(179), "");
    EXPECT_EQ(wait(1), "S0 * BYE idle for too long\nS0 <close>\n") << said;
  }
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
