// What single SASL messages say.
#include "observe/messages.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "wire/base64.hpp"

namespace sallyport::observe {
namespace {

using trace::Blob;
using trace::Mechanism;
using namespace std::string_literals;

struct Row {
  std::string octets;
  Mechanism mechanism;
  Blob blob;
  std::string user;
  std::string authcid;
  std::string secret;
};

TEST(Messages, WhoAClientIs) {
  const Mechanism scram = Mechanism::scram_sha_256;
  const std::array rows{
      Row{"\0alice\0secret"s, Mechanism::plain, Blob::other, "alice", "", "secret"},
      Row{"bob\0alice\0secret"s, Mechanism::plain, Blob::other, "bob", "alice", "secret"},
      Row{"alice\0alice\0secret"s, Mechanism::plain, Blob::other, "alice", "", "secret"},
      Row{"\0alice\0sec\0ret"s, Mechanism::plain, Blob::malformed, "", "", ""},
      Row{"\0\0secret"s, Mechanism::plain, Blob::malformed, "", "", ""},
      Row{"alice", Mechanism::plain, Blob::malformed, "", "", ""},
      Row{"n,,n=alice,r=abc", scram, Blob::scram_client_first, "alice", "", ""},
      Row{"y,,n=al=2Cic=3De,r=abc,x=y", scram, Blob::scram_client_first, "al,ic=e", "", ""},
      Row{"n,a=bob,n=alice,r=abc", scram, Blob::scram_client_first, "bob", "alice", ""},
      Row{"p=tls-exporter,a=alice,n=alice,r=abc", Mechanism::scram_sha_256_plus,
          Blob::scram_client_first, "alice", "", ""},
      Row{"n,,n=alice", scram, Blob::malformed, "", "", ""},
      Row{"n,n=alice,r=abc", scram, Blob::malformed, "", "", ""},
      Row{"alice", scram, Blob::malformed, "", "", ""},
      Row{"c=biws,r=abcdef,p=AAAA", scram, Blob::scram_client_final, "", "", ""},
      Row{"c=biws,r=abcdef", scram, Blob::malformed, "", "", ""},
      Row{"al ice 0123", Mechanism::cram_md5, Blob::other, "al ice", "", ""},
      Row{"alice", Mechanism::external, Blob::other, "alice", "", ""},
      Row{"n,a=al=2Cice,\x01host=x\x01"
          "auth=Bearer token\x01\x01",
          Mechanism::oauthbearer, Blob::other, "al,ice", "", "token"},
      Row{"user=alice\x01"
          "auth=Bearer token\x01\x01",
          Mechanism::xoauth2, Blob::other, "alice", "", "token"},
      Row{"user=alice\x01\x01", Mechanism::xoauth2, Blob::other, "alice", "", ""}};
  for (const Row& row : rows) {
    Identity identity;
    EXPECT_EQ(read_client_message(row.octets, row.mechanism, 0, identity).blob, row.blob)
        << row.octets;
    EXPECT_EQ(identity.user, row.user) << row.octets;
    EXPECT_EQ(identity.authcid, row.authcid) << row.octets;
    EXPECT_EQ(identity.secret, row.secret.empty() ? 0 : trace::digest_of(row.secret)) << row.octets;
  }
}

TEST(Messages, WhatIsAProofAndWhatHasANonce) {
  const auto read = [](std::string_view octets, Mechanism mechanism) {
    Identity identity;
    return read_client_message(octets, mechanism, 0, identity);
  };
  EXPECT_TRUE(read("c=biws,r=abcdef,p=AAAA", Mechanism::scram_sha_1).is_proof);
  EXPECT_TRUE(read("alice 0123", Mechanism::cram_md5).is_proof);
  EXPECT_TRUE(read("username=\"alice\"", Mechanism::digest_md5).is_proof);
  EXPECT_TRUE(read("NTLMSSP\0\x03\0\0\0"s, Mechanism::ntlm).is_proof);
  EXPECT_FALSE(read("NTLMSSP\0\x01\0\0\0"s, Mechanism::ntlm).is_proof);
  EXPECT_FALSE(read("\0alice\0secret"s, Mechanism::plain).is_proof);
  const auto first = read("n,,n=alice,r=abc", Mechanism::scram_sha_1);
  EXPECT_FALSE(first.is_proof);
  EXPECT_TRUE(first.has_nonce);
  EXPECT_EQ(first.nonce, "abc");
}

TEST(Messages, TheChannelOfAProof) {
  const auto binding = [](std::string_view bound) {
    Identity identity;
    return read_client_message("c=" + wire::base64_encode(bound) + ",r=abc,p=AAAA",
                               Mechanism::scram_sha_256_plus, 1, identity)
        .binding;
  };
  EXPECT_EQ(binding("n,,"), 0U);
  EXPECT_EQ(binding("y,,"), 0U);
  EXPECT_EQ(binding("p=tls-exporter,,a channel"), trace::digest_of("a channel"));
  EXPECT_EQ(binding("p=tls-exporter,a=bob,a channel"), trace::digest_of("a channel"));
  EXPECT_EQ(binding("p=tls-exporter"), 0U);
}

TEST(Messages, WhatAServerChallengesWith) {
  const auto scram = [](std::string_view octets) {
    return read_server_message(octets, Mechanism::scram_sha_256, "abc");
  };
  EXPECT_EQ(scram("r=abcdef,s=AAAA,i=4096").blob, Blob::scram_server_first);
  EXPECT_EQ(scram("r=abcdef,s=AAAA,i=4096").challenge, "def") << "abc is the client's";
  EXPECT_EQ(scram("r=xyz,s=AAAA,i=4096").challenge, "xyz");
  EXPECT_EQ(scram("r=abc,s=AAAA,i=4096").challenge, "") << "it has contributed nothing";
  EXPECT_EQ(scram("v=AAAA").blob, Blob::scram_server_final);
  EXPECT_EQ(scram("e=invalid-proof").blob, Blob::scram_server_final);
  EXPECT_EQ(scram("hello").blob, Blob::malformed);
  const auto cram = read_server_message("<1@x>", Mechanism::cram_md5, "");
  EXPECT_EQ(cram.challenge, "<1@x>");
  EXPECT_TRUE(cram.has_nonce);
  EXPECT_EQ(read_server_message("rspauth=0", Mechanism::digest_md5, "").challenge, "");
  EXPECT_EQ(read_server_message("Password:", Mechanism::login, "").challenge, "");
  const std::string challenge = "NTLMSSP\0\x02\0\0\0"s + std::string(12, '\0') + "8 octets";
  const auto ntlm = read_server_message(challenge, Mechanism::ntlm, "");
  EXPECT_EQ(ntlm.blob, Blob::ntlm_challenge);
  EXPECT_EQ(ntlm.challenge, "8 octets");
  EXPECT_EQ(read_server_message(challenge.substr(0, 20), Mechanism::ntlm, "").challenge, "");
}

}  // namespace
}  // namespace sallyport::observe
