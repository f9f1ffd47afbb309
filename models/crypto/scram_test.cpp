// HMAC and SCRAM against the vectors of their documents.
#include "crypto/scram.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::crypto {
namespace {

std::string hex(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += digits[static_cast<unsigned char>(c) >> 4U];
    out += digits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

// The salt of RFC 7677 §3, W22ZaJ0SNY7soEsUEjb6gQ==.
const std::string salt = "\x5b\x6d\x99\x68\x9d\x12\x35\x8e\xec\xa0\x4b\x14\x12\x36\xfa\x81";
constexpr std::string_view transcript =
    "n=user,r=rOprNGfwEbeRWgbNEkqO,"
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

// RFC 4231 §4.2, §4.3, §4.7
TEST(HmacSha256, HoldsTheVectors) {
  EXPECT_EQ(hex(view(hmac_sha256(std::string(20, '\x0b'), "Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(view(hmac_sha256("Jefe", "what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(view(hmac_sha256(std::string(131, '\xaa'),
                                 "Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// RFC 7677 §3: p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=,
// v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=
TEST(Scram, GivesTheExampleOfRfc7677) {
  const Digest256 salted = salted_password("pencil", salt, 4096);
  EXPECT_EQ(hex(view(client_proof(salted, transcript))),
            "747cdb65aa56224e2352137e52d7bdcad6a0f738df30782caa69a2cfb0277554");
  EXPECT_EQ(hex(view(server_signature(scram_keys(salted), transcript))),
            "eabae24d1062db75a9451ff0b6ea7e98c8546549ff741e672d3251b2397de46e");
}

TEST(Scram, BelievesTheRightProofAndNoOther) {
  const Digest256 salted = salted_password("pencil", salt, 4096);
  const ScramKeys keys = scram_keys(salted);
  Digest256 proof = client_proof(salted, transcript);
  EXPECT_TRUE(verify_client_proof(keys, transcript, view(proof)));
  EXPECT_FALSE(verify_client_proof(keys, "another transcript", view(proof)));
  EXPECT_FALSE(verify_client_proof(keys, transcript, view(proof).substr(1)));
  EXPECT_FALSE(verify_client_proof(keys, transcript, ""));
  proof[31] ^= 1;
  EXPECT_FALSE(verify_client_proof(keys, transcript, view(proof)));
}

TEST(Scram, RemembersWithoutConfusing) {
  const Digest256 one = salted_password("pencil", salt, 2);
  EXPECT_NE(salted_password("pencil", salt, 3), one);
  EXPECT_NE(salted_password("pencils", salt, 2), one);
  EXPECT_NE(salted_password("pencil", "salt", 2), one);
  EXPECT_EQ(salted_password("pencil", salt, 2), one);
  for (int i = 0; i < 20; ++i) (void)salted_password(std::to_string(i), salt, 2);
  EXPECT_EQ(salted_password("pencil", salt, 2), one) << "forgotten, and computed again";
  EXPECT_EQ(salted_password("", "", 0), salted_password("", "", 1));
}

}  // namespace
}  // namespace sallyport::crypto
