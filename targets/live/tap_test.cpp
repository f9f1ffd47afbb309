// A probe that sees both wires of a front-end finds on real connections what the simulated world's
// engines find in memory, and nothing where nothing is wrong.
#include "targets/live/tap.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "targets/live/chain_for_test.hpp"
#include "targets/live/sockets_for_test.hpp"
#include "targets/live/tap_line.hpp"

namespace sallyport::live {
namespace {

using properties::Verdict;
using test::Chain;
using testing::HasSubstr;
using testing::Not;

enum class Believes : std::uint8_t { one, anybody };

/// As Chain, but the front-end reaches its back-end by STARTTLS alone.
class TlsChain {
 public:
  explicit TlsChain(Believes believes = Believes::one, bool seen_into = true)
      : back_(Server::open(with_certificate(test::serving_back_end()))),
        between_(Interposer::open(before(seen_into))),
        front_(Server::open(believing(believes))) {}

  [[nodiscard]] ProbeOptions options() const {
    ProbeOptions options;
    options.endpoints = {
        {Scheme::imap, "127.0.0.1", address_from(test::listening(front_, "imap"))->port}};
    options.credentials = {{"alice", "wonderland"}, {"bob", "builder"}};
    options.limits.settle = std::chrono::milliseconds(10);
    options.tap = *address_from(between_->tap());
    options.backend_tls = true;
    return options;
  }

 private:
  [[nodiscard]] ServeOptions with_certificate(ServeOptions options) const {
    options.certificate = files_.certificate();
    options.key = files_.key();
    return options;
  }
  [[nodiscard]] InterposeOptions before(bool seen_into) const {
    InterposeOptions options = test::before(back_, "none");
    if (!seen_into) return options;
    options.certificate = files_.certificate();
    options.key = files_.key();
    options.trust.ca_file = files_.certificate();
    return options;
  }
  [[nodiscard]] ServeOptions believing(Believes believes) const {
    ServeOptions options = test::serving_before(between_, "hardened");
    options.to_tls = Trust{.ca_file = files_.certificate(), .insecure = believes != Believes::one};
    return options;
  }

