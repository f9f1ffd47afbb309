// A probe meets servers that are dead, mute, mad or hostile: it says so in one line, in time, and
// passes nothing.
#include "targets/live/probe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "targets/live/chain_for_test.hpp"
#include "targets/live/sockets_for_test.hpp"

namespace sallyport::live {
namespace {

using namespace std::chrono_literals;
using properties::Verdict;
using test::FakeServer;
using test::Line;
using test::tcp;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

ProbeOptions impatient(Scheme scheme, std::uint16_t port) {
  ProbeOptions options;
  options.endpoints = {{scheme, "127.0.0.1", port}};
  options.limits.answer = 400ms;
  options.limits.endpoint = 20s;
  options.manners.connections_per_second = 1e6;
  options.limits.settle = 5ms;
  options.limits.step_octets = 65536;
  options.limits.line_octets = 4096;
  return options;
}

ProbeResult probe_one(const ProbeOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  auto results = probe(options);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 60s) << "this is as good as a hang";
  if (!results || results->size() != 1) {
    ADD_FAILURE() << (results ? "no result" : results.error());
    return {};
  }
  return std::move(results->front());
}

/// Nothing is passed, and the reason is one line that names the server.
void expect_inconclusive(const ProbeResult& result, const testing::Matcher<std::string>& why) {
  EXPECT_THAT(result.failure,
              AllOf(StartsWith("127.0.0.1:"), HasSubstr("expected"), why, Not(HasSubstr("\n"))));
  EXPECT_FALSE(result.results.empty());
  for (const engine::Result& row : result.results) {
    EXPECT_TRUE(row.verdict == Verdict::inconclusive || row.verdict == Verdict::unobservable)
        << row.property << " " << properties::name(row.verdict);
    if (row.verdict == Verdict::inconclusive) EXPECT_EQ(row.detail, result.failure);
  }
}

void expect_inconclusive(const FakeServer& server, const testing::Matcher<std::string>& why,
                         Scheme scheme = Scheme::imap) {
  expect_inconclusive(probe_one(impatient(scheme, server.port())), why);
}

TEST(Probe, ADeadPortIsInconclusive) {
  asio::io_context io;
  tcp::acceptor bound(io);  // and never listening: nobody else can have the port meanwhile
  bound.open(tcp::v4());
  bound.bind({asio::ip::address_v4::loopback(), 0});
  const auto result = probe_one(impatient(Scheme::imap, bound.local_endpoint().port()));
  expect_inconclusive(result, HasSubstr("cannot connect: Connection refused"));
}

TEST(Probe, ASilentServerIsInconclusive) {
  const FakeServer server([](Line& line) { line.drain(); });
  expect_inconclusive(server, HasSubstr("silence for 0.4 s at the greeting"));
  expect_inconclusive(server, HasSubstr("a POP3 server's \"+OK\""), Scheme::pop3);
}

TEST(Probe, AServerOfAnotherProtocolIsInconclusive) {
  const FakeServer smtp([](Line& line) {
    line.write("220 mail.example ESMTP\r\n");
    line.drain();
  });
  expect_inconclusive(smtp, HasSubstr("the greeting is \"220 mail.example ESMTP\""));
  expect_inconclusive(smtp, HasSubstr("220 mail.example"), Scheme::pop3);
  const FakeServer http(
      [](Line& line) { line.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"); });
  expect_inconclusive(http, HasSubstr("HTTP/1.1 400 Bad Request"));
  const FakeServer pop3([](Line& line) {
    line.write("+OK ready\r\n");
    line.drain();
  });
  expect_inconclusive(pop3, HasSubstr("+OK ready"));
  expect_inconclusive(pop3, HasSubstr("no TLS: "), Scheme::imaps);
}

TEST(Probe, ARefusalIsInconclusiveWithItsText) {
  const FakeServer imap([](Line& line) { line.write("* BYE too many of you\r\n"); });
  expect_inconclusive(imap, HasSubstr("the server refuses: \"* BYE too many of you\""));
  const FakeServer pop3([](Line& line) { line.write("-ERR go away\r\n"); });
  expect_inconclusive(pop3, HasSubstr("the server refuses: \"-ERR go away\""), Scheme::pop3);
}

TEST(Probe, AServerThatHangsUpIsInconclusive) {
  const FakeServer at_once([](Line&) {});
  expect_inconclusive(at_once, HasSubstr("the server hung up at the greeting"));
  const FakeServer in_the_greeting([](Line& line) { line.write("* OK [CAPA"); });
  expect_inconclusive(in_the_greeting, HasSubstr("in the middle of the line \"* OK [CAPA\""));
  const FakeServer in_the_answer([](Line& line) {
    line.write("* OK ready\r\n");
    line.read();
    line.write("* CAPABILITY IMAP4rev1\r\na1 O");
  });
  expect_inconclusive(in_the_answer, AllOf(HasSubstr("\"a1 O\""), HasSubstr("at capability")));
  const FakeServer instead_of_an_answer([](Line& line) {
    line.write("* OK ready\r\n");
    line.read();
  });
  expect_inconclusive(instead_of_an_answer, HasSubstr("hung up at capability"));
}

TEST(Probe, AFloodIsInconclusive) {
  const FakeServer lines([](Line& line) {
    line.write("* OK ready\r\n");
    line.read();
    while (line.write("* OK and another thing\r\n")) {
    }
  });
  expect_inconclusive(lines, HasSubstr("more than 65536 octets at capability"));
  const FakeServer one_line([](Line& line) {
    line.write("* OK ");
    while (line.write("and another thing ")) {
    }
  });
  expect_inconclusive(one_line, HasSubstr("a line of more than 4096 octets at the greeting"));
  const FakeServer garbage([](Line& line) {
    const std::string octets("\0\xff\x1b[2J\r\x80", 8);
    while (line.write(octets)) {
    }
  });
  expect_inconclusive(garbage, AllOf(HasSubstr("octets at the greeting"), Not(HasSubstr("\x1b"))));
}

TEST(Probe, ASlowDripIsInconclusive) {
  const FakeServer server([](Line& line) {
    while (line.write("*")) std::this_thread::sleep_for(5ms);
  });
  expect_inconclusive(server, HasSubstr("has no end within 0.4 s"));
}

TEST(Probe, AServerThatFallsSilentIsInconclusive) {
  const FakeServer server([](Line& line) {
    line.write("* OK ready\r\n");
    line.drain();
  });
  expect_inconclusive(server, HasSubstr("silence for 0.4 s at capability"));
}

// Mid-line, mid-list, and in a literal of which the count was said: as good as saying nothing.
TEST(Probe, AServerThatHangsInTheMiddleOfAnAnswerIsInconclusive) {
  struct Half {
    std::string_view said;
    std::string_view told;
  };
  for (const Half half :
       {Half{"* CAPABIL", "in the middle of the line \"* CAPABIL\""},
        Half{"* CAPABILITY IMAP4rev1\r\n", "silence for 0.4 s at capability;"},
        Half{"* 1 FETCH (BODY[] {20}\r\n", "silence for 0.4 s at capability;"},
        Half{"* 1 FETCH (BODY[] {20}\r\nSubj", "in the middle of the line \"Subj\""}}) {
    const FakeServer server([&](Line& line) {
      line.write("* OK ready\r\n");
      line.read();
      line.write(half.said);
      line.drain();
    });
    const auto began = std::chrono::steady_clock::now();
    expect_inconclusive(server, HasSubstr(std::string(half.told)));
    EXPECT_LT(std::chrono::steady_clock::now() - began, 10s) << half.said;
  }
}

TEST(Probe, TheTimeForOneServerIsLimited) {
  const FakeServer server([](Line& line) { line.drain(); });
  ProbeOptions options = impatient(Scheme::imap, server.port());
  options.limits.answer = 30s;
  options.limits.endpoint = 300ms;
  expect_inconclusive(probe_one(options), HasSubstr("the 0.3 s for one server were over"));
}

TEST(Probe, CanBeInterrupted) {
  const FakeServer server([](Line& line) { line.drain(); });
  ProbeOptions options = impatient(Scheme::imap, server.port());
  options.on_progress = [](void*, const engine::Progress&) { return false; };
  expect_inconclusive(probe_one(options), HasSubstr("interrupted"));
}

/// Just enough of an IMAP server. `ntlm`: it offers it.
void small_imap(Line& line, std::string_view greeting, bool ntlm, bool starttls_refused = false) {
  line.write(greeting);
  while (true) {
    const std::string command = line.read();
    const std::size_t space = command.find(' ');
    if (space == std::string::npos) return;
    const std::string tag = command.substr(0, space);
    const std::string_view verb = std::string_view(command).substr(space + 1);
    if (verb == "CAPABILITY") {
      line.write("* CAPABILITY IMAP4rev1" + std::string(ntlm ? " AUTH=NTLM\r\n" : "\r\n"));
    } else if (verb == "LOGOUT") {
      line.write("* BYE\r\n" + tag + " OK\r\n");
      return;
    } else if (verb == "STARTTLS" && !starttls_refused) {
      line.write(tag + " OK go ahead\r\n");
      return;
    } else if (verb.starts_with("AUTHENTICATE NTLM") && ntlm) {
      line.write("+ \r\n");
      line.read();
      line.write(tag + " BAD cancelled\r\n");
      continue;
    } else {
      // Not with a brace at its end: that would announce a literal.
      const std::string_view words = verb.substr(0, verb.find('{'));
      line.write(tag + " BAD no such thing: " + std::string(words) + "\r\n");
      continue;
    }
    line.write(tag + " OK\r\n");
  }
}

const engine::Result* row(const ProbeResult& result, std::string_view property) {
  for (const engine::Result& each : result.results) {
    if (each.property == property) return &each;
  }
  return nullptr;
}

TEST(Probe, DovecotsWordsWhileItStartsAreNoGreeting) {
  const FakeServer server([](Line& line) {
    line.write("* OK Waiting for authentication process to respond..\r\n");
    line.write("* OK Waiting for authentication process to respond..\r\n");
    small_imap(line, "* OK ready\r\n", false);
  });
  const ProbeResult result = probe_one(impatient(Scheme::imap, server.port()));
  EXPECT_EQ(result.failure, "");
  ASSERT_NE(row(result, "ADV-01"), nullptr);
  EXPECT_EQ(row(result, "ADV-01")->verdict, Verdict::holds);
}

TEST(Probe, ABackEndMayOfferNtlm) {
  const FakeServer server([](Line& line) { small_imap(line, "* OK ready\r\n", true); });
  ProbeOptions options = impatient(Scheme::imap, server.port());
  const ProbeResult front_end = probe_one(options);
  EXPECT_EQ(front_end.failure, "");
  ASSERT_NE(row(front_end, "ADV-01"), nullptr);
  EXPECT_EQ(row(front_end, "ADV-01")->verdict, Verdict::violated);
  const auto& witness = row(front_end, "ADV-01")->witness;
  ASSERT_TRUE(witness);
  EXPECT_THAT(witness->dialogue.back(), HasSubstr("> S0: * CAPABILITY IMAP4rev1 AUTH=NTLM"));
  options.role = Role::back_end;
  EXPECT_EQ(row(probe_one(options), "ADV-01"), nullptr);
}

TEST(Probe, WhatWasViolatedStaysViolatedBehindAFailure) {
  std::atomic<int> connections = 0;
  const FakeServer server([&](Line& line) {
    if (connections++ > 0) return line.drain();
    small_imap(line, "* OK ready\r\n", true);
  });
  const ProbeResult result = probe_one(impatient(Scheme::imap, server.port()));
  EXPECT_THAT(result.failure, HasSubstr("silence"));
  ASSERT_NE(row(result, "ADV-01"), nullptr);
  EXPECT_EQ(row(result, "ADV-01")->verdict, Verdict::violated);
  ASSERT_NE(row(result, "STM-01"), nullptr);
  EXPECT_EQ(row(result, "STM-01")->verdict, Verdict::inconclusive);
}

TEST(Probe, AServerThatIsGoneIsToldWithWhatWasTriedBefore) {
  FakeServer* listening = nullptr;
  FakeServer server([&](Line& line) {
    listening->stop_listening();
    small_imap(line, "* OK ready\r\n", false);
  });
  listening = &server;
  const ProbeResult result = probe_one(impatient(Scheme::imap, server.port()));
  EXPECT_THAT(result.failure, AllOf(HasSubstr("cannot connect"), HasSubstr(", behind the lists)")));
}

TEST(Probe, StarttlsIsRequiredWhereAskedFor) {
  const FakeServer refuses(
      [](Line& line) { small_imap(line, "* OK ready\r\n", false, /*starttls_refused=*/true); });
  ProbeOptions options = impatient(Scheme::imap, refuses.port());
  options.starttls = true;
  expect_inconclusive(probe_one(options), HasSubstr("STARTTLS is refused"));
  const FakeServer hangs_up([](Line& line) { small_imap(line, "* OK ready\r\n", false); });
  options.endpoints[0].port = hangs_up.port();
  expect_inconclusive(probe_one(options), HasSubstr("no TLS: "));
}

// STARTTLS in one packet is answered well, and octet by octet its LF ends in the handshake.
TEST(Probe, AServerThatTakesCrForTheEndOfALineIsFoundOut) {
  const test::Certificate files;
  ServeOptions serving = test::serving("hardened");
  serving.imap = "127.0.0.1:0";
  serving.certificate = files.certificate();
  serving.key = files.key();
  const test::Running<Server> server(Server::open(std::move(serving)));
  const std::uint16_t port = address_from(test::listening(server, "imap"))->port;
  const test::Relay relay(port);
  for (const std::uint16_t asked : {port, relay.port()}) {
    ProbeOptions options = impatient(Scheme::imap, asked);
    options.trust.insecure = true;
    options.properties = {properties::find("PER-04")};
    options.script = world::script_from_text(
                         "protocol imap\n0 starttls\n0 capability\n0 logout\nvary 0 split 1\n")
                         .value();
    const ProbeResult result = probe_one(options);
    ASSERT_EQ(result.results.size(), 1);
    EXPECT_EQ(result.results[0].verdict, asked == port ? Verdict::holds : Verdict::violated)
        << result.results[0].detail;
  }
}

// A server that repeats what it was told gets the password into nothing that is shown.
TEST(Probe, APasswordIsShownNowhere) {
  const FakeServer server([](Line& line) { small_imap(line, "* OK ready\r\n", false); });
  ProbeOptions options = impatient(Scheme::imap, server.port());
  options.credentials = {{"alice", "correct-horse"}};
  const ProbeResult result = probe_one(options);
  EXPECT_THAT(result.failure, AllOf(HasSubstr("does not log \"alice\" in"), HasSubstr("<redacted>"),
                                    Not(HasSubstr("correct-horse"))));
  for (const trace::DialogueLine& line : result.trace.dialogue) {
    EXPECT_THAT(line.octets, Not(HasSubstr("correct-horse")));
  }
  EXPECT_THAT(trace::to_text(result.trace.events), Not(HasSubstr("correct-horse")));
  options.credentials = {{"alice", "back\\slash\"quote"}};  // and not in the form it is sent in
  EXPECT_THAT(probe_one(options).failure,
              AllOf(HasSubstr("<redacted>"), Not(HasSubstr("slash")), Not(HasSubstr("quote"))));
}

TEST(Probe, ACaFileThatIsNoneIsAnErrorOfTheOptions) {
  ProbeOptions options = impatient(Scheme::imap, 1);
  options.trust.ca_file = "/nonexistent/ca.pem";
  const auto results = probe(options);
  ASSERT_FALSE(results);
  EXPECT_THAT(results.error(), AllOf(HasSubstr("CA file \"/nonexistent/ca.pem\""),
                                     HasSubstr("expected certificates in PEM")));
}

}  // namespace
}  // namespace sallyport::live
