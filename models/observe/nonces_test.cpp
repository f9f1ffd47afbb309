// What is said once and what is said again, over all wires of a run.
#include "observe/nonces.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "observe/transcript_for_test.hpp"

namespace sallyport::observe {
namespace {

using trace::Point;
using What = Nonces::What;

TEST(Nonces, KnowWhatWasSaidAndWhere) {
  Nonces nonces;
  EXPECT_FALSE(nonces.note(What::challenge, Point::backend, 3, "abc").repeated);
  const auto relayed = nonces.note(What::challenge, Point::client, 0, "abc");
  EXPECT_FALSE(relayed.repeated) << "it is the first on a client's wire";
  EXPECT_EQ(relayed.link, 3U);
  const auto again = nonces.note(What::challenge, Point::client, 1, "abc");
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.link, 3U);
  EXPECT_TRUE(nonces.note(What::challenge, Point::backend, 4, "abc").repeated);
  EXPECT_EQ(nonces.note(What::challenge, Point::client, 0, "abc").link, 4U) << "the latest";
  const auto own = nonces.note(What::challenge, Point::client, 0, "def");
  EXPECT_FALSE(own.repeated);
  EXPECT_EQ(own.link, trace::no_link);
  EXPECT_FALSE(nonces.note(What::proof, Point::client, 0, "abc").repeated) << "another kind";
  EXPECT_TRUE(nonces.note(What::proof, Point::client, 0, "abc").repeated);
}

TEST(Nonces, AreBounded) {
  Nonces nonces;
  (void)nonces.note(What::proof, Point::client, 0, "other");
  for (int i = 0; i < 100; ++i) {
    (void)nonces.note(What::challenge, Point::client, 0, std::to_string(i));
  }
  EXPECT_TRUE(nonces.note(What::challenge, Point::client, 0, "90").repeated);
  EXPECT_FALSE(nonces.note(What::challenge, Point::client, 0, "5").repeated) << "forgotten";
  EXPECT_TRUE(nonces.note(What::proof, Point::client, 0, "other").repeated);
}

// An exhaustive search joins such states, or it would never end.
TEST(Nonces, TheirStateIsThatThereAreSome) {
  const auto state = [](const Nonces& nonces) {
    trace::Canonical out;
    nonces.canonical(out);
    return std::string(out.bytes());
  };
  Nonces nonces;
  const std::string empty = state(nonces);
  (void)nonces.note(What::challenge, Point::client, 0, "a");
  const std::string one = state(nonces);
  (void)nonces.note(What::challenge, Point::client, 1, "b");
  EXPECT_EQ(state(nonces), one);
  EXPECT_NE(one, empty);
  (void)nonces.note(What::challenge, Point::backend, 1, "b");
  EXPECT_NE(state(nonces), one);
}

TEST(Nonces, OnTheWires) {
  constexpr std::array cases{
      Case{"SCRAM (RFC 7677 §3), and then the same again from another session", R"(imap
C: a AUTHENTICATE SCRAM-SHA-256
S: +
C: biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
S: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=
C: Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lrNGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==
S: + dj02cnJpVFJCaTIzV3BSUi93dHVwK21NaFVaVW4vZEI1bkxUSlJzamw5NUc0PQ==
C: 
S: a OK
C1: b AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
S1: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=
C1: Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lrNGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==
S1: + dj02cnJpVFJCaTIzV3BSUi93dHVwK21NaFVaVW4vZEI1bkxUSlJzamw5NUc0PQ==
C1: 
S1: b OK
)",
           "command verb=AUTHENTICATE command=0 mechanism=SCRAM-SHA-256 tag=a\n"
           "continuation verb=AUTHENTICATE command=0 mechanism=SCRAM-SHA-256 blob=empty\n"
           "response verb=AUTHENTICATE command=0 mechanism=SCRAM-SHA-256 blob=client-first "
           "user=user\n"
           "continuation verb=AUTHENTICATE command=0 mechanism=SCRAM-SHA-256 blob=server-first\n"
           "response verb=AUTHENTICATE command=0 mechanism=SCRAM-SHA-256 blob=client-final "
           "user=user\n"
           "continuation verb=AUTHENTICATE command=0 mechanism=SCRAM-SHA-256 blob=server-final\n"
           "response verb=AUTHENTICATE command=0 mechanism=SCRAM-SHA-256 blob=empty user=user\n"
           "completion verb=AUTHENTICATE status=OK command=0 mechanism=SCRAM-SHA-256 tag=a "
           "user=user\n"
           "client s1 imap opened\n"
           "client s1 imap command verb=AUTHENTICATE command=0 mechanism=SCRAM-SHA-256 "
           "blob=client-first tag=b user=user\n"
           "client s1 imap continuation verb=AUTHENTICATE command=0 mechanism=SCRAM-SHA-256 "
           "blob=server-first repeated\n"
           "client s1 imap response verb=AUTHENTICATE command=0 mechanism=SCRAM-SHA-256 "
           "blob=client-final user=user repeated\n"
           "client s1 imap continuation verb=AUTHENTICATE command=0 mechanism=SCRAM-SHA-256 "
           "blob=server-final repeated\n"
           "client s1 imap response verb=AUTHENTICATE command=0 mechanism=SCRAM-SHA-256 "
           "blob=empty user=user\n"
           "client s1 imap completion verb=AUTHENTICATE status=OK command=0 "
           "mechanism=SCRAM-SHA-256 tag=b user=user\n"},
      Case{"a back-end's challenge reaches a client", R"(pop3
C: AUTH CRAM-MD5
F7: AUTH CRAM-MD5
B7: + PDFAeD4=
S: + PDFAeD4=
C: YWwgaWNlIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw
F7: YWwgaWNlIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw
)",
           "command verb=AUTH command=0 mechanism=CRAM-MD5\n"
           "backend k7 pop3 opened\n"
           "backend k7 pop3 command verb=AUTH command=0 mechanism=CRAM-MD5\n"
           "backend k7 pop3 continuation verb=AUTH command=0 mechanism=CRAM-MD5 blob=other\n"
           "client s0 k7 pop3 continuation verb=AUTH command=0 mechanism=CRAM-MD5 blob=other\n"
           "response verb=AUTH command=0 mechanism=CRAM-MD5 blob=other user=\"al ice\"\n"
           "backend k7 pop3 response verb=AUTH command=0 mechanism=CRAM-MD5 blob=other "
           "user=\"al ice\"\n"},
      Case{"constant prompts are no challenges", R"(pop3
S: +OK
C: AUTH LOGIN
S: + VXNlcm5hbWU6
C: *
S: -ERR
C: AUTH LOGIN
S: + VXNlcm5hbWU6
)",
           "greeting status=OK\n"
           "command verb=AUTH command=0 mechanism=LOGIN\n"
           "continuation verb=AUTH command=0 mechanism=LOGIN blob=other\n"
           "response verb=AUTH command=0 mechanism=LOGIN blob=cancel\n"
           "completion verb=AUTH status=NO command=0 mechanism=LOGIN\n"
           "command verb=AUTH command=0 mechanism=LOGIN\n"
           "continuation verb=AUTH command=0 mechanism=LOGIN blob=other\n"}};
  expect_events(cases);
}

}  // namespace
}  // namespace sallyport::observe