  test::Certificate files_;
  test::Running<Server> back_;
  test::Running<Interposer> between_;
  test::Running<Server> front_;
};

template <class AnyChain>
engine::Result played(const AnyChain& chain, std::string_view property, std::string_view steps) {
  ProbeOptions options = chain.options();
  options.properties = {properties::find(property)};
  options.script = world::script_from_text("protocol imap\n" + std::string(steps)).value();
  auto results = probe(options);
  if (!results || results->front().results.empty()) throw std::runtime_error("no result");
  return results->front().results.front();
}

struct Case {
  std::string_view front_end;
  std::string_view property;
  std::string_view steps;
};

void PrintTo(const Case& each, std::ostream* out) { *out << each.front_end << each.property; }

class Fault : public testing::TestWithParam<Case> {};

TEST_P(Fault, IsCaughtOnRealConnectionsAndItsAbsenceIsNot) {
  const Case& each = GetParam();
  const engine::Result found = played(Chain(each.front_end), each.property, each.steps);
  EXPECT_EQ(found.verdict, Verdict::violated) << found.detail;
  ASSERT_TRUE(found.witness);
  const engine::Result none = played(Chain("hardened"), each.property, each.steps);
  EXPECT_NE(none.verdict, Verdict::violated) << none.detail;
}

INSTANTIATE_TEST_SUITE_P(
    Tap, Fault,
    testing::Values(
        Case{"exchange-2000", "PER-02", "0 authenticate NTLM alice\n0 respond\n0 respond\n"},
        Case{"exchange-2000", "PER-03", "0 authenticate NTLM alice\n0 respond\n0 respond\n"},
        Case{"hardened+forward-untagged-data-of-logins", "RSP-03",
             "0 login alice mishap untagged-at-login\n"},
        Case{"hardened+believe-preauth-of-backends", "STM-06",
             "0 login alice mishap greet-preauth\n"},
        Case{"hardened+forward-referrals-of-backends", "STM-07",
             "0 login alice mishap refer-at-login\n"},
        Case{"hardened+complete-broken-answers", "FLT-02",
             "0 login alice\n0 select mishap die-in-answer\n0 noop\n"},
        Case{"hardened+retry-after-credentials-went-out", "FLT-03",
             "0 login alice mishap die-at-proof\n"},
        Case{"hardened+decode-base64-leniently", "SAS-03", "0 say plain-tab alice\n"},
        Case{"hardened+pool-connections-with-a-mailbox", "ISO-03",
             "0 login alice\n0 select\n0 logout\n1 login alice\n1 noop\n"}));

/// A front-end that takes a connection from its pool where it may.
engine::Result reused(std::string_view front_end, std::string_view property,
                      std::string_view steps) {
  return played(Chain(front_end, "none", 0, Schedule::Kind::pinned), property, steps);
}

constexpr std::string_view by_another_mechanism =
    "0 authenticate SCRAM-SHA-256 alice\n0 respond\n0 respond\n0 respond\n0 logout\n"
    "1 authenticate CRAM-MD5 alice\n1 respond\n1 select\n";
constexpr std::string_view by_another_password =
    "0 login alice\n0 logout\n1 login alice wrong\n1 select\n";
constexpr std::string_view by_an_equal_login = "0 login alice\n0 logout\n1 login alice\n1 select\n";

// The login itself says nothing to the back-end; what is relayed behind it does.
TEST(Tap, APooledConnectionIsKnownByWhatItCarries) {
  for (const auto& [fault, steps] : {std::pair("pool-key-omits-mechanism", by_another_mechanism),
                                     std::pair("pool-key-omits-password", by_another_password)}) {
    const engine::Result found = reused(fmt::format("hardened+{}", fault), "PER-06", steps);
    EXPECT_EQ(found.verdict, Verdict::violated) << fault << ": " << found.detail;
    EXPECT_TRUE(found.witness);
    EXPECT_EQ(reused("hardened", "PER-06", steps).verdict, Verdict::vacuous) << steps;
  }
  EXPECT_EQ(reused("hardened", "PER-06", by_an_equal_login).verdict, Verdict::holds);
}

// The whole plan, on a front-end without fault: every property of both wires that it puts to the
// test holds, and a good part of them is.
TEST(Tap, HardenedHoldsOnBothWires) {
  const Chain chain("hardened");
  auto results = probe(chain.options());
  ASSERT_TRUE(results);
  const ProbeResult& result = results->front();
  EXPECT_EQ(result.failure, "");
  std::vector<std::string> held;
  for (const engine::Result& each : result.results) {
    EXPECT_NE(each.verdict, Verdict::violated) << each.property << ": " << each.detail;
    EXPECT_NE(each.verdict, Verdict::inconclusive) << each.property << ": " << each.detail;
    if (each.verdict == Verdict::holds) held.push_back(each.property);
    if (each.property == "PER-01") {
      EXPECT_THAT(each.detail, HasSubstr("can't choose"));
    }
  }
  EXPECT_THAT(held,
              testing::IsSupersetOf({"FLT-01", "FLT-02", "FLT-03", "FLT-04", "FRM-05", "ISO-01",
                                     "ISO-03", "ISO-04", "PER-02", "PER-05", "RSP-02", "RSP-03",
                                     "SAS-03", "SAS-05", "STM-04", "STM-06", "STM-07"}));
  for (const trace::DialogueLine& line : result.trace.dialogue) {
    EXPECT_THAT(line.octets, Not(HasSubstr("wonderland")));
  }
}

TEST(Tap, ChurnIsEndured) {
  const Chain chain("hardened", "close@exchange/3,delay@answer/2,reset@connect/5,swap@connect/4");
  const engine::Result result = played(chain, "RSP-01",
                                       "0 login alice\n0 select\n0 logout\n1 login bob\n1 noop\n"
                                       "1 logout\n0 login alice\n0 noop\n0 logout\n");
  EXPECT_EQ(result.verdict, Verdict::holds) << result.detail;
}

TEST(Tap, ASlowBackEndIsWaitedFor) {
  const Chain chain("hardened");
  const auto before = std::chrono::steady_clock::now();
  const engine::Result result = played(chain, "ADV-03", "0 login alice mishap slow\n0 noop\n");
  EXPECT_EQ(result.verdict, Verdict::holds) << result.detail;
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::seconds(1));
}

// The back-end's channel ends in the interposer and is begun anew, whoever is quicker there.
TEST(TapUnderTls, IsSeenInto) {
  const TlsChain chain;
  for (const char* id : {"TLS-05", "PER-02", "PER-05", "ADV-03"}) {
    const engine::Result result =
        played(chain, id, "0 login alice\n0 noop\n0 logout\n1 login bob\n1 noop\n");
    EXPECT_EQ(result.verdict, Verdict::holds) << id << ": " << result.detail;
  }
}

TEST(TapUnderTls, AnImpostorGetsNothing) {
  for (const char* mishap : {"wrong-name", "weak-tls", "no-starttls", "refuse-starttls"}) {
    const std::string script = fmt::format("0 login alice mishap {}\n0 capability\n", mishap);
    EXPECT_EQ(played(TlsChain(), "FLT-01", script).verdict, Verdict::holds) << mishap;
    EXPECT_EQ(played(TlsChain(), "TLS-05", script).verdict, Verdict::vacuous) << mishap;
  }
}

TEST(TapUnderTls, WhoeverBelievesAnybodyIsFoundOut) {
  const engine::Result result =
      played(TlsChain(Believes::anybody), "TLS-05", "0 login alice mishap wrong-name\n");
  EXPECT_EQ(result.verdict, Verdict::violated);
  EXPECT_THAT(result.detail, HasSubstr("not verified"));
}

TEST(TapUnderTls, WithoutACertificateNothingIsJudged) {
  const TlsChain chain(Believes::anybody, false);
  ProbeOptions options = chain.options();
  options.script = world::script_from_text("protocol imap\n0 login alice\n").value();
  const auto results = probe(options);
  ASSERT_TRUE(results);
  EXPECT_THAT(results->front().failure, HasSubstr("can't see into"));
}

/// What a tap makes of an interposer's word, for which each client's events are given.
class Told {
 public:
  Told() {
    const auto port = acceptor_.local_endpoint().port();
    std::thread interposer([this] {
      acceptor_.accept(socket_);
      say(tap_greeting);
    });
    const auto done = tap_.connect({.host = "127.0.0.1", .port = port},
                                   Stream::Clock::now() + std::chrono::seconds(5));
    interposer.join();
    if (!done) throw std::runtime_error(done.error());
  }
  /// `session` says a command, which is in flight from then on.
  void client(trace::SessionId session, std::string_view line) {
    observe::Observer& observer =
        clients_.try_emplace(session, trace::Protocol::imap, trace::Point::client, session)
            .first->second;
    observer.from_client(fmt::format("{}\r\n", line), trace_);
  }
  void link(std::string_view record) {
    say(record);
    Stream* const tap[] = {&tap_.stream()};
    Stream::wait(tap, Stream::Clock::now() + std::chrono::seconds(5));
    if (tap_.serve(trace_, {}).value()) return;
    throw std::runtime_error("no record came");
  }
  [[nodiscard]] std::string leases() const {
    trace::Events inside;
    std::ranges::copy_if(trace_.events, std::back_inserter(inside), [](const trace::Event& e) {
      return e.kind == trace::Kind::lease || e.kind == trace::Kind::release;
    });
    return trace::to_text(inside);
  }

