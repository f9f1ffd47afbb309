// The digests against the vectors of their documents.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "crypto/digests.hpp"

namespace sallyport::crypto {
namespace {

template <std::size_t N>
std::string hex(const std::array<std::uint8_t, N>& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t octet : digest) {
    text += digits[octet >> 4];
    text += digits[octet & 0xf];
  }
  return text;
}

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view alphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view eighty_digits =
    "12345678901234567890123456789012345678901234567890123456789012345678901234567890";

// RFC 1320 §A.5
TEST(Md4, HoldsTheVectors) {
  EXPECT_EQ(hex(md4("")), "31d6cfe0d16ae931b73c59d7e0c089c0");
  EXPECT_EQ(hex(md4("a")), "bde52cb31de33e46245e05fbdbd6fb24");
  EXPECT_EQ(hex(md4("abc")), "a448017aaf21d8525fc10ae87aa6729d");
  EXPECT_EQ(hex(md4("message digest")), "d9130a8164549fe818874806e1c7014b");
  EXPECT_EQ(hex(md4(alphabet)), "d79e1c308aa5bbcdeea8ed63df412da9");
  EXPECT_EQ(hex(md4(alphanumeric)), "043f8582f241db351ce627e153e7f0e4");
  EXPECT_EQ(hex(md4(eighty_digits)), "e33b4ddc9c38f2199c3e7b164fcc0536");
}

// RFC 1321 §A.5
TEST(Md5, HoldsTheVectors) {
  EXPECT_EQ(hex(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hex(md5("a")), "0cc175b9c0f1b6a831c399e269772661");
  EXPECT_EQ(hex(md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex(md5("message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(hex(md5(alphabet)), "c3fcd3d76192e4007dfb496cca67e13b");
  EXPECT_EQ(hex(md5(alphanumeric)), "d174ab98d277d9f5a5611c2c9f419d9f");
  EXPECT_EQ(hex(md5(eighty_digits)), "57edf4a22be3c955ac49da2e2107b67a");
}

// RFC 1939 §7: APOP's digest is MD5 of the greeting's nonce and the secret.
TEST(Md5, HoldsTheVectorOfApop) {
  EXPECT_EQ(hex(md5("<1896.697170952@dbc.mtview.ca.us>tanstaaf")),
            "c4c9334bac560ecc979e58001b3e22fb");
}

// RFC 2202 §2
TEST(HmacMd5, HoldsTheVectors) {
  EXPECT_EQ(hex(hmac_md5(std::string(16, '\x0b'), "Hi There")), "9294727a3638bb1c13f48ef8158bfc9d");
  EXPECT_EQ(hex(hmac_md5("Jefe", "what do ya want for nothing?")),
            "750c783e6ab0b503eaa86e310a5db738");
  EXPECT_EQ(hex(hmac_md5(std::string(16, '\xaa'), std::string(50, '\xdd'))),
            "56be34521d144c88dbb8c733f0e8b3f6");
  std::string counting;
  for (char octet = 1; octet <= 25; ++octet) counting += octet;
  EXPECT_EQ(hex(hmac_md5(counting, std::string(50, '\xcd'))), "697eaf0aca3a3aea3a75164746ffaa79");
  EXPECT_EQ(hex(hmac_md5(std::string(16, '\x0c'), "Test With Truncation")),
            "56461ef2342edc00f9bab995690efd4c");
  const std::string long_key(80, '\xaa');
  EXPECT_EQ(hex(hmac_md5(long_key, "Test Using Larger Than Block-Size Key - Hash Key First")),
            "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
  EXPECT_EQ(hex(hmac_md5(long_key,
                         "Test Using Larger Than Block-Size Key and Larger Than One Block-Size "
                         "Data")),
            "6f630fad67cda0ee1fb1f562db3aa53e");
}

TEST(HmacMd5, TakesAnEmptyKey) {
  EXPECT_EQ(hex(hmac_md5({}, {})), "74e6f7298a9c2d168935f58c001bad88");
}

// FIPS 180-4, as in RFC 6234 §8.5
TEST(Sha256, HoldsTheVectors) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(EqualConstantTime, IsEquality) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_constant_time("abc", "bbc"));
  EXPECT_FALSE(equal_constant_time("abc", "ab"));
  EXPECT_FALSE(equal_constant_time("", "a"));
}

}  // namespace
}  // namespace sallyport::crypto
