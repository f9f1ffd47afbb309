// The client against the real back-end and against servers that misbehave.
#include "client/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "client/conversation_for_test.hpp"
#include "wire/base64.hpp"
#include "wire/ntlm.hpp"

namespace sallyport::client {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using trace::Mechanism;
using trace::Protocol;
using trace::Status;

constexpr Protocol protocols[] = {Protocol::imap, Protocol::pop3};

class EachProtocol : public testing::TestWithParam<Protocol> {
 protected:
  static bool imap() { return GetParam() == Protocol::imap; }
};
INSTANTIATE_TEST_SUITE_P(, EachProtocol, testing::ValuesIn(protocols),
                         [](const auto& each) { return std::string(trace::name(each.param)); });

TEST(VerbFacts, NamesAreDistinct) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < verb_count; ++i) {
    const VerbFacts& each = facts(static_cast<Verb>(i));
    EXPECT_TRUE(names.insert(each.name).second) << each.name;
    EXPECT_FALSE(each.name.empty());
  }
  EXPECT_EQ(facts(Verb::outlook_express).name, "outlook-express");
  EXPECT_TRUE(facts(Verb::authenticate).mechanism && facts(Verb::authenticate).account);
  EXPECT_TRUE(facts(Verb::login).account && !facts(Verb::login).mechanism);
  EXPECT_TRUE(facts(Verb::send).octets && !facts(Verb::close).octets);
}

