#include "targets/fuzz/lone_front_end.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sallyport::fuzz {
namespace {

using testing::HasSubstr;
using testing::Not;
using trace::Protocol;

TEST(LoneFrontEnd, ReadsMailBehindABackEndThatBehaves) {
  const std::string said =
      said_behind(Protocol::imap,
                  "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\nf1 OK logged in\r\n"
                  "f2 OK done\r\n* 1 FETCH (BODY[] {4}\r\nhi\r\n)\r\nf3 OK done\r\n",
                  3);
  EXPECT_THAT(said, HasSubstr("a1 OK logged in\r\n"));
  EXPECT_THAT(said, HasSubstr("* 1 FETCH (BODY[] {4}\r\nhi\r\n)\r\na3 OK done\r\n"));
  EXPECT_THAT(said, HasSubstr("f3 FETCH 1 BODY[]\r\n"));
}

TEST(LoneFrontEnd, LetsNobodyInBehindOneThatBreaksItsProtocol) {
  const std::string said = said_behind(Protocol::imap, "* PREAUTH hello\r\nf1 OK in\r\n", 100);
  EXPECT_THAT(said, Not(HasSubstr("a1 OK")));
  EXPECT_THAT(said, Not(HasSubstr("wonderland")));
}

/// A connection that was closed says nothing to the one that is opened in its place.
TEST(LoneFrontEnd, HearsTheFirstConnectionAlone) {
  const std::string said =
      said_behind(Protocol::pop3, "-ERR full\r\n+OK\r\n+OK\r\n+OK logged in\r\n", 1);
  EXPECT_THAT(said, Not(HasSubstr("+OK logged in")));
}

}  // namespace
}  // namespace sallyport::fuzz
