// What a run becomes in the words of SPIN's model.
#include "targets/abstract/recorded.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "targets/engine/result.hpp"
#include "world/world.hpp"

namespace sallyport::abstract {
namespace {

std::string record(std::string_view front_end, std::string_view text) {
  const auto configuration = engine::configuration_from(front_end);
  const auto script = world::script_from_text(text);
  EXPECT_TRUE(configuration && script) << text;
  if (!configuration || !script) return "";
  const world::Setting setting(*configuration, script->protocol);
  trace::Trace trace;
  world::run(setting, *script, trace);
  return to_text(recorded(trace.events));
}

TEST(Recorded, TellsARelayedHandshakeMessageByMessage) {
  const std::string told =
      "1 0 0 0 0\n"    // the client connects
      "3 0 1 0 1\n"    // and begins, with the right password
      "4 0 0 1 0\n"    // on a new connection
      "5 0 1 6 0\n"    // which challenges
      "7 0 6 255 0\n"  // without octets
      "3 0 3 0 0\n"    // NEGOTIATE
      "4 0 0 0 0\n"
      "5 0 3 6 0\n"
      "7 0 6 0 0\n"  // the challenge of connection 0
      "3 0 4 1 0\n"  // PROOF
      "4 0 0 0 0\n"
      "5 0 4 7 0\n"
      "7 0 7 0 0\n"
      "10 0 0 0 0\n";
  for (const std::string_view protocol : {"imap", "pop3"}) {
    EXPECT_EQ(record("exchange-2000", "protocol " + std::string(protocol) +
                                          "\n0 authenticate NTLM alice\n0 respond\n0 respond\n"),
              told);
  }
}

TEST(Recorded, TellsALoginInPiecesOnce) {
  const std::string told =
      "1 0 0 0 0\n"
      "3 0 2 1 1\n"
      "4 0 0 1 0\n"
      "5 0 2 7 0\n"
      "7 0 7 1 0\n"
      "10 0 0 0 0\n";
  EXPECT_EQ(record("exchange-2000-sp1", "protocol pop3\n0 login bob\n"), told) << "USER, PASS";
  EXPECT_EQ(record("exchange-2000-sp1", "protocol imap\n0 login bob\n"), told) << "LOGIN";
  EXPECT_EQ(record("exchange-2000-sp1", "protocol imap\n0 authenticate PLAIN bob\n0 respond\n"),
            told)
      << "AUTHENTICATE PLAIN and its message";
}

TEST(Recorded, TellsWhatAListShows) {
  EXPECT_EQ(record("exchange-2000", "protocol pop3\n0 mechanisms\n"),
            "1 0 0 0 0\n2 0 1 0 0\n10 0 0 0 0\n");
  EXPECT_EQ(record("exchange-2000-sp1", "protocol pop3\n0 mechanisms\n0 close\n"),
            "1 0 0 0 0\n2 0 0 0 0\n8 0 0 0 0\n10 0 0 0 0\n");
}

TEST(Recorded, SaysPipelinedLoginsOneBehindTheOther) {
  const std::string told = record("exchange-2000-sp1",
                                  "protocol imap\n0 send \"x1 LOGIN alice no\\r\\nx2 LOGIN bob "
                                  "builder\\r\\n\"\n");
  EXPECT_EQ(told,
            "1 0 0 0 0\n3 0 2 1 0\n4 0 0 1 0\n5 0 2 8 0\n7 0 8 0 0\n"
            "3 0 2 2 0\n4 0 0 0 0\n5 0 2 7 0\n7 0 7 2 0\n10 0 0 0 0\n");
}

TEST(Recorded, TellsAFailureAndWhatItExcuses) {
  EXPECT_EQ(record("exchange-2000-sp1", "protocol imap\n0 login alice mishap die-at-login\n"),
            "1 0 0 0 0\n3 0 2 1 1\n4 0 0 1 0\n6 0 0 0 0\n7 0 8 0 0\n10 0 0 0 0\n");
  EXPECT_EQ(record("exchange-2000-sp1", "protocol imap\n0 login alice mishap refer-at-login\n"),
            "1 0 0 0 0\n3 0 2 1 1\n4 0 0 1 0\n5 0 2 8 1\n7 0 8 0 0\n10 0 0 0 0\n");
}

TEST(Recorded, LeavesOutWhatHasNoWord) {
  EXPECT_EQ(record("exchange-2000-sp1",
                   "protocol imap\n0 noop\n0 starttls\n0 authenticate CRAM-MD5 alice\n"
                   "0 say login-without-arguments alice\n"),
            "1 0 0 0 0\n10 0 0 0 0\n");
}

}  // namespace
}  // namespace sallyport::abstract
