// Which connections a pool with an IdlePolicy keeps, and which make room.
#include "frontend/frontend_for_test.hpp"

namespace sallyport::frontend {
namespace {

using trace::Protocol;

class PoolTest : public FrontEndTest {
 protected:
  void begin(std::size_t connections_max, IdlePolicy policy) {
    configuration.connections_max = connections_max;
    configuration.idle = policy;
    start("hardened", Protocol::imap);
    front_end->client_closed(0, host);
  }
  /// Session `s` logs in as `user` over connection `k`, a new one.
  void log_in(trace::SessionId s, const std::string& user, trace::LinkId k) {
    connect(s, Protocol::imap);
    client("a1 LOGIN " + user + " secret\r\n", s);
    backend(k, imap_greeting);
    backend(k, "+ \r\n");
    EXPECT_EQ(backend(k, "f1 OK done\r\n"), "S" + std::to_string(s) + " a1 OK logged in\n");
  }
  std::string leave(trace::SessionId s) {
    front_end->client_closed(s, host);
    return host.take();
  }
  /// Logged in to, and left.
  void rest(const std::string& user, trace::LinkId k) {
    log_in(0, user, k);
    EXPECT_EQ(leave(0), "");
  }
};

TEST_F(PoolTest, TheConnectionThatRestedLongestMakesRoomForAnotherUser) {
  begin(2, {});
  rest("alice", 0);
  rest("bob", 1);
  connect(0, Protocol::imap);
  EXPECT_EQ(client("a1 LOGIN carol secret\r\n"), "F0 f2 LOGOUT\nF0 <close>\nF0 <open>\n");
}

TEST_F(PoolTest, WhatIsInUseMakesNoRoom) {
  begin(2, {});
  log_in(0, "alice", 0);
  log_in(1, "bob", 1);
  connect(2, Protocol::imap);
  EXPECT_EQ(client("a1 LOGIN carol secret\r\n", 2).substr(0, 9), "S2 a1 NO ");
  EXPECT_EQ(leave(1), "");
  EXPECT_EQ(client("a2 LOGIN carol secret\r\n", 2), "F1 f2 LOGOUT\nF1 <close>\nF1 <open>\n");
}

TEST_F(PoolTest, WithoutAPolicyAPoolThatIsFullStaysFull) {
  begin(2, {});
  configuration.idle.reset();
  rest("alice", 0);
  rest("bob", 1);
  connect(0, Protocol::imap);
  EXPECT_EQ(client("a1 LOGIN carol secret\r\n").substr(0, 9), "S0 a1 NO ");
}

TEST_F(PoolTest, NoMoreOfOneUserAreKeptThanThePolicySays) {
  begin(8, {.per_user = 1});
  log_in(0, "alice", 0);
  log_in(1, "alice", 1);
  log_in(2, "bob", 2);
  EXPECT_EQ(leave(2), "");
  EXPECT_EQ(leave(1), "");
  EXPECT_EQ(leave(0), "F1 f2 LOGOUT\nF1 <close>\n") << "the one that rested longest";
  host.choice = 1;  // of one
  connect(0, Protocol::imap);
  EXPECT_EQ(client("a1 LOGIN alice secret\r\n"), "S0 a1 OK logged in\n") << "no new one beside it";
}

TEST_F(PoolTest, AConnectionThatRestsTooLongIsLoggedOut) {
  begin(8, {.seconds = 300});
  rest("alice", 0);
  EXPECT_EQ(wait(299), "");
  connect(0, Protocol::imap);
  EXPECT_EQ(client("a1 LOGIN alice secret\r\n"), "S0 a1 OK logged in\n");
  EXPECT_EQ(leave(0), "");
  EXPECT_EQ(wait(299), "") << "it began anew";
  EXPECT_EQ(wait(1), "F0 f2 LOGOUT\nF0 <close>\n");
}

}  // namespace
}  // namespace sallyport::frontend
