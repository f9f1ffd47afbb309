// NTLM's messages: those of known clients and servers, the shortened ones of old ones, and what no
// message is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "wire/base64.hpp"
#include "wire/ntlm.hpp"

namespace sallyport::wire::ntlm {
namespace {

using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view signature = "NTLMSSP\0"sv;

std::string u32(std::uint32_t number) {
  std::string octets;
  for (int i = 0; i < 4; ++i) octets += static_cast<char>(number >> (8 * i) & 0xff);
  return octets;
}
std::string field(std::size_t octets, std::size_t offset) {
  const std::string length = u32(static_cast<std::uint32_t>(octets)).substr(0, 2);
  return length + length + u32(static_cast<std::uint32_t>(offset));
}
std::string header(std::uint32_t type) { return std::string(signature) + u32(type); }

TEST(MessageTypeOf, IsReadFromTheFirstTwelveOctets) {
  EXPECT_EQ(message_type(header(1)).value(), MessageType::negotiate);
  EXPECT_EQ(message_type(header(2) + "rest").value(), MessageType::challenge);
  EXPECT_EQ(message_type(header(3)).value(), MessageType::authenticate);
}

TEST(MessageTypeOf, IsAnErrorForAnythingElse) {
  struct Case {
    std::string octets;
    Error error;
  };
  for (const Case& c : {
           Case{"", {ErrorKind::truncated, 0}},
           Case{"NTLM", {ErrorKind::truncated, 4}},
           Case{std::string(signature), {ErrorKind::truncated, 8}},
           Case{header(1).substr(0, 11), {ErrorKind::truncated, 11}},
           Case{"NTLX", {ErrorKind::bad_signature, 3}},
           Case{"NTLMSSP1\1\0\0\0"s, {ErrorKind::bad_signature, 7}},
           Case{header(0), {ErrorKind::bad_message_type, 8}},
           Case{header(4), {ErrorKind::bad_message_type, 8}},
           Case{header(0x01000000), {ErrorKind::bad_message_type, 8}},
           Case{header(0xffffffff), {ErrorKind::bad_message_type, 8}},
       }) {
    const auto type = message_type(c.octets);
    ASSERT_FALSE(type.has_value()) << testing::PrintToString(c.octets);
    EXPECT_EQ(type.error(), c.error) << testing::PrintToString(c.octets);
  }
}

TEST(MessageTypeOf, IsCheckedByEveryParser) {
  const Error wrong{ErrorKind::bad_message_type, 8};
  EXPECT_EQ(parse_negotiate(build(Authenticate{})).error(), wrong);
  EXPECT_EQ(parse_challenge(build(Negotiate{})).error(), wrong);
  EXPECT_EQ(parse_authenticate(build(Challenge{})).error(), wrong);
}

// libcurl's message 1: 32 octets, both names empty with their offsets at the end.
TEST(NegotiateMessage, OfLibcurlIsRead) {
  constexpr std::uint32_t flags =
      oem | request_target | ntlm | always_sign | extended_session_security;
  const std::string message = header(1) + u32(flags) + field(0, 32) + field(0, 32);
  ASSERT_EQ(message.size(), 32U);
  const auto negotiate = parse_negotiate(message);
  ASSERT_TRUE(negotiate.has_value());
  EXPECT_EQ(*negotiate, (Negotiate{.flags = flags, .domain = "", .workstation = ""}));

  const auto sent = base64_decode("TlRMTVNTUAABAAAABoIIAAAAAAAAAAAAAAAAAAAAAAA=");
  ASSERT_TRUE(sent.has_value());
  const auto on_the_wire = parse_negotiate(*sent);
  ASSERT_TRUE(on_the_wire.has_value());
  EXPECT_EQ(on_the_wire->flags, flags);
}

TEST(NegotiateMessage, MayEndBehindItsFlags) {
  for (const std::size_t octets : {16U, 20U, 24U, 31U}) {
    const std::string message = (header(1) + u32(0xb203) + std::string(16, '\0')).substr(0, octets);
    const auto negotiate = parse_negotiate(message);
    ASSERT_TRUE(negotiate.has_value()) << octets;
    EXPECT_EQ(negotiate->flags, 0xb203U);
  }
  EXPECT_EQ(parse_negotiate(header(1) + "abc").error(), (Error{ErrorKind::truncated, 15}));
}

TEST(NegotiateMessage, KeepsWhatItsFlagsPromise) {
  const std::string names = "HOSTDOMAIN";
  const auto message = [&](std::uint32_t flags, std::size_t domain_octets) {
    return header(1) + u32(flags) + field(domain_octets, 36) + field(4, 32) + names;
  };
  const auto good = parse_negotiate(message(oem_domain_supplied | oem_workstation_supplied, 6));
  ASSERT_TRUE(good.has_value());
  EXPECT_EQ(good->domain, "DOMAIN");
  EXPECT_EQ(good->workstation, "HOST");
  EXPECT_EQ(parse_negotiate(message(oem_domain_supplied, 7)).error(),
            (Error{ErrorKind::bad_field, 16}));
  // MS-NLMP §2.2.1.1: without the flag the field is to be ignored.
  const auto disowned = parse_negotiate(message(0, 7));
  ASSERT_TRUE(disowned.has_value());
  EXPECT_EQ(disowned->domain, "");
}

TEST(ChallengeMessage, OfAnOldServerHasNoTargetInfo) {
  const std::string nonce = "\x01\x23\x45\x67\x89\xab\xcd\xef";
  // As short as can be; with a payload where TargetInfo would stand; with 48 octets and no more.
  const std::string shortest = header(2) + field(0, 0) + u32(oem) + nonce;
  const std::string early_payload =
      header(2) + field(20, 32) + u32(target_info) + nonce + std::string(20, 'D');
  const std::string empty_info =
      header(2) + field(0, 0) + u32(target_info) + nonce + std::string(16, '\0');
  for (const std::string& message : {shortest, early_payload, empty_info}) {
    const auto challenge = parse_challenge(message);
    ASSERT_TRUE(challenge.has_value());
    EXPECT_EQ(challenge->server_challenge,
              (std::array<std::uint8_t, 8>{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}));
    EXPECT_EQ(challenge->target_info, "");
  }
  EXPECT_EQ(parse_challenge(early_payload)->target_name, std::string(20, 'D'));
  EXPECT_EQ(parse_challenge(shortest.substr(0, 31)).error(), (Error{ErrorKind::truncated, 31}));
}

TEST(ChallengeMessage, CarriesTargetInfo) {
  const Challenge message{
      .flags = unicode | ntlm | target_info | version,
      .target_name = to_utf16le("Domain"),
      .server_challenge = {1, 2, 3, 4, 5, 6, 7, 8},
      .target_info = build_target_info({{2, to_utf16le("Domain")}, {1, to_utf16le("Server")}})};
  const std::string octets = build(message);
  EXPECT_EQ(octets.size(), 56 + message.target_name.size() + message.target_info.size());
  EXPECT_EQ(parse_challenge(octets).value(), message);
  // One octet less, and the last field ends outside.
  EXPECT_EQ(parse_challenge(std::string_view(octets).substr(0, octets.size() - 1)).error(),
            (Error{ErrorKind::bad_field, 40}));
}

TEST(AuthenticateMessage, OfAnOldClientEndsBeforeItsKeyOrFlags) {
  const auto message = [](std::size_t payload) {
    return header(3) + field(2, payload) + field(2, payload + 2) + field(0, 0) +
           field(4, payload + 4) + field(0, 0);
  };
  for (const std::size_t payload : {52U, 60U, 64U, 72U, 88U}) {
    std::string octets = message(payload) + std::string(payload - 52, '\0') + "LMNTuser";
    if (payload >= 64) octets.replace(60, 4, u32(unicode));
    const auto parsed = parse_authenticate(octets);
    ASSERT_TRUE(parsed.has_value()) << payload;
    EXPECT_EQ(parsed->lm_response, "LM");
    EXPECT_EQ(parsed->nt_response, "NT");
    EXPECT_EQ(parsed->user, "user");
    EXPECT_EQ(parsed->session_key, "");
    EXPECT_EQ(parsed->flags, payload >= 64 ? unicode : 0U) << payload;
  }
  EXPECT_EQ(parse_authenticate(message(52).substr(0, 51)).error(),
            (Error{ErrorKind::truncated, 51}));
}

// libcurl's message 3: a header of 64 octets, domain, user and host first, the responses behind.
TEST(AuthenticateMessage, OfLibcurlIsRead) {
  const std::string domain = "DOM";
  const std::string user = "alice";
  const std::string host = "WORKSTATION";
  const std::string message = header(3) + field(24, 83) + field(24, 107) + field(3, 64) +
                              field(5, 67) + field(11, 72) + field(0, 0) + u32(0x8206) + domain +
                              user + host + std::string(24, 'l') + std::string(24, 'n');
  const auto parsed = parse_authenticate(message);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(*parsed, (Authenticate{.flags = 0x8206,
                                   .lm_response = std::string(24, 'l'),
                                   .nt_response = std::string(24, 'n'),
                                   .domain = domain,
                                   .user = user,
                                   .workstation = host,
                                   .session_key = ""}));
}

// Every field of every message: past the end, before the payload, wrapping around, and empty.
TEST(Fields, AreCheckedBeforeTheyAreFollowed) {
  const std::string authenticate = build(Authenticate{.flags = unicode,
                                                      .lm_response = "lm",
                                                      .nt_response = "nt",
                                                      .domain = "d",
                                                      .user = "u",
                                                      .workstation = "w",
                                                      .session_key = "k"});
  for (const std::size_t at : {12U, 20U, 28U, 36U, 44U, 52U}) {
    for (const auto& [octets, offset] : {
             std::pair<std::size_t, std::size_t>{65535, 64},
             {1, authenticate.size()},
             {2, authenticate.size() - 1},
             {1, 0},
             {1, 51},
             {1, 0xffffffff},
             {0xffff, 0xffff0001},
             {2, 0xfffffffe},
             {1, 0x80000000},
         }) {
      std::string broken = authenticate;
      broken.replace(at, 8, field(octets, offset));
      const auto parsed = parse_authenticate(broken);
      ASSERT_FALSE(parsed.has_value()) << at << ": " << octets << " at " << offset;
      EXPECT_EQ(parsed.error(), (Error{ErrorKind::bad_field, at}));
    }
    std::string empty = authenticate;
    empty.replace(at, 8, field(0, 0xffffffff));
    EXPECT_TRUE(parse_authenticate(empty).has_value()) << at;
  }
}

class RoundTrip : public testing::Test {
 protected:
  std::uint32_t number() { return static_cast<std::uint32_t>(random_()); }
  std::string octets(std::size_t size_max = 40) {
    std::string result;
    for (std::size_t n = random_() % 3 == 0 ? 0 : random_() % size_max; n > 0; --n) {
      result += static_cast<char>(random_() & 0xff);
    }
    return result;
  }
  Negotiate negotiate() { return {.flags = number(), .domain = octets(), .workstation = octets()}; }
  Challenge challenge() {
    Challenge message{.flags = number(),
                      .target_name = octets(),
                      .server_challenge = {},
                      .target_info = octets()};
    for (auto& octet : message.server_challenge) octet = static_cast<std::uint8_t>(random_());
    return message;
  }
  Authenticate authenticate() {
    return {.flags = number(),
            .lm_response = octets(),
            .nt_response = octets(400),
            .domain = octets(),
            .user = octets(),
            .workstation = octets(),
            .session_key = octets()};
  }

