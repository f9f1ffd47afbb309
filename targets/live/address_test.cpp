#include "targets/live/address.hpp"

#include <gtest/gtest.h>

#include "targets/live/endpoint.hpp"

namespace sallyport::live {
namespace {

TEST(Address, ReadsNumericAddressesOnly) {
  EXPECT_EQ(address_from("127.0.0.1:1143"), (Address{"127.0.0.1", 1143}));
  EXPECT_EQ(address_from("[::1]:0"), (Address{"::1", 0}));
  EXPECT_EQ(to_text(*address_from("[::1]:143")), "[::1]:143");
  EXPECT_EQ(to_text(*address_from("127.0.0.1:143")), "127.0.0.1:143");
  for (const char* wrong :
       {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:1 ",
        "localhost:143", "::1:143", "[127.0.0.1]:143", "[::1]", ":143", "1143"}) {
    const auto address = address_from(wrong);
    ASSERT_FALSE(address) << wrong;
    EXPECT_NE(address.error().find('"' + std::string(wrong) + '"'), std::string::npos);
    EXPECT_NE(address.error().find("expected ADDR:PORT"), std::string::npos);
    EXPECT_EQ(address.error().find('\n'), std::string::npos);
  }
}

TEST(Endpoint, ReadsUrls) {
  struct Row {
    const char* url;
    Endpoint endpoint;
    const char* subject;
  };
  const Row rows[] = {
      {"imap://mail.example", {Scheme::imap, "mail.example", 143}, "mail.example:143/imap"},
      {"pop3://mail.example/", {Scheme::pop3, "mail.example", 110}, "mail.example:110/pop3"},
      {"imaps://10.0.0.1", {Scheme::imaps, "10.0.0.1", 993}, "10.0.0.1:993/imap"},
      {"POP3S://a_b-c", {Scheme::pop3s, "a_b-c", 995}, "a_b-c:995/pop3"},
      {"imap://localhost:20143", {Scheme::imap, "localhost", 20143}, "localhost:20143/imap"},
      {"imap://[::1]:1143/", {Scheme::imap, "::1", 1143}, "[::1]:1143/imap"},
      {"pop3://[fe80::1]", {Scheme::pop3, "fe80::1", 110}, "[fe80::1]:110/pop3"},
  };
  for (const Row& row : rows) {
    const auto endpoint = endpoint_from(row.url);
    ASSERT_TRUE(endpoint) << row.url << ": " << endpoint.error();
    EXPECT_EQ(*endpoint, row.endpoint) << row.url;
    EXPECT_EQ(endpoint->subject(), row.subject);
  }
  EXPECT_EQ(endpoint_from("pop3s://a")->protocol(), trace::Protocol::pop3);
  EXPECT_TRUE(endpoint_from("pop3s://a")->implicit_tls());
  EXPECT_FALSE(endpoint_from("imap://a")->implicit_tls());
}

TEST(Endpoint, RefusesWhatIsNoUrlOfAServer) {
  for (const char* wrong : {"",
                            "imap",
                            "imap:",
                            "imap:/host",
                            "://host",
                            "http://host",
                            "smtp://host:25",
                            "imap://",
                            "imap://:143",
                            "imap://host:",
                            "imap://host:0",
                            "imap://host:65536",
                            "imap://host:1x",
                            "imap://host:1:2",
                            "imap://host/INBOX",
                            "imap://host?x",
                            "imap://ho st",
                            "imap://host\n",
                            "imap://[::1",
                            "imap://[host]:143",
                            "imap://[::1]143",
                            "imap://::1",
                            "mail.example:143"}) {
    const auto endpoint = endpoint_from(wrong);
    ASSERT_FALSE(endpoint) << wrong;
    EXPECT_NE(endpoint.error().find("expected"), std::string::npos) << endpoint.error();
  }
}

TEST(Endpoint, DoesNotRepeatAPasswordInAUrl) {
  const auto endpoint = endpoint_from("imap://alice:correct-horse@mail.example");
  ASSERT_FALSE(endpoint);
  EXPECT_EQ(endpoint.error().find("horse"), std::string::npos) << endpoint.error();
}

}  // namespace
}  // namespace sallyport::live
