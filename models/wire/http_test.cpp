#include "wire/http.hpp"

#include <gtest/gtest.h>

namespace sallyport::wire {
namespace {

TEST(Http, KnowsARequestLine) {
  for (const std::string_view line : {"GET / HTTP/1.1\r\n", "POST /mail HTTP/1.1\r\n",
                                      "OPTIONS * HTTP/1.1\r\n", "CONNECT http://a HTTP/1.1\r\n"}) {
    EXPECT_TRUE(is_http_request(line)) << line;
  }
}

// A tag may be called GET, and DELETE is an IMAP command.
TEST(Http, LeavesMailCommandsAlone) {
  for (const std::string_view line : {"GET NOOP\r\n", "a1 DELETE /x\r\n", "DELE 1\r\n", "GET\r\n",
                                      "get / HTTP/1.1\r\n", "GET "}) {
    EXPECT_FALSE(is_http_request(line)) << line;
  }
}

}  // namespace
}  // namespace sallyport::wire