 private:
  void say(std::string_view line) { asio::write(socket_, asio::buffer(fmt::format("{}\n", line))); }

  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
  asio::ip::tcp::socket socket_{io_};
  Reactor reactor_;
  Tap tap_{reactor_, trace::Protocol::imap};
  std::map<trace::SessionId, observe::Observer> clients_;
  trace::Trace trace_;
};

TEST(Tap, ALeaseLastsUntilAnothersOctetsAppear) {
  Told told;
  told.client(0, "a SELECT INBOX");
  told.link("opened 7");
  told.link(R"(said 7 F "f1 SELECT INBOX\r\n")");
  EXPECT_EQ(told.leases(), "inside s0 k7 imap lease\n");
  told.link(R"(said 7 F "f2 NAMESPACE\r\n")");  // the front-end's own
  EXPECT_EQ(told.leases(), "inside s0 k7 imap lease\n");
  // One of two: it isn't known which, but no longer s0.
  told.client(1, "b STATUS INBOX (MESSAGES)");
  told.client(2, "c STATUS INBOX (MESSAGES)");
  told.link(R"(said 7 F "f3 STATUS INBOX (MESSAGES)\r\n")");
  EXPECT_EQ(told.leases(), "inside s0 k7 imap lease\ninside s0 k7 imap release\n");
}

struct Caller {
  explicit Caller(const std::string& address) {
    socket.connect({asio::ip::address_v4::loopback(), address_from(address)->port});
  }
  asio::io_context io;
  asio::ip::tcp::socket socket{io};
  test::Line line{socket};
};

// A front-end may say several things at once; a probe has its say at each of them.
TEST(Tap, EachCommandIsARecord) {
  const test::Running<Server> back(Server::open(test::serving_back_end()));
  const test::Running<Interposer> between(Interposer::open(test::before(back, "none")));
  Caller tap(between->tap());
  EXPECT_EQ(tap.line.read(), tap_greeting);
  Caller front(between->listening());
  EXPECT_EQ(tap.line.read(), "opened 0");
  tap.line.write("pass\n");
  EXPECT_THAT(tap.line.read(), HasSubstr("said 0 B \"* OK"));
  tap.line.write("pass\n");
  EXPECT_THAT(front.line.read(), HasSubstr("* OK"));
  front.line.write("a NOOP\r\nb NOOP\r\n");
  EXPECT_EQ(tap.line.read(), "said 0 F \"a NOOP\\r\\n\"");
  EXPECT_EQ(tap.line.read(), "said 0 F \"b NOOP\\r\\n\"");
  tap.line.write("answer \"a NO never\\r\\n\"\npass\n");
  EXPECT_EQ(front.line.read(), "a NO never");
  EXPECT_THAT(tap.line.read(), HasSubstr("said 0 B \"b OK"));
}

TEST(Tap, WithoutItsInterposerNothingIsJudged) {
  Chain chain("hardened");
  ProbeOptions options = chain.options();
  options.tap = address_from(test::listening(chain.front, "imap")).value();  // no tap at all
  const auto results = probe(options);
  ASSERT_TRUE(results);
  EXPECT_THAT(results->front().failure, HasSubstr("does not greet"));
  for (const engine::Result& each : results->front().results) {
    EXPECT_TRUE(each.verdict == Verdict::inconclusive || each.verdict == Verdict::unobservable);
  }
}

TEST(TapLine, IsReadAsItIsWritten) {
  using What = TapRecord::What;
  for (const TapRecord& each :
       {TapRecord{.what = What::opened, .link = 3}, TapRecord{.what = What::tls, .link = 0},
        TapRecord{.what = What::failure, .link = 7},
        TapRecord{.what = What::closed, .link = 1, .from_backend = true},
        TapRecord{.what = What::said, .link = 2, .octets = std::string("a\0\"\\\r\n\xff", 7)}}) {
    EXPECT_EQ(record_from(to_text(each)), each);
    EXPECT_EQ(to_text(each).find('\n'), std::string::npos);
  }
  for (const TapVerdict& each :
       {TapVerdict{}, TapVerdict{.what = TapVerdict::What::say, .octets = "x y"},
        TapVerdict{.what = TapVerdict::What::answer, .octets = ""},
        TapVerdict{.what = TapVerdict::What::end, .octets = "* BYE\r\n"},
        TapVerdict{.what = TapVerdict::What::impostor, .octets = {}},
        TapVerdict{.what = TapVerdict::What::weak, .octets = {}}}) {
    EXPECT_EQ(verdict_from(to_text(each)), each);
  }
  for (const char* line : {"", "said", "said 1", "said 1 F", "said 1 F \"", "said x F \"\"",
                           "opened", "opened 1 2", "closed 1 X", "tls 99999999", "hello"}) {
    EXPECT_FALSE(record_from(line)) << line;
  }
  for (const char* line : {"", "pass on", "say", "say \"\\q\"", "stop", "weak \"\""}) {
    EXPECT_FALSE(verdict_from(line)) << line;
  }
}

}  // namespace
}  // namespace sallyport::live
