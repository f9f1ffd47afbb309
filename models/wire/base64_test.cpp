// Strict base64: the vectors of RFC 4648, and every way to break the rule at its place.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/base64.hpp"

namespace sallyport::wire {
namespace {

using std::string_view_literals::operator""sv;

// RFC 4648 §10, and the prefixes by which NTLM's messages are known.
TEST(Base64, HoldsTheVectors) {
  for (const auto& [octets, text] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"", ""},
           {"f", "Zg=="},
           {"fo", "Zm8="},
           {"foo", "Zm9v"},
           {"foob", "Zm9vYg=="},
           {"fooba", "Zm9vYmE="},
           {"foobar", "Zm9vYmFy"},
           {"NTLMSSP\0\x01"sv, "TlRMTVNTUAAB"},
           {"NTLMSSP\0\x03"sv, "TlRMTVNTUAAD"},
           {"\xff\xff\xfe\xfb\xf0"sv, "///++/A="},
       }) {
    EXPECT_EQ(base64_encode(octets), text);
    const auto decoded = base64_decode(text);
    ASSERT_TRUE(decoded.has_value()) << text;
    EXPECT_EQ(*decoded, octets);
  }
}

TEST(Base64, IsBrokenAtTheFirstWrongCharacter) {
  for (const auto& [text, at] : std::vector<std::pair<std::string_view, std::size_t>>{
           {"A", 1},        {"AA", 2},       {"AAA", 3},     {"AA=", 3},         {"=", 0},
           {"====", 0},     {"A===", 1},     {"AA=A", 3},    {"AAA=A", 4},       {"AAAA=", 4},
           {"AAAA====", 4}, {"AA==AAAA", 4}, {"AAA==", 4},   {"AAAAA", 5},       {"AB==", 1},
           {"AAB=", 2},     {"AA\nAA", 2},   {" AAAA", 0},   {"AAAA ", 4},       {"AAAA\r\n", 4},
           {"AA-_", 2},     {"*", 0},        {"AAA\0"sv, 3}, {"AAAA\xffzzz", 4}, {"AAAAAA=\xff", 7},
       }) {
    const auto decoded = base64_decode(text);
    ASSERT_FALSE(decoded.has_value()) << text;
    EXPECT_EQ(decoded.error().kind, ErrorKind::bad_base64) << text;
    EXPECT_EQ(decoded.error().at, at) << text;
  }
}

TEST(Base64, HasExactlyOneEncodingForEveryOctetString) {
  // All texts of one group over a part of the alphabet: what decodes encodes to itself.
  constexpr std::string_view characters = "ABCDQgw/=\n";
  std::string text(4, 'A');
  for (std::size_t i = 0; i < 10'000; ++i) {
    for (std::size_t place = 0, rest = i; place < 4; ++place, rest /= 10) {
      text[place] = characters[rest % 10];
    }
    if (const auto decoded = base64_decode(text)) {
      EXPECT_EQ(base64_encode(*decoded), text);
    }
  }
}

TEST(Base64, ComesBackWhole) {
  std::mt19937 random(4648);
  for (std::size_t size = 0; size < 300; ++size) {
    std::string octets;
    for (std::size_t i = 0; i < size; ++i) octets += static_cast<char>(random() & 0xff);
    const auto decoded = base64_decode(base64_encode(octets));
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(*decoded, octets);
  }
}

TEST(Errors, HaveWordsOfTheirOwn) {
  std::vector<std::string_view> words;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::bad_utf16); ++kind) {
    const std::string_view word = describe(static_cast<ErrorKind>(kind));
    for (const std::string_view other : words) EXPECT_NE(word, other);
    words.push_back(word);
  }
  EXPECT_EQ(describe(ErrorKind::literal_too_long), "a literal that is too long");
}

}  // namespace
}  // namespace sallyport::wire
