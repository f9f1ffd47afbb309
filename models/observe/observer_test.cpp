// What holds of the observer whatever crosses the connection: segmentation changes nothing, floods
// are bounded, and what tags are called is forgotten.
#include "observe/observer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

namespace sallyport::observe {
namespace {

using trace::Protocol;

struct Chunk {
  bool from_server = false;
  std::string octets;
};
using Talk = std::vector<Chunk>;

void deliver(Observer& observer, const Chunk& chunk, std::size_t size, trace::Trace& out,
             Shared shared = {}) {
  for (std::size_t at = 0; at < chunk.octets.size(); at += size) {
    const std::string_view piece = std::string_view(chunk.octets).substr(at, size);
    if (chunk.from_server) {
      observer.from_server(piece, out, shared);
    } else {
      observer.from_client(piece, out, shared);
    }
  }
}

std::string canonical(const Observer& observer) {
  trace::Canonical out;
  observer.canonical(out);
  return std::string(out.bytes());
}

// Lines and pieces of lines of both directions, so that random talk comes far.
constexpr std::array<std::string_view, 52> pieces{
    "\r\n",
    "\r\n",
    " ",
    "a NOOP\r\n",
    "a ",
    "b ",
    "OK",
    "NO\r\n",
    "BAD x\r\n",
    "LOGIN ",
    "{3}\r\n",
    "{3+}\r\n",
    "{70000+}\r\n",
    "{300000}\r\n",
    "{12+}\r\na NOOP\r\nb ",
    "{99999999999+}\r\n",
    "GET / HTTP/1.1\r\n",
    "b AUTHENTICATE CRAM-MD5\r\n",
    "AUTH CRAM-MD5\r\n",
    "a AUTHENTICATE SCRAM-SHA-256 biwsbj11LHI9YQ==\r\n",
    "+ cj1hYixzPUFBQUEsaT0x\r\n",
    "a NO alice's secret\r\n",
    "abc",
    "a AUTHENTICATE PLAIN\r\n",
    "b AUTHENTICATE LOGIN YQ==\r\n",
    "YWxpY2U=\r\n",
    "*\r\n",
    "* ",
    "* OK [CAPABILITY AUTH=NTLM] x\r\n",
    "* BAD\r\n",
    "* 1 FETCH {5}\r\n",
    "+\r\n",
    "+ ",
    "+ go\r\n",
    "a OK\r\n",
    "b NO\r\n",
    "a STARTTLS\r\n",
    "b IDLE\r\n",
    "\n",
    "\r",
    "USER a\r\n",
    "PASS b\r\n",
    "AUTH\r\n",
    "AUTH NTLM\r\n",
    "CAPA\r\n",
    "STLS\r\n",
    "+OK\r\n",
    "-ERR\r\n",
    ".\r\n",
    "SASL PLAIN\r\n",
    "RETR 1\r\n",
    "TlRMTVNTUAABAAAABwIAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"};

Talk random_talk(std::mt19937& random) {
  Talk talk;
  for (unsigned chunks = 1 + random() % 24; chunks > 0; --chunks) {
    Chunk chunk{.from_server = random() % 2 == 0};
    for (unsigned count = random() % 6; count > 0; --count) {
      chunk.octets += pieces[random() % pieces.size()];
    }
    if (random() % 8 == 0) chunk.octets += static_cast<char>(random());
    if (random() % 64 == 0) chunk.octets.append(random() % 3000, 'x');
    if (random() % 256 == 0) chunk.octets.append(random() % 140000, 'y');
    talk.push_back(std::move(chunk));
  }
  return talk;
}

class EveryProtocol : public ::testing::TestWithParam<Protocol> {};
INSTANTIATE_TEST_SUITE_P(Observer, EveryProtocol, ::testing::Values(Protocol::imap, Protocol::pop3),
                         [](const auto& info) { return std::string(name(info.param)); });

TEST_P(EveryProtocol, SegmentationChangesNothing) {
  std::mt19937 random(7);
  const std::array known{Secret{.user = "alice", .secret = "alice's secret"}};
  const Secrets secrets(known);
  for (int round = 0; round < 1000; ++round) {
    const Talk talk = random_talk(random);
    Observer whole(GetParam(), trace::Point::client, 0);
    Observer cut(GetParam(), trace::Point::client, 0);
    Nonces nonces_of_whole;
    Nonces nonces_of_cut;
    trace::Trace at_once{.keep_dialogue = true};
    trace::Trace in_pieces{.keep_dialogue = true};
    const std::size_t size = round % 4 == 0 ? 1 + random() % 7 : 1 + random() % 5000;
    for (const Chunk& chunk : talk) {
      deliver(whole, chunk, chunk.octets.size() + 1, at_once,
              {.nonces = &nonces_of_whole, .secrets = &secrets});
      deliver(cut, chunk, size, in_pieces, {.nonces = &nonces_of_cut, .secrets = &secrets});
    }
    ASSERT_EQ(to_text(at_once.events), to_text(in_pieces.events)) << round;
    ASSERT_TRUE(at_once.events == in_pieces.events) << round;
    ASSERT_TRUE(canonical(whole) == canonical(cut)) << round;
    ASSERT_EQ(at_once.dialogue.size(), in_pieces.dialogue.size()) << round;
    // A line that is told before it ends has no exact place among the events.
    const bool cut_off = std::ranges::any_of(at_once.dialogue, [](const auto& line) {
      return line.octets.size() >= line_octets_max - 1;
    });
    for (std::size_t i = 0; i < at_once.dialogue.size(); ++i) {
      ASSERT_TRUE(at_once.dialogue[i].octets == in_pieces.dialogue[i].octets) << round;
      if (cut_off) continue;
      ASSERT_EQ(at_once.dialogue[i].first_event, in_pieces.dialogue[i].first_event) << round;
    }
  }
}

TEST_P(EveryProtocol, AnyOctetsAreTakenInLittleMemory) {
  std::mt19937 random(11);
  for (int round = 0; round < 8; ++round) {
    Observer observer(GetParam(), trace::Point::backend, 3);
    trace::Trace out;
    for (int chunk = 0; chunk < 60; ++chunk) {
      std::string octets(random() % 20000, '\0');
      const unsigned letters = round % 2 == 0 ? 256 : 16;
      for (char& c : octets) c = static_cast<char>(random() % letters);
      deliver(observer, {.from_server = random() % 2 == 0, .octets = octets}, octets.size() + 1,
              out);
      ASSERT_LT(canonical(observer).size(), 1U << 20U);
      out.clear();
    }
    observer.tls(out);
    observer.closed(random() % 2 == 0, out);
  }
}

std::size_t count(const trace::Trace& trace, trace::Kind kind) {
  return static_cast<std::size_t>(std::ranges::count(trace.events, kind, &trace::Event::kind));
}

TEST_P(EveryProtocol, ALineWithoutEndIsOneEvent) {
  for (const bool from_server : {false, true}) {
    Observer observer(GetParam(), trace::Point::client, 0);
    trace::Trace out;
    const Chunk flood{.from_server = from_server, .octets = std::string(100000, 'a')};
    for (int i = 0; i < 30; ++i) deliver(observer, flood, 4096, out);
    EXPECT_EQ(count(out, trace::Kind::malformed), 1U);
    EXPECT_LT(canonical(observer).size(), 1000U);
    out.clear();
    observer.from_client(from_server ? "b NOOP\r\n" : "c\r\nb NOOP\r\n", out);
    ASSERT_EQ(out.events.size(), 1U) << "what follows the line's end is read";
    EXPECT_EQ(out.events[0].kind, trace::Kind::command);
  }
}

// Waiting for the server's answer, a client can send anything; too much of it isn't kept.
TEST_P(EveryProtocol, OctetsThatWaitAreBounded) {
  Observer observer(GetParam(), trace::Point::client, 0);
  trace::Trace out;
  observer.from_client(GetParam() == Protocol::imap ? "a AUTHENTICATE PLAIN\r\n" : "AUTH PLAIN\r\n",
                       out);
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "b NOOP\r\n";
  for (int i = 0; i < 1000; ++i) {
    observer.from_client(lines, out);
    ASSERT_LT(canonical(observer).size(), waiting_octets_max + 2 * lines.size());
  }
  EXPECT_EQ(count(out, trace::Kind::malformed), 1U);
  out.clear();
  observer.tls(out);
  observer.from_client("c NOOP\r\n", out);
  ASSERT_EQ(out.events.size(), 2U) << "TLS is a new beginning";
  EXPECT_EQ(out.events[1].kind, trace::Kind::command);
}

// There are 64 slots; what is beyond waits, and every command is told and completed once.
TEST_P(EveryProtocol, MoreCommandsThanSlots) {
  Observer observer(GetParam(), trace::Point::client, 0);
  trace::Trace out;
  std::string commands;
  std::string replies = GetParam() == Protocol::imap ? "* OK\r\n" : "+OK\r\n";
  for (int i = 0; i < 500; ++i) {
    const std::string tag = "t" + std::to_string(i);
    commands += GetParam() == Protocol::imap ? tag + " NOOP\r\n" : "NOOP\r\n";
    replies += GetParam() == Protocol::imap ? tag + " OK\r\n" : "+OK\r\n";
  }
  observer.from_client(commands, out);
  EXPECT_EQ(count(out, trace::Kind::command), commands_max);
  observer.from_server(replies, out);
  EXPECT_EQ(count(out, trace::Kind::command), 500U);
  EXPECT_EQ(count(out, trace::Kind::completion), 500U);
  for (const trace::Event& e : out.events) {
    if (e.kind == trace::Kind::completion) EXPECT_NE(e.command, trace::no_command);
  }
}

// An exhaustive search joins such states, or it would never end.
TEST(Observer, TagsAreJustNames) {
  constexpr std::array<std::array<std::string_view, 2>, 6> talks{
      {{"a NOOP\r\nb NOOP\r\n", ""},
       {"a LOGIN {5}\r\n", ""},
       {"a LOGIN {5}\r\n", "+\r\n"},
       {"a LOGIN {5}\r\nali", "+\r\n"},
       {"b NOOP\r\na AUTHENTICATE PLAIN\r\n", "+\r\nb N"},
       {"a LOG", ""}}};
  const auto state = [](std::string_view client, std::string_view server, bool renamed) {
    const auto with_names = [renamed](std::string_view text) {
      std::string out;
      for (std::size_t at = 0; at < text.size(); ++at) {
        const bool begins = at == 0 || text[at - 1] == '\n';
        const bool tag = begins && (text[at] == 'a' || text[at] == 'b') && at + 1 < text.size() &&
                         text[at + 1] == ' ';
        if (tag && renamed) out += "tag-";
        out += text[at];
      }
      return out;
    };
    Observer observer(Protocol::imap, trace::Point::client, 0);
    trace::Trace out;
    observer.from_client(with_names(client), out);
    observer.from_server(with_names(server), out);
    return canonical(observer);
  };
  for (const auto& [client, server] : talks) {
    EXPECT_EQ(state(client, server, false), state(client, server, true)) << client;
  }
  EXPECT_NE(state("a NOOP\r\na NOOP\r\n", "", false), state("a NOOP\r\nb NOOP\r\n", "", false))
      << "which are equal does matter";
}

// A state that is left as it was found is the same state: nothing in it counts. What stood in a
// command's literals stays until the next command is answered.
TEST(Observer, ACompletedCommandLeavesNothing) {
  Observer observer(Protocol::imap, trace::Point::client, 0);
  trace::Trace out;
  observer.from_server("* OK\r\n", out);
  const std::string before = canonical(observer);
  for (const std::string_view talk :
       {"a LOGIN {1}\r\n|+\r\n|x {1}\r\n|+\r\n|y\r\n|a NO\r\n", "b NOOP\r\n|b OK\r\n",
        "c AUTHENTICATE PLAIN\r\n|+\r\n|*\r\n|c BAD\r\n", "d FOO {2+}\r\n|d BAD\r\n|xx\r\n",
        "e FOO {9}\r\n|e BAD\r\n", "f FETCH\r\n|* 1 FETCH {1}\r\nx)\r\n* 2 EXISTS\r\nf OK\r\n"}) {
    bool server = false;
    for (std::size_t at = 0; at < talk.size();) {
      const std::size_t end = std::min(talk.find('|', at), talk.size());
      const bool by_server = server && talk.substr(at, end - at) != "xx\r\n";
      deliver(observer,
              {.from_server = by_server, .octets = std::string(talk.substr(at, end - at))}, 99,
              out);
      server = !server;
      at = end + 1;
    }
    observer.from_client("z NOOP\r\n", out);
    observer.from_server("z OK\r\n", out);
    if (canonical(observer) != before) ADD_FAILURE() << talk;
  }
}

// RFC 2683 §3.2.1.5 and RFC 2449 §4 say how long a line a server must take; a refusal of a longer
// one needn't wait for its end, and the rest of the line is no command.
TEST(Observer, ALineThatIsTooLongMayBeRefusedEarly) {
  for (const auto protocol : {Protocol::imap, Protocol::pop3}) {
    const bool imap = protocol == Protocol::imap;
    for (const std::size_t length : {std::size_t{100}, imap_line_octets_early}) {
      Observer observer(protocol, trace::Point::client, 0);
      trace::Trace out;
      observer.from_server(imap ? "* OK\r\n" : "+OK\r\n", out);
      observer.from_client("a " + std::string(length, 'x'), out);
      observer.from_server(imap ? "a BAD\r\n" : "-ERR\r\n", out);
      observer.from_client("\r\n", out);
      const bool long_enough = length > 100;
      EXPECT_EQ(out.events[long_enough ? 2 : 1].command == trace::no_command, !long_enough);
      EXPECT_EQ(count(out, trace::Kind::malformed), long_enough ? 1U : 0U);
      EXPECT_EQ(count(out, trace::Kind::command), long_enough ? 0U : 1U);
    }
  }
}

// Nonces differ from run to run, so no digest has one in it; what a line measured is told.
TEST(Observer, LinesAreMeasuredAndNoncesMasked) {
  Observer observer(Protocol::pop3, trace::Point::client, 0);
  trace::Trace out;
  observer.from_server("+OK\r\n", out);
  observer.from_client("AUTH CRAM-MD5\r\n", out);
  observer.from_server("+ PDFAeD4=\r\n", out);
  observer.from_client("YWxpY2UgMDEyMw==\r\n", out);
  observer.from_server("-ERR no\n", out);
  ASSERT_EQ(out.events.size(), 5U);
  const auto& challenge = out.events[2];
  EXPECT_EQ(challenge.amount, 12U);
  EXPECT_EQ(challenge.digest, 0U);
  const auto& response = out.events[3];
  EXPECT_EQ(response.amount, 18U);
  EXPECT_EQ(response.digest, 0U);
  const auto& completion = out.events[4];
  EXPECT_EQ(completion.amount, 8U);
  EXPECT_EQ(completion.digest, trace::digest_of("no"));
}

// A response may be refused before its end; that it was there is told before the refusal.
TEST(Observer, AResponseThatIsTooLongIsTold) {
  for (const std::size_t length : {std::size_t{100}, std::size_t{2000}, line_octets_max + 10}) {
    Observer observer(Protocol::imap, trace::Point::client, 0);
    trace::Trace out;
    observer.from_client("a AUTHENTICATE PLAIN\r\n", out);
    observer.from_server("* OK\r\n+\r\n", out);
    out.clear();
    observer.from_client(std::string(length, 'A'), out);
    observer.from_server("a NO\r\n", out);
    observer.from_client("\r\nb NOOP\r\n", out);
    EXPECT_EQ(out.events.back().tag, "b");
    EXPECT_EQ(count(out, trace::Kind::malformed), 1U);
    if (length == 100) continue;  // that was refused too early: what came is no command
    EXPECT_EQ(out.events[0].kind, trace::Kind::malformed);
    EXPECT_EQ(out.events[0].command, 0U);
    EXPECT_EQ(out.events[0].amount, std::min(length, line_octets_max));
    EXPECT_EQ(out.events[1].kind, trace::Kind::completion);
  }
}

}  // namespace
}  // namespace sallyport::observe
