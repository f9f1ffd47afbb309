// What an interposer does on purpose happens when it should: whole, half or never, and a front-end
// whose back-end hangs in the middle is seen to bear it.
#include "targets/live/churn.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "targets/live/chain_for_test.hpp"
#include "targets/live/sockets_for_test.hpp"
#include "targets/live/tap_line.hpp"
#include "targets/live/witness.hpp"

namespace sallyport::live {
namespace {

using namespace std::chrono_literals;
using properties::Verdict;
using testing::HasSubstr;
using testing::Not;

TEST(Churn, IsReadOrRefusedInOneLine) {
  const auto churn = churn_from("close@exchange/3,delay@answer");
  ASSERT_TRUE(churn);
  EXPECT_EQ(churn->deeds.size(), 2);
  EXPECT_EQ(churn->deeds[0], (Deed{Deed::What::close, Deed::Where::exchange, 3}));
  EXPECT_TRUE(churn_from("none")->deeds.empty());
  EXPECT_EQ(churn_from("stall@literal")->deeds[0], (Deed{Deed::What::stall, Deed::Where::literal}));
  for (const char* text : {"", "close", "close@", "@answer", "close@never", "close@answer/0",
                           "close@answer/x", "close@answer,"}) {
    const auto refused = churn_from(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_THAT(refused.error(), HasSubstr("expected"));
  }
}

TEST(Churn, EveryNthTimeOrByChance) {
  Churner counted(*churn_from("close@exchange/3"));
  int times = 0;
  for (int i = 0; i < 9; ++i) times += counted.at(Deed::Where::exchange) ? 1 : 0;
  EXPECT_EQ(times, 3);
  EXPECT_FALSE(counted.at(Deed::Where::answer));
  Churn by_chance = *churn_from("reset@answer/2");
  by_chance.seed = 7;
  Churner first(by_chance);
  Churner second(by_chance);
  for (int i = 0; i < 32; ++i) {
    EXPECT_EQ(first.at(Deed::Where::answer), second.at(Deed::Where::answer));
  }
}

TEST(Churn, OnceIsOnce) {
  ASSERT_TRUE(churn_from("close@exchange=2"));
  Churner churner(*churn_from("close@exchange=2"));
  std::string times;
  for (int i = 0; i < 6; ++i) times += churner.at(Deed::Where::exchange) ? '!' : '.';
  EXPECT_EQ(times, ".!....");
  EXPECT_EQ(churner.struck(), 1U);
}

TEST(Churn, StrikesInTheMiddleOfAnAnswerOrALiteral) {
  using enum Deed::Where;
  EXPECT_EQ(middle_of(answer, "* OK 1\r\n", true), 4U);
  EXPECT_EQ(middle_of(literal, "* 1 FETCH (BODY[] {4}\r\nabcd)\r\n", true), 26U);
  EXPECT_EQ(middle_of(literal, "abcd", false), 2U);
  for (const Deed::Where where : {connect, exchange, login}) {
    EXPECT_FALSE(middle_of(where, "a NOOP\r\n", false));
  }
}

/// What comes within a while.
std::string within(asio::ip::tcp::socket& socket, std::chrono::milliseconds time) {
  std::string got;
  char octets[1024];
  socket.non_blocking(true);
  for (const auto end = std::chrono::steady_clock::now() + time;
       std::chrono::steady_clock::now() < end; std::this_thread::sleep_for(2ms)) {
    asio::error_code error;
    got.append(octets, socket.read_some(asio::buffer(octets), error));
    if (error && error != asio::error::would_block) return got + "<end>";
  }
  return got;
}

/// A client of a back-end, through an interposer; it is logged in.
struct Through {
  explicit Through(std::string_view churn)
      : back(Server::open(test::serving_back_end())),
        between(Interposer::open(before(back, churn))) {
    socket.connect({asio::ip::address_v4::loopback(), address_from(between->listening())->port});
    line.read();
    line.write("a LOGIN alice wonderland\r\n");
    while (!line.read().starts_with("a OK")) {
    }
  }
  static InterposeOptions before(const test::Running<Server>& back, std::string_view churn) {
    InterposeOptions options = test::before(back, churn);
    options.delay = 1s;
    return options;
  }
  std::string within(std::chrono::milliseconds time) { return live::within(socket, time); }

  test::Running<Server> back;
  test::Running<Interposer> between;
  asio::io_context io;
  asio::ip::tcp::socket socket{io};
  test::Line line{socket};
};

constexpr std::string_view whole_answer = "\nb OK";

TEST(Interposer, AStalledAnswerIsHalfAnAnswerForEver) {
  Through through("stall@answer");
  through.line.write("b SELECT INBOX\r\n");
  const std::string half = through.within(300ms);
  EXPECT_THAT(half, HasSubstr("* "));
  EXPECT_THAT(half, Not(HasSubstr(whole_answer)));
  through.line.write("c NOOP\r\n");
  EXPECT_EQ(through.within(300ms), "");
}

TEST(Interposer, ADelayedAnswerComesInTwoHalves) {
  Through through("delay@answer");
  through.line.write("b SELECT INBOX\r\n");
  std::string said = through.within(300ms);
  EXPECT_THAT(said, HasSubstr("* "));
  EXPECT_THAT(said, Not(HasSubstr(whole_answer)));
  said += through.within(2s);
  EXPECT_THAT(said, HasSubstr(whole_answer));
}

TEST(Interposer, AClosedAnswerIsHalfAnAnswerAndTheEnd) {
  Through through("close@answer");
  through.line.write("b SELECT INBOX\r\n");
  const std::string half = through.within(300ms);
  EXPECT_THAT(half, testing::EndsWith("<end>"));
  EXPECT_THAT(half, Not(HasSubstr(whole_answer)));
}

/// Between a back-end and who speaks to it, with a probe that lets everything pass.
struct Watched {
  using Saw = std::function<void(const std::string&)>;  // a line for the probe

  Watched(const test::FakeServer& back, std::string_view churn, const Saw& saw)
      : between(Interposer::open(test::before("127.0.0.1:" + std::to_string(back.port()), churn))) {
    std::promise<void> ready;
    probe = std::jthread([&ready, saw, tap = address_from(between->tap())->port] {
      asio::io_context io;
      asio::ip::tcp::socket socket(io);
      socket.connect({asio::ip::address_v4::loopback(), tap});
      test::Line line(socket);
      for (std::string said = line.read(); !said.empty(); said = line.read()) {
        if (said == tap_greeting) {
          ready.set_value();
          continue;
        }
        saw(said);
        line.write("pass\n");
      }
    });
    ready.get_future().wait();
    socket.connect({asio::ip::address_v4::loopback(), address_from(between->listening())->port});
    line.read();
  }

  std::jthread probe;
  test::Running<Interposer> between;
  asio::io_context io;
  asio::ip::tcp::socket socket{io};
  test::Line line{socket};
};

// The back-end goes on while a probe thinks about the half that it is shown.
TEST(Interposer, WhatIsSaidBehindABreakIsNotHeard) {
  for (const std::string_view churn : {"close@answer", "swap@answer"}) {
    std::promise<void> shown;
    const test::FakeServer back([half = shown.get_future().share()](test::Line& line) {
      line.write("* OK hi\r\n");
      if (line.read().empty()) return;
      line.write("a OK in\r\n");
      if (line.read().empty()) return;
      line.write("* 1 EXISTS\r\n* 0 RECENT\r\n");
      half.wait_for(5s);
      line.write("* 2 EXISTS\r\nb OK\r\n");
      line.drain();
    });
    Watched watched(back, churn, [&shown](const std::string& said) {
      if (!said.contains("1 EX")) return;
      shown.set_value();
      std::this_thread::sleep_for(100ms);
    });
    watched.line.write("a LOGIN alice x\r\n");
    watched.line.read();
    watched.line.write("b SELECT INBOX\r\n");
    const std::string half = within(watched.socket, 500ms);
    EXPECT_THAT(half, HasSubstr("* 1 EX")) << churn;
    EXPECT_THAT(half, Not(HasSubstr("* 2"))) << churn;
  }
}

// A password that left before the break could be known has gone out, though nobody got it.
TEST(Interposer, WhatWasSaidAtOnceIsToldBehindABreak) {
  for (const std::string_view churn : {"close@connect", "reset@connect", "stall@connect"}) {
    std::promise<std::string> heard;
    const test::FakeServer back([&heard](test::Line& line) {
      line.write("* OK hi\r\n");
      heard.set_value(line.read() + line.read());
    });
    std::mutex lock;
    std::string told;
    {
      Watched watched(back, churn, [&](const std::string& said) {
        const std::scoped_lock held(lock);
        told += said;
      });
      watched.line.write("I ID NIL\r\nL LOGIN alice x\r\n");
      within(watched.socket, 300ms);
      watched.line.write("N NOOP\r\n");
      within(watched.socket, 100ms);
    }
    EXPECT_EQ(heard.get_future().get(), "I ID NIL") << churn;
    EXPECT_THAT(told, HasSubstr("L LOGIN")) << churn;
    EXPECT_THAT(told, Not(HasSubstr("N NOOP"))) << churn;
  }
}

TEST(Interposer, AStalledLiteralIsNeverEnded) {
  Through through("stall@literal");
  through.line.write("b STATUS {5}\r\n");
  EXPECT_THAT(through.within(300ms), testing::AnyOf("", testing::StartsWith("+")));
  through.line.write("INBOX (MESSAGES)\r\n");
  EXPECT_EQ(through.within(300ms), "");
}

/// A front-end that gives its back-ends a second.
struct Impatient {
  explicit Impatient(std::string_view churn, std::string_view front_end = "hardened")
      : back(Server::open(test::serving_back_end())),
        between(Interposer::open(test::before(back, churn))),
        front(Server::open(options(front_end))) {}
  ServeOptions options(std::string_view front_end) const {
    ServeOptions options = test::serving_before(between, front_end);
    options.configuration.profile.limits.backend_seconds = 1;
    return options;
  }
  ProbeResult probed(std::string_view property, std::string_view steps) const {
    ProbeOptions options;
    options.endpoints = {
        {Scheme::imap, "127.0.0.1", address_from(test::listening(front, "imap"))->port}};
    options.credentials = {{"alice", "wonderland"}, {"bob", "builder"}};
    options.limits.settle = 10ms;
    options.limits.patience = 6s;
    options.tap = *address_from(between->tap());
    options.properties = {properties::find(property)};
    options.script = world::script_from_text("protocol imap\n" + std::string(steps)).value();
    auto results = probe(options);
    if (!results || results->front().results.empty()) throw std::runtime_error("no result");
    return std::move(results->front());
  }
  engine::Result played(std::string_view property, std::string_view steps) const {
    return probed(property, steps).results.front();
  }
  test::Running<Server> back;
  test::Running<Interposer> between;
  test::Running<Server> front;
};

TEST(Churn, AFrontEndWhoseBackEndHangsEndsTheLogin) {
  for (const char* churn : {"stall@connect", "stall@exchange"}) {
    const Impatient chain(churn);
    const engine::Result result = chain.played("FLT-01", "0 login alice\n0 capability\n");
    EXPECT_EQ(result.verdict, Verdict::holds) << churn << ": " << result.detail;
  }
}

TEST(Churn, AFrontEndWhoseBackEndHangsInAnAnswerMakesUpNoRest) {
  constexpr std::string_view steps = "0 login alice\n0 select\n0 noop\n";
  for (const auto& [front_end, verdict] :
       {std::pair("hardened", Verdict::holds),
        std::pair("hardened+complete-broken-answers", Verdict::violated)}) {
    const Impatient chain("stall@answer", front_end);
    const engine::Result result = chain.played("FLT-02", steps);
    EXPECT_EQ(result.verdict, verdict) << front_end << ": " << result.detail;
  }
  const Impatient closing("close@answer=1");
  const auto lines = transcript(closing.probed("FLT-02", steps).trace);
  EXPECT_THAT(lines, testing::Contains("  ! close s0 server"));
  const engine::Result late = Impatient("delay@answer").played("RSP-01", steps);
  EXPECT_EQ(late.verdict, Verdict::holds) << "one that is late is whole: " << late.detail;
}

}  // namespace
}  // namespace sallyport::live