  std::mt19937 random_{2215};  // NOLINT(bugprone-random-generator-seed): repeatable on purpose
};

TEST_F(RoundTrip, OfRandomMessagesChangesNothing) {
  for (int i = 0; i < 5000; ++i) {
    const Negotiate first = negotiate();
    ASSERT_EQ(parse_negotiate(build(first)).value(), first);
    const Challenge second = challenge();
    ASSERT_EQ(parse_challenge(build(second)).value(), second);
    const Authenticate third = authenticate();
    ASSERT_EQ(parse_authenticate(build(third)).value(), third);
  }
}

TEST_F(RoundTrip, SurvivesMutationAndTruncation) {
  for (int i = 0; i < 30'000; ++i) {
    std::string message = i % 3 == 0   ? build(negotiate())
                          : i % 3 == 1 ? build(challenge())
                                       : build(authenticate());
    for (std::size_t n = 1 + random_() % 4; n > 0; --n) {
      message[12 + random_() % (message.size() - 12)] = static_cast<char>(random_() & 0xff);
    }
    if (random_() % 4 == 0) message.resize(random_() % (message.size() + 1));
    // A copy of exact size, so that a sanitizer sees a read behind it.
    const std::vector<char> exact(message.begin(), message.end());
    const std::string_view octets(exact.data(), exact.size());
    (void)message_type(octets);
    if (const auto parsed = parse_negotiate(octets)) {
      EXPECT_EQ(parse_negotiate(build(*parsed)).value(), *parsed);
    }
    if (const auto parsed = parse_challenge(octets)) {
      (void)parse_target_info(parsed->target_info);
      EXPECT_EQ(parse_challenge(build(*parsed)).value(), *parsed);
    }
    if (const auto parsed = parse_authenticate(octets)) {
      (void)from_utf16le(parsed->user);
      EXPECT_EQ(parse_authenticate(build(*parsed)).value(), *parsed);
    }
  }
}

TEST_F(RoundTrip, OfTargetInfoChangesNothing) {
  for (int i = 0; i < 2000; ++i) {
    std::vector<AvPair> pairs;
    for (std::size_t n = random_() % 6; n > 0; --n) {
      pairs.push_back({.id = static_cast<std::uint16_t>(1 + random_() % 10), .value = octets()});
    }
    ASSERT_EQ(parse_target_info(build_target_info(pairs)).value(), pairs);
    (void)parse_target_info(octets());
  }
}

TEST(Building, CutsAFieldThatIsTooLong) {
  const auto parsed = parse_authenticate(build(Authenticate{.flags = 0,
                                                            .lm_response = "",
                                                            .nt_response = std::string(70'000, 'x'),
                                                            .domain = "",
                                                            .user = "u",
                                                            .workstation = "",
                                                            .session_key = ""}));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->nt_response.size(), 65535U);
  EXPECT_EQ(parsed->user, "u");
}

TEST(TargetInfo, EndsWithItsTerminator) {
  EXPECT_THAT(parse_target_info(std::string(4, '\0')).value(), IsEmpty());
  EXPECT_THAT(parse_target_info("\x01\0\x02\0S\0\0\0\0\0rest"sv).value(),
              ElementsAre(AvPair{.id = 1, .value = "S\0"s}));
  EXPECT_EQ(build_target_info({{0, "x"}, {7, ""}}), "\x07\0\0\0\0\0\0\0"s);
}

TEST(TargetInfo, IsRefusedAtItsPlace) {
  struct Case {
    std::string_view octets;
    Error error;
  };
  for (const Case& c : {
           Case{""sv, {ErrorKind::truncated, 0}},
           Case{"\0\0\0"sv, {ErrorKind::truncated, 3}},
           Case{"\x01\0\0\0"sv, {ErrorKind::truncated, 4}},
           Case{"\x01\0\x03\0ab"sv, {ErrorKind::bad_field, 0}},
           Case{"\x01\0\0\0\x02\0\xff\xff"sv, {ErrorKind::bad_field, 4}},
           Case{"\0\0\x01\0x"sv, {ErrorKind::bad_field, 0}},
       }) {
    const auto pairs = parse_target_info(c.octets);
    ASSERT_FALSE(pairs.has_value()) << testing::PrintToString(c.octets);
    EXPECT_EQ(pairs.error(), c.error) << testing::PrintToString(c.octets);
  }
}

TEST(Utf16, ComesBackAsItWas) {
  for (const std::string_view text :
       {""sv, "alice"sv, "\0"sv, "\xc3\xa9"sv, "\xe2\x82\xac"sv, "\xed\x9f\xbf\xee\x80\x80"sv,
        "\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv, "a\xf0\x9f\x94\x91z"sv}) {
    EXPECT_EQ(from_utf16le(to_utf16le(text)).value(), text);
  }
  EXPECT_EQ(to_utf16le("a\xe2\x82\xac\xf0\x9f\x94\x91"), "a\0\xac\x20\x3d\xd8\x11\xdd"s);
}

TEST(Utf16, IsRefusedAtItsPlace) {
  struct Case {
    std::string_view octets;
    std::size_t at;
  };
  for (const Case& c : {
           Case{"a"sv, 0},
           Case{"a\0b"sv, 2},
           Case{"a\0\x00\xd8"sv, 2},
           Case{"\x00\xd8"
                "a\0"sv,
                0},
           Case{"\x00\xd8\x00\xd8\x00\xdc"sv, 0},
           Case{"\x00\xdc"sv, 0},
           Case{"\x00\xd8\x00"sv, 0},
       }) {
    const auto text = from_utf16le(c.octets);
    ASSERT_FALSE(text.has_value()) << testing::PrintToString(c.octets);
    EXPECT_EQ(text.error(), (Error{ErrorKind::bad_utf16, c.at}));
  }
}

// Unicode 15.0 §3.9, "U+FFFD Substitution of Maximal Subparts".
TEST(Utf16, ReplacesWhatIsNotUtf8) {
  const auto back = [](std::string_view utf8) { return from_utf16le(to_utf16le(utf8)).value(); };
  const std::string r = "\xef\xbf\xbd";
  EXPECT_EQ(back("a\x80z"), "a" + r + "z");
  EXPECT_EQ(back("\xc0\xaf"), r + r);                  // overlong
  EXPECT_EQ(back("\xe0\x80\x80"), r + r + r);          // overlong
  EXPECT_EQ(back("\xed\xa0\x80"), r + r + r);          // a surrogate
  EXPECT_EQ(back("\xf4\x90\x80\x80"), r + r + r + r);  // beyond U+10FFFF
  EXPECT_EQ(back("\xf5"), r);
  EXPECT_EQ(back("\xe2\x82"), r);
  EXPECT_EQ(back("\xe2\x82z"), r + "z");
  EXPECT_EQ(back("\xf0\x9f\x94"), r);
  EXPECT_EQ(back("\xc3"), r);
}

}  // namespace
}  // namespace sallyport::wire::ntlm
