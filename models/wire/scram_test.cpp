// SCRAM's messages: the example of RFC 7677, names that need escapes, and what is no message.
#include "wire/scram.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "wire/base64.hpp"

namespace sallyport::wire::scram {
namespace {

using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

constexpr std::string_view both_nonces = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr std::string_view server_first =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr std::string_view client_final =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
constexpr std::string_view server_final = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

// RFC 7677 §3
TEST(ScramMessages, ReadAndWriteTheExample) {
  const auto first = parse_client_first("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->binding, Binding::unsupported);
  EXPECT_EQ(first->authzid, "");
  EXPECT_EQ(first->user, "user");
  EXPECT_EQ(first->nonce, "rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(first->gs2_header, "n,,");
  EXPECT_EQ(first->bare, "n=user,r=rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(build(*first), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");

  const auto challenge = parse_server_first(server_first);
  ASSERT_TRUE(challenge);
  EXPECT_EQ(challenge->nonce, both_nonces);
  EXPECT_EQ(challenge->salt.size(), 16U);
  EXPECT_EQ(challenge->iterations, 4096U);
  EXPECT_EQ(build(*challenge), server_first);

  const auto final = parse_client_final(client_final);
  ASSERT_TRUE(final);
  EXPECT_EQ(final->binding, "n,,");
  EXPECT_EQ(final->nonce, both_nonces);
  EXPECT_EQ(final->proof.size(), 32U);
  EXPECT_EQ(final->without_proof, without_proof_of(*final));
  EXPECT_EQ(build(*final), client_final);

  const auto verdict = parse_server_final(server_final);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->error, "");
  EXPECT_EQ(build_server_final(verdict->signature), server_final);
}

TEST(ScramMessages, CarryNamesAndBindings) {
  const ClientFirst sent{.binding = Binding::used,
                         .binding_name = "tls-exporter",
                         .authzid = "a,b",
                         .user = "=2C=,=",
                         .nonce = "x",
                         .gs2_header = {},
                         .bare = {}};
  const std::string octets = build(sent);
  EXPECT_EQ(octets, "p=tls-exporter,a=a=2Cb,n==3D2C=3D=2C=3D,r=x");
  const auto read = parse_client_first(octets);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->binding, Binding::used);
  EXPECT_EQ(read->binding_name, "tls-exporter");
  EXPECT_EQ(read->authzid, sent.authzid);
  EXPECT_EQ(read->user, sent.user);
  EXPECT_EQ(read->gs2_header, "p=tls-exporter,a=a=2Cb,");
  EXPECT_EQ(read->gs2_header + read->bare, octets);
  EXPECT_EQ(parse_client_first("y,,n=u,r=x")->binding, Binding::supported);

  const ClientFinal bound{.binding = "p=tls-exporter,,\0\xff"s,
                          .nonce = "xy",
                          .proof = std::string(32, '\x80'),
                          .without_proof = {}};
  EXPECT_EQ(parse_client_final(build(bound))->binding, bound.binding);
}

TEST(ScramMessages, StepOverExtensions) {
  const auto first = parse_client_first("n,,n=user,r=abc,x=1,y==");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->nonce, "abc");
  EXPECT_EQ(first->bare, "n=user,r=abc,x=1,y==");
  EXPECT_TRUE(parse_server_first("r=ab,s=AAAA,i=1,x=1"));
  const auto final = parse_client_final("c=biws,r=abc,x=1,p=AAAA");
  ASSERT_TRUE(final);
  EXPECT_EQ(final->without_proof, "c=biws,r=abc,x=1");
  EXPECT_TRUE(parse_server_final("v=AAAA,x=1"));
  EXPECT_EQ(parse_server_final("e=invalid-proof")->error, "invalid-proof");
}

TEST(ScramMessages, RefuseTheFirstThatIsNone) {
  for (const std::string_view octets : {
           ""sv,
           "n"sv,
           "n,"sv,
           "n,,"sv,
           "x,,n=u,r=a"sv,
           "n,,m=1,n=u,r=a"sv,  // a mandatory extension
           "n,,n=,r=a"sv,       // nobody
           "n,,n=u,r="sv,       // no nonce
           "n,,n=u"sv,
           "n,,n=u,"sv,
           "n,,r=a,n=u"sv,     // another order
           "n,,n=u=2c,r=a"sv,  // =2c isn't =2C
           "n,,n=u=,r=a"sv,
           "n,,n=u\0,r=a"sv,
           "n,,n=u,r=a b"sv,  // a space in the nonce
           "n,,n=u,r=\x7f"sv,
           "n,,n=u,r=a,"sv,  // a comma with nothing behind it
           "n,,n=u,r=a,x"sv,
           "n,,n=u,r=a,x="sv,
           "n,,n=u,r=a,1=x"sv,
           "n,,n=u,r=a,\0=x"sv,
           "n,a=,n=u,r=a"sv,
           "n,b=x,n=u,r=a"sv,
           "p=,,n=u,r=a"sv,
           "p=tls exporter,,n=u,r=a"sv,
           "N,,n=u,r=a"sv,
           " n,,n=u,r=a"sv,
       }) {
    EXPECT_FALSE(parse_client_first(octets)) << testing::PrintToString(octets);
  }
}

TEST(ScramMessages, RefuseTheOthersThatAreNone) {
  for (const std::string_view octets :
       {"", "r=a", "r=a,s=AAAA", "r=a,s=AAAA,i=", "r=a,s=AAAA,i=0", "r=a,s=AAAA,i=01",
        "r=a,s=AAAA,i=-1", "r=a,s=AAAA,i=+1", "r=a,s=AAAA,i=1x", "r=a,s=AAAA,i=4294967296",
        "r=a,s=,i=1", "r=a,s=AAA,i=1", "r=a,s=A=AA,i=1", "r=a,i=1,s=AAAA", "m=x,r=a,s=AAAA,i=1",
        "r=a,s=AAAA,i=1,"}) {
    EXPECT_FALSE(parse_server_first(octets)) << octets;
  }
  for (const std::string_view octets :
       {"", "c=biws", "c=biws,r=a", "c=,r=a,p=AAAA", "c=biw,r=a,p=AAAA", "c=biws,r=,p=AAAA",
        "c=biws,r=a,p=", "c=biws,r=a,p=AAA", "c=biws,r=a,p=AAAA,", "c=biws,r=a,p=AAAA,p=AAAA",
        "c=biws,r=a,x,p=AAAA", "c=biws,p=AAAA", "c=biws,p=AAAA,r=a", "r=a,c=biws,p=AAAA",
        "c=biws,r=a p=AAAA"}) {
    EXPECT_FALSE(parse_client_final(octets)) << octets;
  }
  for (const std::string_view octets :
       {"", "v=", "v=AAA", "e=", "v", "x=AAAA", "v=AAAA,", ",v=AAAA"}) {
    EXPECT_FALSE(parse_server_final(octets)) << octets;
  }
}

TEST(ScramMessages, SayWhereTheyBreak) {
  EXPECT_EQ(parse_client_first("n,,n=user,r= ").error(), (Error{ErrorKind::bad_argument, 10}));
  EXPECT_EQ(parse_client_first("n,x,n=user,r=a").error(), (Error{ErrorKind::bad_argument, 2}));
  EXPECT_EQ(parse_server_first("r=a,s=AA!A,i=1").error(), (Error{ErrorKind::bad_base64, 8}));
  EXPECT_EQ(parse_client_final("c=biws,r=a,p=AAA").error(), (Error{ErrorKind::bad_base64, 16}));
}

// Every beginning of a message, and messages with octets changed, are read or refused, no more.
TEST(ScramMessages, SurviveAnything) {
  std::mt19937 random(5802);
  const std::string_view samples[] = {"p=tls-exporter,a=admin,n=us=2Cer,r=abc,x=1", server_first,
                                      client_final, server_final};
  const auto read_all = [](std::string_view octets) {
    if (const auto first = parse_client_first(octets)) {
      EXPECT_EQ(first->gs2_header + first->bare, octets);
      EXPECT_TRUE(parse_client_first(build(*first)));
    }
    if (const auto first = parse_server_first(octets))
      EXPECT_TRUE(parse_server_first(build(*first)));
    if (const auto final = parse_client_final(octets)) {
      EXPECT_TRUE(octets.starts_with(final->without_proof));
    }
    (void)parse_server_final(octets);
  };
  for (const std::string_view sample : samples) {
    for (std::size_t size = 0; size <= sample.size(); ++size) {
      // A copy of its own, so that a sanitizer sees who reads behind its end.
      read_all(std::string(sample.substr(0, size)));
    }
    for (int round = 0; round < 2000; ++round) {
      std::string changed(sample);
      for (int i = 0; i < 3; ++i) {
        constexpr std::string_view likely = ",=anrcpsiv2C\0 \xff"sv;
        changed[random() % changed.size()] = likely[random() % likely.size()];
      }
      read_all(changed);
    }
  }
}

}  // namespace
}  // namespace sallyport::wire::scram
