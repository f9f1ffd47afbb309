// The server among many: idle sessions cost little, and what hostile clients and failing back-ends
// do to it doesn't show in anybody else's session.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <atomic>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "targets/live/chain_for_test.hpp"
#include "targets/live/load.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SALLYPORT_SANITIZED 1
#endif
#endif

namespace sallyport::live {
namespace {

using asio::ip::tcp;
using properties::Verdict;
using test::Chain;
using test::Running;

void allow_files(std::size_t count) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(std::max<rlim_t>(limit.rlim_cur, count), limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// Clients that have their greeting and say nothing.
class Idle {
 public:
  void add(std::uint16_t port, std::size_t count) {
    std::array<char, 1024> greeting{};
    for (std::size_t i = 0; i < count; ++i) {
      tcp::socket socket(io_);
      socket.connect({asio::ip::address_v4::loopback(), port});
      socket.read_some(asio::buffer(greeting));
      sockets_.push_back(std::move(socket));
    }
  }

 private:
  asio::io_context io_;
  std::vector<tcp::socket> sockets_;
};

#ifndef SALLYPORT_SANITIZED
std::size_t resident_octets() {
  std::ifstream statm("/proc/self/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

TEST(Load, AnIdleSessionTakesLittleMemory) {
  constexpr std::size_t sessions = 1000;
  allow_files(3 * sessions);
  ServeOptions options = test::serving("hardened");
  options.imap = "127.0.0.1:0";
  const Running<Server> server(Server::open(std::move(options)));
  const std::uint16_t port = address_from(test::listening(server, "imap"))->port;
  Idle idle;
  idle.add(port, 64);  // what is only needed once is there now
  const std::size_t before = resident_octets();
  idle.add(port, sessions);
  const std::size_t each = (resident_octets() - before) / sessions;
  EXPECT_LE(each, std::size_t{16} * 1024) << "octets a session, both of its ends";
}
#endif

LoadOptions loading(std::string_view front_end, const Running<Server>& server) {
  const bool imap = front_end == "imap";
  return {.endpoint = {imap ? Scheme::imap : Scheme::pop3, "127.0.0.1",
                       address_from(test::listening(server, front_end))->port},
          .credential = {"alice", "wonderland"},
          .at_once = 4,
          .duration = std::chrono::milliseconds(200)};
}

ServeOptions serving_both() {
  ServeOptions options = test::serving("hardened");
  options.imap = options.pop3 = "127.0.0.1:0";
  return options;
}

TEST(LoadCommand, LogsInAndOutAgainAndAgain) {
  const Running<Server> server(Server::open(serving_both()));
  for (const char* name : {"imap", "pop3"}) {
    const auto result = load(loading(name, server));
    ASSERT_TRUE(result) << result.error();
    EXPECT_GT(result->sessions, 8) << name;
    EXPECT_EQ(result->failed, 0) << name << ": " << result->failure;
  }
}

TEST(LoadCommand, CountsWhatIsRefusedAndSaysNoSecret) {
  const Running<Server> server(Server::open(serving_both()));
  LoadOptions options = loading("imap", server);
  options.credential.password = "looking glass";
  const auto result = load(options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->sessions, 0);
  EXPECT_EQ(result->failed, options.at_once);
  EXPECT_EQ(result->failure, "the login is refused; expected it to go well");
}

/// How many connections a back-end has now: of this process's sockets, those at its end.
std::size_t established_at(std::uint16_t port) {
  std::ifstream table("/proc/self/net/tcp");
  const std::string local = fmt::format("0100007F:{:04X}", port);
  std::size_t count = 0;
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string number, here, there, state;
    words >> number >> here >> there >> state;
    if (here == local && state == "01") ++count;
  }
  return count;
}

// Rotating, a session takes another connection than the last one, a new one where it may. Two users
// share a pool that is smaller than what they ask for.
TEST(Load, ThePoolIsBounded) {
  constexpr std::size_t connections = 6;
  const Running<Server> back(Server::open(test::serving_back_end()));
  ServeOptions options = test::serving("hardened");
  options.imap = "127.0.0.1:0";
  options.to_imap = test::listening(back, "backend-imap");
  options.schedule = {.kind = Schedule::Kind::rotate};
  options.connections_max = connections;
  options.idle_connections.per_user = 4;
  const Running<Server> front(Server::open(std::move(options)));
  const std::uint16_t port = address_from(test::listening(back, "backend-imap"))->port;
  for (int round = 0; round < 2; ++round) {
    for (const auto& [user, password] :
         {std::pair("alice", "wonderland"), std::pair("bob", "builder")}) {
      LoadOptions loaded = loading("imap", front);
      loaded.credential = {user, password};
      const auto result = load(loaded);
      ASSERT_TRUE(result) << result.error();
      EXPECT_EQ(result->failed, 0) << user << ": " << result->failure;
      EXPECT_GT(result->sessions, 8) << user;
      EXPECT_LE(established_at(port), connections);
      EXPECT_GE(established_at(port), 1U);
    }
  }
}

/// Connects again and again and says `octets`; hangs up without having read anything.
class Hostile {
 public:
  Hostile(std::uint16_t port, std::string octets)
      : thread_([this, port, octets = std::move(octets)] {
          asio::io_context io;
          while (!stop_) {
            asio::error_code error;
            tcp::socket socket(io);
            socket.connect({asio::ip::address_v4::loopback(), port}, error);
            if (!error) asio::write(socket, asio::buffer(octets), error);
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
          }
        }) {}
  ~Hostile() {
    stop_ = true;
    thread_.join();
  }
  Hostile(const Hostile&) = delete;
  Hostile& operator=(const Hostile&) = delete;

 private:
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

// Whose back-ends die now and then. What a client is told is its own, each command is answered
// once, and what it said ran once; a login may fail, for a failure that the trace tells of.
void expect_nothing_lost_or_mixed_up(std::size_t connections_max) {
  allow_files(2048);
  const Chain chain("hardened", "close@answer/23,reset@exchange/29,delay@login/31",
                    connections_max);
  Idle idle;
  idle.add(chain.port(), 300);
  const Hostile garbage(chain.port(), std::string(3000, '\xff') + "\r\n");
  const Hostile literals(chain.port(), "a LOGIN {10+}\r\n0123456789 {4294967295}\r\n");
  const Hostile halves(chain.port(), "a1 AUTHENTICATE PLAIN\r\nAGFsa");
  ProbeOptions options = chain.options();
  for (const char* id : {"ISO-01", "ISO-03", "ISO-04", "RSP-01", "RSP-02", "RSP-03", "STM-04"}) {
    options.properties.push_back(properties::find(id));
  }
  std::string script = "protocol imap\n";
  for (int i = 0; i < 6; ++i) {
    script +=
        "0 login alice\n1 login bob\n0 select\n1 say status bob\n0 noop\n1 select\n0 logout\n"
        "1 logout\n";
  }
  options.script = world::script_from_text(script).value();
  const auto results = probe(options);
  ASSERT_TRUE(results);
  EXPECT_EQ(results->front().failure, "");
  std::uint64_t exercised = 0;
  for (const engine::Result& each : results->front().results) {
    EXPECT_NE(each.verdict, Verdict::violated) << each.property << ": " << each.detail;
    EXPECT_NE(each.verdict, Verdict::inconclusive) << each.property << ": " << each.detail;
    exercised += each.exercised;
  }
  EXPECT_GT(exercised, 50);
}

TEST(Load, NothingIsLostOrMixedUp) { expect_nothing_lost_or_mixed_up(0); }

// Each login is at the cost of a connection that rests.
TEST(Load, NothingIsLostOrMixedUpWhereThePoolIsFull) { expect_nothing_lost_or_mixed_up(2); }

}  // namespace
}  // namespace sallyport::live
