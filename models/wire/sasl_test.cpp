// SASL's lines, PLAIN's message and names: the forms of the RFCs, those of Exchange, and what is
// neither.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "wire/sasl.hpp"

namespace sallyport::wire::sasl {
namespace {

using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

TEST(MechanismName, IsOneToTwentyOfItsCharacters) {
  for (const std::string_view name :
       {"PLAIN", "plain", "CRAM-MD5", "SCRAM-SHA-256-PLUS", "X_Y", "A", "12345678901234567890"}) {
    EXPECT_TRUE(is_mechanism_name(name)) << name;
  }
  for (const std::string_view name :
       {""sv, "123456789012345678901"sv, "A B"sv, "A.B"sv, "\"PLAIN\""sv, "A\0"sv, "\xc3\x89"sv}) {
    EXPECT_FALSE(is_mechanism_name(name)) << name;
  }
}

TEST(Start, HasAnInitialResponseOrNone) {
  const auto bare = parse_start("NTLM");
  ASSERT_TRUE(bare.has_value());
  EXPECT_EQ(bare->mechanism, "NTLM");
  EXPECT_FALSE(bare->initial.has_value());

  const auto empty = parse_start("EXTERNAL =");
  ASSERT_TRUE(empty.has_value());
  EXPECT_EQ(empty->initial, "");

  const auto plain = parse_start("plain AGFsaWNlAHNlY3JldA==");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->mechanism, "plain");
  EXPECT_EQ(plain->initial, "\0alice\0secret"s);
}

TEST(Start, IsRefusedAtItsPlace) {
  struct Case {
    std::string_view arguments;
    Error error;
  };
  for (const Case& c : {
           Case{"", {ErrorKind::bad_argument, 0}},
           Case{" PLAIN", {ErrorKind::bad_argument, 0}},
           Case{"PL\"AIN", {ErrorKind::bad_argument, 2}},
           Case{"123456789012345678901", {ErrorKind::bad_argument, 20}},
           Case{"PLAIN ", {ErrorKind::bad_argument, 6}},
           Case{"PLAIN  AAAA", {ErrorKind::bad_base64, 6}},
           Case{"PLAIN AAAA ", {ErrorKind::bad_base64, 10}},
           Case{"PLAIN *", {ErrorKind::bad_base64, 6}},
           Case{"PLAIN ==", {ErrorKind::bad_base64, 6}},
           Case{"PLAIN \"AAAA\"", {ErrorKind::bad_base64, 6}},
           Case{"PLAIN {4+}\r\nAAAA", {ErrorKind::bad_base64, 6}},
       }) {
    const auto start = parse_start(c.arguments);
    ASSERT_FALSE(start.has_value()) << c.arguments;
    EXPECT_EQ(start.error(), c.error) << c.arguments;
  }
}

TEST(ClientLine, IsBase64OrACancel) {
  for (const std::string_view line : {"*", "* "}) {
    const auto cancel = parse_line(line);
    ASSERT_TRUE(cancel.has_value()) << line;
    EXPECT_TRUE(cancel->cancel);
    EXPECT_EQ(cancel->octets, "");
  }
  const auto empty = parse_line("");
  ASSERT_TRUE(empty.has_value());
  EXPECT_FALSE(empty->cancel);
  EXPECT_EQ(empty->octets, "");
  const auto octets = parse_line("AGFsaWNl");
  ASSERT_TRUE(octets.has_value());
  EXPECT_EQ(octets->octets, "\0alice"s);
  for (const std::string_view line : {"=", "**", "*  ", " *", "AAAA ", "AAA", "a LOGOUT"}) {
    const auto refused = parse_line(line);
    ASSERT_FALSE(refused.has_value()) << line;
    EXPECT_EQ(refused.error().kind, ErrorKind::bad_base64) << line;
  }
}

TEST(Challenge, KeepsItsSpaceUnlessAskedNotTo) {
  EXPECT_EQ(challenge(""), "+ ");
  EXPECT_EQ(challenge("", true), "+");
  EXPECT_EQ(challenge("foo"), "+ Zm9v");
  EXPECT_EQ(challenge("foo", true), "+ Zm9v");
}

TEST(PlainMessage, HasThreeParts) {
  const auto plain = parse_plain("admin\0alice\0s e\xc3\xa9"sv);
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->authzid, "admin");
  EXPECT_EQ(plain->authcid, "alice");
  EXPECT_EQ(plain->password, "s e\xc3\xa9");
  EXPECT_EQ(build_plain(*plain), "admin\0alice\0s e\xc3\xa9"sv);

  const auto without_authzid = parse_plain("\0alice\0secret"sv);
  ASSERT_TRUE(without_authzid.has_value());
  EXPECT_EQ(without_authzid->authzid, "");
}

TEST(PlainMessage, HasExactlyTwoNulsAndNoEmptyName) {
  struct Case {
    std::string_view octets;
    std::size_t at;
  };
  for (const Case& c : {
           Case{""sv, 0},
           Case{"alice"sv, 5},
           Case{"\0alice"sv, 6},
           Case{"\0"sv, 1},
           Case{"\0\0"sv, 1},
           Case{"\0\0secret"sv, 1},
           Case{"\0alice\0"sv, 7},
           Case{"\0alice\0secret\0"sv, 13},
           Case{"a\0b\0c\0d"sv, 5},
       }) {
    const auto plain = parse_plain(c.octets);
    ASSERT_FALSE(plain.has_value()) << testing::PrintToString(c.octets);
    EXPECT_EQ(plain.error(), (Error{ErrorKind::bad_argument, c.at}));
  }
}

// RFC 5801 §4
TEST(Name, EscapesWhatSeparates) {
  for (const std::string_view name : {"alice", "a,b", "a=b", "=2C", "=3D=", ",", "\xc3\xa9"}) {
    const std::string encoded = encode_name(name);
    EXPECT_EQ(encoded.find(','), std::string::npos) << encoded;
    EXPECT_EQ(decode_name(encoded), name);
  }
  EXPECT_EQ(encode_name("a,b=c"), "a=2Cb=3Dc");
  for (const std::string_view name :
       {""sv, "="sv, "=2"sv, "=2c"sv, "=2D"sv, "a="sv, "a,b"sv, "a\0"sv, "=3"sv}) {
    EXPECT_FALSE(decode_name(name)) << testing::PrintToString(name);
  }
}

}  // namespace
}  // namespace sallyport::wire::sasl
