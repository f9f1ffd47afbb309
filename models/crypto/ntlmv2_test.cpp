// NTLMv2 against the figures of MS-NLMP §4.2.4, and as client and server use it together.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "crypto/ntlmv2.hpp"

namespace sallyport::crypto {
namespace {

using std::string_literals::operator""s;

std::string hex(std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : octets) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 0xf];
  }
  return text;
}

/// ASCII and Latin-1 as UTF-16LE.
std::string wide(std::string_view text) {
  std::string octets;
  for (const char c : text) {
    octets += c;
    octets += '\0';
  }
  return octets;
}

// MS-NLMP §4.2.1; time is 0.
constexpr Nonce server_challenge{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
constexpr Nonce client_challenge{0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa};

Digest128 known_key() { return ntowf_v2(wide("User"), wide("Domain"), wide("Password")); }

/// MS-NLMP §4.2.4.1: domain, then server, then the terminator.
std::string known_target_info() {
  return "\x02\0\x0c\0"s + wide("Domain") + "\x01\0\x0c\0"s + wide("Server") + "\0\0\0\0"s;
}

TEST(NtlmV2, HoldsTheFiguresOfTheDocument) {
  const Digest128 key = known_key();
  EXPECT_EQ(hex(view(key)), "0c868a403bfd7a93a3001ef22ef02e3f");

  const std::string temp = ntlmv2_temp(client_challenge, 0, known_target_info());
  EXPECT_EQ(hex(temp),
            "01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000"
            "02000c0044006f006d00610069006e0001000c00530065007200760065007200"
            "0000000000000000");
  const Digest128 proof = ntlmv2_proof(key, server_challenge, temp);
  EXPECT_EQ(hex(view(proof)), "68cd0ab851e51c96aabc927bebef6a1c");
  EXPECT_EQ(hex(view(ntlmv2_session_base_key(key, proof))), "8de40ccadbc14a82f15cb0ad0de95ca3");
  EXPECT_EQ(hex(lmv2_response(key, server_challenge, client_challenge)),
            "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa");
  EXPECT_EQ(ntlmv2_response(key, server_challenge, client_challenge, 0, known_target_info()),
            std::string(view(proof)) + temp);
}

// The NT hash under NTOWFv2 is NTOWFv1's (MS-NLMP §4.2.2.1.2).
TEST(NtlmV2, RestsOnTheNtHash) {
  EXPECT_EQ(hex(view(md4(wide("Password")))), "a4f49c406510bdcab6824ee7c30fd852");
}

TEST(NtlmV2, WritesTimeLittleEndian) {
  const std::string temp = ntlmv2_temp(client_challenge, 0x0102030405060708, "");
  EXPECT_EQ(hex(temp.substr(8, 8)), "0807060504030201");
  EXPECT_EQ(temp.size(), 32U);
}

TEST(NtlmV2, FoldsTheUsersCaseAndNothingElse) {
  const Digest128 key = known_key();
  EXPECT_EQ(ntowf_v2(wide("uSER"), wide("Domain"), wide("Password")), key);
  EXPECT_NE(ntowf_v2(wide("User"), wide("DOMAIN"), wide("Password")), key);
  EXPECT_NE(ntowf_v2(wide("User"), wide("Domain"), wide("password")), key);

  const auto of_user = [](std::string_view user) { return ntowf_v2(user, "", ""); };
  EXPECT_EQ(of_user(wide("\xe0\xe9\xf6\xf8\xfe")), of_user(wide("\xc0\xc9\xd6\xd8\xde")));
  EXPECT_EQ(of_user("\xff\x00"s), of_user("\x78\x01"s));
  // ÷ is no letter, ß and µ stay; a Greek alpha whose low octet is a Latin letter's is beyond us.
  EXPECT_NE(of_user(wide("\xf7")), of_user(wide("\xd7")));
  EXPECT_NE(of_user("\xb1\x03"s), of_user("\x91\x03"s));
  EXPECT_NE(of_user("\x61\x03"s), of_user("\x41\x03"s));
  // Half a character is taken as it is.
  EXPECT_NE(of_user("a"), of_user("A"));
}

class Verification : public testing::Test {
 protected:
  Digest128 key_ = known_key();
  std::string response_ = ntlmv2_response(key_, server_challenge, client_challenge,
                                          133'000'000'000'000'000, known_target_info());
};

TEST_F(Verification, AcceptsTheRightResponse) {
  EXPECT_TRUE(verify_ntlmv2(key_, server_challenge, response_));
  // As a client without target info sends it.
  EXPECT_TRUE(verify_ntlmv2(key_, server_challenge,
                            ntlmv2_response(key_, server_challenge, client_challenge, 0, "")));
}

TEST_F(Verification, RefusesAnotherSecretNameOrChallenge) {
  EXPECT_FALSE(verify_ntlmv2(ntowf_v2(wide("User"), wide("Domain"), wide("Passw0rd")),
                             server_challenge, response_));
  EXPECT_FALSE(verify_ntlmv2(ntowf_v2(wide("Mallory"), wide("Domain"), wide("Password")),
                             server_challenge, response_));
  EXPECT_FALSE(verify_ntlmv2(ntowf_v2(wide("User"), wide("Other"), wide("Password")),
                             server_challenge, response_));
  // The persistence that NTLM relies on: a challenge of another connection is not answered.
  EXPECT_FALSE(verify_ntlmv2(key_, client_challenge, response_));
}

TEST_F(Verification, RefusesEveryTruncation) {
  for (std::size_t octets = 0; octets < response_.size(); ++octets) {
    EXPECT_FALSE(verify_ntlmv2(key_, server_challenge, response_.substr(0, octets))) << octets;
  }
  EXPECT_FALSE(verify_ntlmv2(key_, server_challenge, response_ + '\0'));
}

TEST_F(Verification, RefusesEveryFlippedBit) {
  for (std::size_t i = 0; i < response_.size() * 8; ++i) {
    std::string flipped = response_;
    flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(verify_ntlmv2(key_, server_challenge, flipped)) << i;
  }
}

// Well-proven, yet no NTLMv2 response: of another version, too short, or of NTLMv1's size.
TEST_F(Verification, RefusesAnotherFormUnderAGoodProof) {
  const auto prove = [&](std::string temp) {
    return std::string(view(ntlmv2_proof(key_, server_challenge, temp))) + temp;
  };
  const std::string temp = response_.substr(16);
  EXPECT_TRUE(verify_ntlmv2(key_, server_challenge, prove(temp)));
  EXPECT_FALSE(verify_ntlmv2(key_, server_challenge, prove("\x02" + temp.substr(1))));
  EXPECT_FALSE(verify_ntlmv2(key_, server_challenge, prove("\x01\x02" + temp.substr(2))));
  EXPECT_FALSE(verify_ntlmv2(key_, server_challenge, prove(temp.substr(0, 27))));
  EXPECT_FALSE(verify_ntlmv2(key_, server_challenge, prove(temp.substr(0, 8))));  // 24 octets
  EXPECT_FALSE(verify_ntlmv2(key_, server_challenge,
                             lmv2_response(key_, server_challenge, client_challenge)));
}

// RFC 2195 §2
TEST(CramMd5, HoldsTheVector) {
  EXPECT_EQ(cram_md5("tanstaaftanstaaf", "<1896.697170952@postoffice.reston.mci.net>"),
            "b913a602c7eda7a495b4e6e7334d3890");
}

}  // namespace
}  // namespace sallyport::crypto
