// What a client says, when it may, and what it makes of the answers.
#include "client/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "client/conversation_for_test.hpp"

namespace sallyport::client {
namespace {

using testing::HasSubstr;
using trace::Mechanism;
using trace::Protocol;
using trace::Status;

class ClientActions : public BothProtocols {};
INSTANTIATE_TEST_SUITE_P(, ClientActions, testing::ValuesIn(protocols), BothProtocols::name_of);

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
  EXPECT_TRUE(facts(Verb::authenticate).bound && !facts(Verb::login).bound);
  EXPECT_TRUE(facts(Verb::say).phrase && facts(Verb::say).account);
  EXPECT_TRUE(facts(Verb::starttls_certificate).account && !facts(Verb::starttls).account);
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

TEST_P(ClientActions, ReadsWhatIsOffered) {
  Conversation conversation(GetParam());
  EXPECT_EQ(conversation.client.offered().empty(), !imap());  // IMAP's greeting has the list
  conversation.act({.verb = Verb::capability});
  const trace::MechanismSet expected{Mechanism::ntlm, Mechanism::plain, Mechanism::cram_md5,
                                     Mechanism::oauthbearer, Mechanism::xoauth2};
  EXPECT_EQ(conversation.client.offered(), expected);
  EXPECT_TRUE(conversation.client.capabilities().has(imap() ? trace::Capability::sasl_ir
                                                            : trace::Capability::pipelining));
  conversation.act({.verb = Verb::mechanisms});
  EXPECT_EQ(conversation.client.offered(), expected);
  EXPECT_EQ(conversation.client.last_text(), imap() ? "CAPABILITY completed" : ".");
}

TEST_P(ClientActions, ForgetsAListThatIsAskedForAgainAndRefused) {
  const std::string greeting =
      imap() ? "* OK [CAPABILITY IMAP4rev1 AUTH=NTLM] hello\r\n" : "+OK hello\r\n";
  Conversation conversation(GetParam(), greeting, line_server([](std::string_view line) {
                              return line.starts_with("a") ? "a1 BAD no\r\n" : "-ERR no\r\n";
                            }));
  conversation.act({.verb = Verb::mechanisms});
  EXPECT_TRUE(conversation.client.offered().empty());
  EXPECT_EQ(conversation.client.last_text(), "no");
}

TEST_P(ClientActions, IsSilentUntilGreeted) {
  Conversation conversation(GetParam(), "", line_server([](std::string_view) { return ""; }));
  EXPECT_TRUE(conversation.client.waiting());
  EXPECT_FALSE(conversation.act({.verb = Verb::noop}).done);
  EXPECT_FALSE(conversation.act({.verb = Verb::login}).done);
  EXPECT_TRUE(conversation.client.can({.verb = Verb::send, .octets = "x"}));
  conversation.hear(hello());
  EXPECT_TRUE(conversation.client.greeted());
  EXPECT_FALSE(conversation.client.waiting());
  EXPECT_TRUE(conversation.act({.verb = Verb::noop}).done);
  EXPECT_TRUE(conversation.client.waiting());
}

TEST_P(ClientActions, EndsWithARefusalInsteadOfAGreeting) {
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
TEST_P(ClientActions, KnowsWhatIsPossible) {
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

TEST_P(ClientActions, RefusesActionsWithoutMeaning) {
  const std::vector<Credential> without_token{{.user = "alice", .password = "wonderland"}};
  Conversation conversation(GetParam(), hello(), line_server([](std::string_view) { return ""; }),
                            without_token);
  for (const Action& action :
       {Action{.verb = Verb::login, .account = 1},
        Action{.verb = Verb::authenticate, .mechanism = Mechanism::ntlm, .account = 1},
        Action{.verb = Verb::authenticate, .mechanism = Mechanism::gssapi},
        Action{.verb = Verb::authenticate, .mechanism = Mechanism::oauthbearer},
        Action{.verb = Verb::authenticate, .mechanism = Mechanism::xoauth2},
        Action{.verb = Verb::starttls_certificate, .account = 1},
        Action{.verb = Verb::say, .account = 1}, Action{.verb = Verb::say, .phrase = UINT8_MAX},
        Action{.verb = Verb::authenticate}, Action{.verb = Verb::respond},
        Action{.verb = Verb::respond_long}, Action{.verb = Verb::respond_endless},
        Action{.verb = Verb::replay}, Action{.verb = Verb::cancel}, Action{.verb = Verb::send},
        Action{.verb = Verb::outlook_express}}) {
    EXPECT_FALSE(conversation.act(action).done);
  }
  EXPECT_EQ(conversation.said, "");
}

TEST_P(ClientActions, CommandsOutOfStateAreSentAndRefused) {
  Conversation conversation(GetParam());
  EXPECT_TRUE(conversation.act({.verb = Verb::select}).done);
  EXPECT_EQ(conversation.client.last_status(), imap() ? Status::bad : Status::no);
  conversation.act({.verb = Verb::login});
  const auto again = conversation.act({.verb = Verb::login});
  EXPECT_TRUE(again.done && again.attempt && !again.valid);
  EXPECT_EQ(conversation.client.last_status(), imap() ? Status::bad : Status::no);
  EXPECT_TRUE(conversation.client.authenticated());
}

TEST_P(ClientActions, PipelinesCommands) {
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

TEST_P(ClientActions, PipelinesNoMoreThanItRemembers) {
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

TEST_P(ClientActions, ForgetsWhatWasSaidBeforeTls) {
  Conversation conversation(
      GetParam(), imap() ? "* OK [CAPABILITY IMAP4rev1 AUTH=NTLM] hello\r\n" : "+OK hello\r\n",
      line_server([](std::string_view) {
        return imap() ? "a1 OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"
                      : "+OK begin\r\n+OK injected\r\n";
      }));
  conversation.act({.verb = Verb::starttls});
  EXPECT_TRUE(conversation.client.wants_tls());
  EXPECT_FALSE(conversation.client.can({.verb = Verb::noop}));
  conversation.hear(imap() ? "* OK [CAPABILITY AUTH=PLAIN] x\r\n" : "+OK x\r\n");
  EXPECT_FALSE(conversation.client.offered().has(Mechanism::plain));
  conversation.client.tls_established();
  EXPECT_FALSE(conversation.client.wants_tls());
  EXPECT_TRUE(conversation.client.offered().empty());
  EXPECT_FALSE(conversation.client.waiting());
  EXPECT_TRUE(conversation.client.can({.verb = Verb::noop}));
}

// A server that has lost count answers STLS where the answer to CAPA was due.
TEST(Client, APop3ListThatTlsCutsOffIsOver) {
  Client client(Protocol::pop3, example_credentials());
  std::string out;
  client.receive("+OK hello\r\n", out);
  client.act({.verb = Verb::capability}, out);
  client.act({.verb = Verb::starttls}, out);
  client.receive("+OK begin TLS\r\n", out);
  client.tls_established("channel");
  client.receive("-ERR what?\r\n", out);
  EXPECT_TRUE(client.can({.verb = Verb::capability}));
}

TEST_P(ClientActions, GoesOnWithoutTlsWhereItIsRefused) {
  Conversation conversation(GetParam());
  conversation.act({.verb = Verb::starttls});
  EXPECT_FALSE(conversation.client.wants_tls());
  EXPECT_FALSE(conversation.client.waiting());
}

TEST_P(ClientActions, ShowsACertificateOnlyWhereItIsAskedTo) {
  const auto after = [](const Action& action) {
    Conversation conversation(GetParam(), hello(), line_server([](std::string_view line) {
                                const std::string tag(line.substr(0, line.find(' ')));
                                return imap() ? tag + " OK begin\r\n" : "+OK begin\r\n";
                              }));
    EXPECT_FALSE(conversation.client.certificate());
    EXPECT_TRUE(conversation.act(action).done);
    EXPECT_THAT(conversation.said, HasSubstr(imap() ? " STARTTLS\r\n" : "STLS\r\n"));
    EXPECT_TRUE(conversation.client.wants_tls());
    const auto shown = conversation.client.certificate();
    conversation.client.tls_established("channel");
    EXPECT_EQ(conversation.client.certificate(), shown);
    return shown;
  };
  EXPECT_EQ(after({.verb = Verb::starttls_certificate, .account = 1}), 1);
  EXPECT_EQ(after({.verb = Verb::starttls_certificate, .account = 1, .right = false}),
            std::nullopt);
  EXPECT_EQ(after({.verb = Verb::starttls}), std::nullopt);

  Conversation refused(GetParam());
  refused.act({.verb = Verb::starttls_certificate, .account = 1});
  EXPECT_FALSE(refused.client.wants_tls());
  EXPECT_FALSE(refused.client.certificate());

  Conversation from_the_first_octet(GetParam());
  from_the_first_octet.client.show_certificate(1);
  from_the_first_octet.client.tls_established("channel");
  EXPECT_EQ(from_the_first_octet.client.certificate(), 1);
}

}  // namespace
}  // namespace sallyport::client
