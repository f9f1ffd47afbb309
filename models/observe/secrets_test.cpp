// Where a secret is found, and where it isn't looked for.
#include "observe/secrets.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "observe/observer.hpp"
#include "wire/base64.hpp"

namespace sallyport::observe {
namespace {

const std::array known{
    Secret{.user = "alice", .secret = "wonderland"}, Secret{.user = "bob", .secret = "four"},
    Secret{.user = "carol", .secret = "abc"}, Secret{.user = "dora", .secret = "wonderland"}};

TEST(Secrets, InTheClear) {
  const Secrets secrets(known);
  EXPECT_EQ(secrets.find("wonderland"), "alice") << "of those who share it, the first";
  EXPECT_EQ(secrets.find("login for 'wonderland' failed"), "alice");
  EXPECT_EQ(secrets.find("x four"), "bob");
  EXPECT_EQ(secrets.find("the alphabet begins with abc"), std::nullopt) << "too short to tell";
  EXPECT_EQ(secrets.find("WONDERLAND"), std::nullopt);
  EXPECT_EQ(secrets.find("wonderlan"), std::nullopt);
  EXPECT_EQ(secrets.find(""), std::nullopt);
  EXPECT_EQ(Secrets().find("wonderland"), std::nullopt);
}

TEST(Secrets, InBase64WhateverIsAroundThem) {
  const Secrets secrets(known);
  for (const auto& [user, secret] : known) {
    if (secret.size() < 4) continue;
    for (std::size_t before = 0; before < 9; ++before) {
      for (std::size_t behind = 0; behind < 4; ++behind) {
        const std::string message =
            wire::base64_encode(std::string(before, 'u') + secret + std::string(behind, '\x01'));
        EXPECT_EQ(secrets.find("BAD " + message), user == "bob" ? "bob" : "alice") << message;
      }
    }
  }
  using namespace std::string_literals;
  EXPECT_EQ(secrets.find(wire::base64_encode("\0alice\0wonderland"s)), "alice");
  EXPECT_EQ(secrets.find(wire::base64_encode("\0alice\0wanderlust"s)), std::nullopt);
}

std::string disclosed(trace::Protocol protocol, trace::Point point, std::string_view client,
                      std::string_view server) {
  const Secrets secrets(known);
  Observer observer(protocol, point, 0);
  trace::Trace out;
  observer.from_server(protocol == trace::Protocol::imap ? "* OK\r\n" : "+OK\r\n", out);
  observer.from_client(client, out, {.secrets = &secrets});
  for (const char c : server) {  // in however many packets it comes
    observer.from_server({&c, 1}, out, {.secrets = &secrets});
  }
  std::string users;
  for (const trace::Event& e : out.events) {
    if (e.kind == trace::Kind::disclosed) users += e.user + ' ';
  }
  return users;
}

TEST(Secrets, InWhatAServerSays) {
  struct Said {
    trace::Protocol protocol;
    std::string_view client;
    std::string_view server;
    std::string_view users;
  };
  using enum trace::Protocol;
  for (const Said& said : {
           Said{imap, "a LOGIN alice wonderland\r\n", "a NO wonderland is wrong\r\n", "alice "},
           Said{imap, "a X\r\n", "* BAD four\r\n* BYE wonderland\r\na NO\r\n", "bob alice "},
           Said{imap, "a AUTHENTICATE LOGIN\r\n", "+ d29uZGVybGFuZA==\r\n", "alice "},
           Said{imap, "wonderland X\r\n", "wonderland BAD what\r\n", ""},
           Said{imap, "a FETCH 1 BODY[]\r\n",
                "* 1 FETCH (BODY[] {10}\r\nwonderland)\r\n* LIST () \"/\" wonderland\r\na OK\r\n",
                ""},
           Said{pop3, "PASS wonderland\r\n", "-ERR PASS wonderland: no\r\n", "alice "},
           Said{pop3, "AUTH LOGIN\r\n", "+ d29uZGVybGFuZA==\r\n", "alice "},
           Said{pop3, "RETR 1\r\n", "+OK\r\nwonderland\r\n.\r\n", ""},
       }) {
    EXPECT_EQ(disclosed(said.protocol, trace::Point::client, said.client, said.server), said.users)
        << said.server;
    EXPECT_EQ(disclosed(said.protocol, trace::Point::backend, "", said.server), "")
        << "what a back-end says is its own business";
  }
}

TEST(Secrets, InWhatAFrontEndSaysOutsideOfALogin) {
  using enum trace::Protocol;
  const auto to_backend = [](trace::Protocol protocol, std::string_view client,
                             std::string_view server = "") {
    return disclosed(protocol, trace::Point::backend, client, server);
  };
  EXPECT_EQ(to_backend(imap, "a LOGIN alice wonderland\r\n"), "");
  EXPECT_EQ(to_backend(imap, "a ID (\"user\" \"wonderland\")\r\n"), "alice ");
  EXPECT_EQ(to_backend(pop3, "USER bob\r\nPASS four\r\n"), "");
  EXPECT_EQ(to_backend(pop3, "four\r\n"), "bob ");
  EXPECT_EQ(to_backend(pop3, "AUTH LOGIN\r\nd29uZGVybGFuZA==\r\n", "+\r\n"), "");
  EXPECT_EQ(to_backend(pop3, "AUTH LOGIN\r\nd29uZGVybGFuZA==\r\n", "-ERR\r\n"), "alice ")
      << "the login was refused, so that line is a command";
  EXPECT_EQ(disclosed(pop3, trace::Point::client, "four\r\n", ""), "") << "a client's is its own";
  // Once it is logged in, the client's words go over it.
  const Secrets secrets(known);
  Observer observer(imap, trace::Point::backend, 0);
  trace::Trace out;
  const Shared shared{.secrets = &secrets};
  observer.from_server("* OK\r\n", out, shared);
  observer.from_client("a LOGIN alice wonderland\r\n", out, shared);
  observer.from_server("a OK\r\n", out, shared);
  observer.from_client("b SELECT wonderland\r\n", out, shared);
  EXPECT_EQ(out.events.back().kind, trace::Kind::command);
  for (const trace::Event& e : out.events) EXPECT_NE(e.kind, trace::Kind::disclosed);
}

}  // namespace
}  // namespace sallyport::observe