TEST_P(EachProtocol, LogsInByEveryMechanism) {
  backend::Directory directory = backend::example_directory();
  directory.mechanisms.add(Mechanism::login);
  for (const Mechanism mechanism : {Mechanism::none, Mechanism::plain, Mechanism::login,
                                    Mechanism::cram_md5, Mechanism::ntlm}) {
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

TEST(Client, WordsItsCommandsAsImapWantsThem) {
  Conversation conversation(Protocol::imap);
  for (const Verb verb : {Verb::capability, Verb::mechanisms, Verb::login, Verb::select,
                          Verb::fetch, Verb::noop, Verb::starttls, Verb::logout}) {
    EXPECT_TRUE(conversation.act({.verb = verb}).done);
  }
  EXPECT_EQ(conversation.said,
            "a1 CAPABILITY\r\na2 CAPABILITY\r\na3 LOGIN alice wonderland\r\na4 SELECT INBOX\r\n"
            "a5 FETCH 1 BODY[]\r\na6 NOOP\r\na7 STARTTLS\r\na8 LOGOUT\r\n");
  EXPECT_TRUE(conversation.client.ended());
}

TEST(Client, WordsItsCommandsAsPop3WantsThem) {
  Conversation conversation(Protocol::pop3);
  for (const Verb verb : {Verb::capability, Verb::mechanisms, Verb::login, Verb::select,
                          Verb::fetch, Verb::noop, Verb::starttls, Verb::logout}) {
    EXPECT_TRUE(conversation.act({.verb = verb}).done);
  }
  EXPECT_EQ(conversation.said,
            "CAPA\r\nAUTH\r\nUSER alice\r\nPASS wonderland\r\nSTAT\r\nRETR 1\r\nNOOP\r\nSTLS\r\n"
            "QUIT\r\n");
  EXPECT_TRUE(conversation.client.ended());
  EXPECT_THAT(conversation.heard, HasSubstr("Late for the tea party"));
}

TEST_P(EachProtocol, ReadsWhatIsOffered) {
  Conversation conversation(GetParam());
  EXPECT_EQ(conversation.client.offered().empty(), !imap());  // IMAP's greeting has the list
  conversation.act({.verb = Verb::capability});
  const trace::MechanismSet expected{Mechanism::ntlm, Mechanism::plain, Mechanism::cram_md5};
  EXPECT_EQ(conversation.client.offered(), expected);
  EXPECT_TRUE(conversation.client.capabilities().has(imap() ? trace::Capability::sasl_ir
                                                            : trace::Capability::pipelining));
  conversation.act({.verb = Verb::mechanisms});
  EXPECT_EQ(conversation.client.offered(), expected);
  EXPECT_EQ(conversation.client.last_text(), imap() ? "CAPABILITY completed" : ".");
}

TEST_P(EachProtocol, ForgetsAListThatIsAskedForAgainAndRefused) {
  const std::string greeting =
      imap() ? "* OK [CAPABILITY IMAP4rev1 AUTH=NTLM] hello\r\n" : "+OK hello\r\n";
  Conversation conversation(GetParam(), greeting, line_server([](std::string_view line) {
                              return line.starts_with("a") ? "a1 BAD no\r\n" : "-ERR no\r\n";
                            }));
  conversation.act({.verb = Verb::mechanisms});
  EXPECT_TRUE(conversation.client.offered().empty());
  EXPECT_EQ(conversation.client.last_text(), "no");
}

TEST_P(EachProtocol, IsSilentUntilGreeted) {
  Conversation conversation(GetParam(), "", line_server([](std::string_view) { return ""; }));
  EXPECT_TRUE(conversation.client.waiting());
  EXPECT_FALSE(conversation.act({.verb = Verb::noop}).done);
  EXPECT_FALSE(conversation.act({.verb = Verb::login}).done);
  EXPECT_TRUE(conversation.client.can({.verb = Verb::send, .octets = "x"}));
  conversation.hear(imap() ? "* OK hello\r\n" : "+OK hello\r\n");
  EXPECT_TRUE(conversation.client.greeted());
  EXPECT_FALSE(conversation.client.waiting());
  EXPECT_TRUE(conversation.act({.verb = Verb::noop}).done);
  EXPECT_TRUE(conversation.client.waiting());
}

TEST_P(EachProtocol, EndsWithARefusalInsteadOfAGreeting) {
  Conversation conversation(GetParam(), imap() ? "* BYE busy\r\n" : "-ERR busy\r\n",
                            line_server([](std::string_view) { return ""; }));
  EXPECT_TRUE(conversation.client.ended());
  EXPECT_FALSE(conversation.client.waiting());
  EXPECT_FALSE(conversation.client.can({.verb = Verb::close}));
}

TEST(Client, StartsAuthenticatedBehindPreauth) {
  Conversation conversation(Protocol::imap, "* PREAUTH welcome\r\n",
                            line_server([](std::string_view) { return ""; }));
  EXPECT_TRUE(conversation.client.authenticated());
}

// What is possible, by state: the commands, then respond, cancel, send, close, outlook-express.
TEST_P(EachProtocol, KnowsWhatIsPossible) {
  const auto possible = [](const Client& client) {
    std::string text;
    for (const Action& action :
         {Action{.verb = Verb::noop}, Action{.verb = Verb::login},
          Action{.verb = Verb::authenticate, .mechanism = Mechanism::ntlm},
          Action{.verb = Verb::respond}, Action{.verb = Verb::cancel},
          Action{.verb = Verb::send, .octets = "x"}, Action{.verb = Verb::close},
          Action{.verb = Verb::outlook_express}}) {
      text += client.can(action) ? 'y' : '-';
    }
    return text;
  };
  Conversation conversation(GetParam());
  EXPECT_EQ(possible(conversation.client), "yyy--yyy");
  conversation.act({.verb = Verb::authenticate, .mechanism = Mechanism::plain});
  EXPECT_EQ(possible(conversation.client), "---yyyy-");
  conversation.act({.verb = Verb::respond});
  EXPECT_EQ(possible(conversation.client), "yyy--yyy");
  conversation.act({.verb = Verb::logout});
  EXPECT_EQ(possible(conversation.client), "--------");

  Conversation closed(GetParam());
  EXPECT_TRUE(closed.act({.verb = Verb::close}).closes);
  EXPECT_EQ(possible(closed.client), "--------");
}

TEST_P(EachProtocol, RefusesActionsWithoutMeaning) {
  Conversation conversation(GetParam());
  for (const Action& action :
       {Action{.verb = Verb::login, .account = 2},
        Action{.verb = Verb::authenticate, .mechanism = Mechanism::ntlm, .account = 2},
        Action{.verb = Verb::authenticate, .mechanism = Mechanism::gssapi},
        Action{.verb = Verb::authenticate}, Action{.verb = Verb::respond},
        Action{.verb = Verb::cancel}, Action{.verb = Verb::send},
        Action{.verb = Verb::outlook_express}}) {
    EXPECT_FALSE(conversation.act(action).done);
  }
  EXPECT_EQ(conversation.said, "");
}

TEST_P(EachProtocol, CommandsOutOfStateAreSentAndRefused) {
  Conversation conversation(GetParam());
  EXPECT_TRUE(conversation.act({.verb = Verb::select}).done);
  EXPECT_EQ(conversation.client.last_status(), imap() ? Status::bad : Status::no);
  conversation.act({.verb = Verb::login});
  const auto again = conversation.act({.verb = Verb::login});
  EXPECT_TRUE(again.done && again.attempt && !again.valid);
  EXPECT_EQ(conversation.client.last_status(), imap() ? Status::bad : Status::no);
  EXPECT_TRUE(conversation.client.authenticated());
}

TEST_P(EachProtocol, CancelEndsTheExchangeAndTheAttempt) {
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

TEST_P(EachProtocol, RawOctetsEndTheAttemptAndAllLaterOnes) {
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

TEST_P(EachProtocol, ACommandAmidALogInEndsTheAttempt) {
  Conversation conversation(GetParam(), imap() ? "* OK hello\r\n" : "+OK hello\r\n",
                            line_server([](std::string_view) { return ""; }));
  EXPECT_TRUE(conversation.act({.verb = Verb::login}).valid);
  const auto acted = conversation.act({.verb = Verb::noop});
  EXPECT_TRUE(acted.done && acted.attempt && !acted.valid);
  EXPECT_EQ(acted.mechanism, Mechanism::none);
  EXPECT_FALSE(conversation.act({.verb = Verb::noop}).attempt);  // said once
  EXPECT_FALSE(conversation.act({.verb = Verb::login}).valid);
}

TEST_P(EachProtocol, AWrongPasswordAmidAnExchangeEndsTheAttempt) {
  Conversation conversation(GetParam());
  EXPECT_TRUE(conversation.act({.verb = Verb::authenticate, .mechanism = Mechanism::plain}).valid);
  const auto acted = conversation.act({.verb = Verb::respond, .right = false});
  EXPECT_TRUE(acted.attempt && !acted.valid);
  EXPECT_EQ(conversation.client.last_status(), Status::no);
}

TEST_P(EachProtocol, PipelinesCommands) {
  Conversation conversation(GetParam());
  conversation.act({.verb = Verb::login});
  std::string octets;
  for (const Verb verb : {Verb::select, Verb::fetch, Verb::capability, Verb::noop}) {
    EXPECT_TRUE(conversation.client.act({.verb = verb}, octets).done);
  }
  EXPECT_TRUE(conversation.client.waiting());
  conversation.tell(octets);
  EXPECT_FALSE(conversation.client.waiting());
  EXPECT_EQ(conversation.client.last_status(), Status::ok);
  EXPECT_TRUE(conversation.client.offered().has(Mechanism::ntlm));
}

TEST_P(EachProtocol, PipelinesNoMoreThanItRemembers) {
  Conversation conversation(GetParam());
  std::string octets;
  for (std::size_t i = 0; i < in_flight_max; ++i) {
    EXPECT_TRUE(conversation.client.act({.verb = Verb::noop}, octets).done);
  }
  EXPECT_FALSE(conversation.client.can({.verb = Verb::noop}));
  conversation.tell(octets);
  EXPECT_TRUE(conversation.client.can({.verb = Verb::noop}));
}

// POP3's PASS is sent when the answer to USER comes, behind what was sent in between.
TEST(Client, KeepsPop3RepliesInOrderWhenPassComesLate) {
  std::vector<std::string> lines;
  Conversation conversation(Protocol::pop3, "+OK hello\r\n",
                            line_server([&lines](std::string_view line) {
                              lines.emplace_back(line);
                              return line == "NOOP" ? "-ERR first log in\r\n" : "+OK\r\n";
                            }));
  std::string octets;
  conversation.client.act({.verb = Verb::login}, octets);
  conversation.client.act({.verb = Verb::noop}, octets);
  conversation.tell(octets);
  EXPECT_EQ(lines, (std::vector<std::string>{"USER alice", "NOOP", "PASS wonderland"}));
  EXPECT_TRUE(conversation.client.authenticated());
}

TEST(Client, TellsTheRepliesToRawPop3LinesFromItsOwn) {
  Conversation conversation(Protocol::pop3);
  conversation.act({.verb = Verb::login});
  std::string octets;
  conversation.client.act({.verb = Verb::send, .octets = "LIST\r\nLIST 1\r\nUI"}, octets);
  conversation.client.act({.verb = Verb::send, .octets = "DL\r\nTOP 1 0\r\nXYZZY\r\n"}, octets);
  conversation.client.act({.verb = Verb::select}, octets);
  conversation.tell(octets);
  EXPECT_FALSE(conversation.client.waiting());
  EXPECT_EQ(conversation.client.last_status(), Status::ok);
  EXPECT_EQ(conversation.client.last_text(), "2 315");
}

TEST_P(EachProtocol, CancelsWhereTheChallengeCannotBeRead) {
  for (const std::string_view challenge :
       {"+ not base64", "+ AAAA", "+ ",
        "+ TlRMTVNTUAACAAAA"}) {  // the last: message 2 without its fields
    std::string last;
    Conversation conversation(
        GetParam(), imap() ? "* OK hello\r\n" : "+OK hello\r\n",
        line_server([&](std::string_view line) {
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

TEST_P(EachProtocol, CancelsWhenThereIsNothingLeftToSay) {
  Conversation conversation(GetParam(), imap() ? "* OK hello\r\n" : "+OK hello\r\n",
                            line_server([](std::string_view) { return "+ \r\n"; }));
  conversation.act({.verb = Verb::authenticate, .mechanism = Mechanism::plain});
  conversation.act({.verb = Verb::respond});
  EXPECT_THAT(conversation.said, EndsWith("AGFsaWNlAHdvbmRlcmxhbmQ=\r\n"));
  conversation.act({.verb = Verb::respond});
  conversation.act({.verb = Verb::respond});
  EXPECT_THAT(conversation.said, EndsWith("*\r\n*\r\n"));
}

TEST(Client, TakesABarePlusAsAnEmptyChallenge) {  // MS-OXIMAP4 §2.2.1
  Conversation conversation(Protocol::imap, "* OK hello\r\n",
                            line_server([](std::string_view) { return "+\r\n"; }));
  conversation.act({.verb = Verb::authenticate, .mechanism = Mechanism::ntlm});
  EXPECT_TRUE(conversation.client.challenged());
  conversation.act({.verb = Verb::respond});
  EXPECT_THAT(conversation.said, HasSubstr("\r\nTlRMTVNTUAAB"));
}

// With the server's time, the client uses it and sends no LMv2 response (MS-NLMP §3.1.5.1.2).
TEST_P(EachProtocol, NtlmUsesTheServersTime) {
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
    Conversation conversation(GetParam(), imap() ? "* OK hello\r\n" : "+OK hello\r\n",
                              line_server([&](std::string_view line) {
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

TEST(Client, SendsLiteralsOnlyWhenTheServerSaysSo) {
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

TEST(Client, NeverPutsALineEndIntoAPop3Command) {
  const std::vector<Credential> credentials{{.user = "alice", .password = "x\r\nQUIT"}};
  Conversation conversation(Protocol::pop3, "+OK hello\r\n",
                            line_server([](std::string_view) { return "+OK\r\n"; }), credentials);
  EXPECT_FALSE(conversation.act({.verb = Verb::login}).done);
}

TEST_P(EachProtocol, ForgetsWhatWasSaidBeforeTls) {
  Conversation conversation(
      GetParam(), imap() ? "* OK [CAPABILITY IMAP4rev1 AUTH=NTLM] hello\r\n" : "+OK hello\r\n",
      line_server([](std::string_view) {
        return imap() ? "a1 OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=NTLM\r\n"
                      : "+OK begin\r\n+OK injected\r\n";
      }));
  conversation.act({.verb = Verb::starttls});
  EXPECT_TRUE(conversation.client.wants_tls());
  EXPECT_FALSE(conversation.client.can({.verb = Verb::noop}));
  conversation.hear(imap() ? "* OK [CAPABILITY AUTH=NTLM] x\r\n" : "+OK x\r\n");
  conversation.client.tls_established();
  EXPECT_FALSE(conversation.client.wants_tls());
  EXPECT_TRUE(conversation.client.offered().empty());
  EXPECT_FALSE(conversation.client.waiting());
  EXPECT_TRUE(conversation.client.can({.verb = Verb::noop}));
}

TEST_P(EachProtocol, GoesOnWithoutTlsWhereItIsRefused) {
  Conversation conversation(GetParam());
  conversation.act({.verb = Verb::starttls});
  EXPECT_FALSE(conversation.client.wants_tls());
  EXPECT_FALSE(conversation.client.waiting());
}

TEST_P(EachProtocol, ReadsTheSameHoweverOctetsAreCut) {
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

TEST_P(EachProtocol, CanonicalFormDoesNotCountCommands) {
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

// The client's name for a challenge is the back-end's: together they are one state where it is the
// back-end's own, and another where it is stale.
TEST_P(EachProtocol, CanonicalFormNamesAChallengeAsItsServerDoes) {
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

TEST_P(EachProtocol, SurvivesAnyServer) {
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
      "NTLM",
      "SASL PLAIN",
      "* 1 FETCH"};
  std::mt19937 random(306874);
  const auto below = [&random](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  for (int round = 0; round < 500; ++round) {
    Client client(GetParam(), example_credentials());
    std::string sent;
    client.receive(imap() ? "* OK hello\r\n" : "+OK hello\r\n", sent);
    for (int i = 0; i < 60; ++i) {
      Action action{.verb = static_cast<Verb>(below(verb_count)),
                    .mechanism = below(2) == 0 ? Mechanism::ntlm : Mechanism::cram_md5,
                    .account = static_cast<std::uint8_t>(below(3)),
                    .right = below(2) == 0,
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
      if (client.wants_tls()) client.tls_established();
      EXPECT_LE(client.last_text().size(), 512U);
    }
    EXPECT_LT(canonical(client).size(), 10000U);
  }
}

TEST_P(EachProtocol, KeepsLittleOfAFlood) {
  for (const std::string& block : {std::string(65536, 'x'), std::string(65536, '\0'),
                                   std::string("* 1 FETCH {4000000000}\r\n")}) {
    Conversation conversation(GetParam());
    for (int i = 0; i < 100; ++i) conversation.hear(block);
    EXPECT_LT(canonical(conversation.client).size(), 3U << 20);
  }
}

}  // namespace
}  // namespace sallyport::client
