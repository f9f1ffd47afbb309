// Tokens on their way: OAUTHBEARER and XOAUTH2 as their documents show them, and what is neither.
#include "wire/oauth.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace sallyport::wire::oauth {
namespace {

using std::string_view_literals::operator""sv;

// RFC 7628 §4.1
constexpr std::string_view bearer =
    "n,a=user@example.com,\1host=server.example.com\1port=143\1auth=Bearer "
    "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\1\1";
constexpr std::string_view xoauth2 = "user=someuser@example.com\1auth=Bearer ya29.vF9dft4qmT\1\1";

TEST(OAuth, ReadsAndWritesTheExamples) {
  const auto message = parse_oauthbearer(bearer);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->user, "user@example.com");
  EXPECT_EQ(message->host, "server.example.com");
  EXPECT_EQ(message->port, "143");
  EXPECT_EQ(message->token, "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
  EXPECT_EQ(build_oauthbearer(*message), bearer);

  const auto other = parse_xoauth2(xoauth2);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->user, "someuser@example.com");
  EXPECT_EQ(other->token, "ya29.vF9dft4qmT");
  EXPECT_EQ(build_xoauth2(*other), xoauth2);
}

TEST(OAuth, NeedsNoUserHostOrPort) {
  const auto message = parse_oauthbearer("n,,\1auth=Bearer t\1\1");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->user, "");
  EXPECT_EQ(message->token, "t");
  EXPECT_EQ(build_oauthbearer(*message), "n,,\1auth=Bearer t\1\1");
  EXPECT_TRUE(parse_oauthbearer("y,,\1auth=Bearer t\1\1"));
}

TEST(OAuth, PaddingIsSteppedOver) {
  const Message sent{.user = "a,b=c", .host = "h", .port = "1", .token = "t"};
  const std::string octets = build_oauthbearer(sent, 6500);
  EXPECT_GT(octets.size(), 6500U);
  const auto read = parse_oauthbearer(octets);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->user, sent.user);
  EXPECT_EQ(read->token, sent.token);
  EXPECT_EQ(parse_oauthbearer("n,a=x,\1user=y\1auth=Bearer t\1\1")->user, "x");
}

TEST(OAuth, RefusesWhatIsNoMessage) {
  for (const std::string_view octets : {
           ""sv,
           "\1"sv,  // the answer to an error
           "n,,"sv,
           "n,,\1\1"sv,
           "n,,\1auth=Bearer t\1"sv,
           "n,,\1auth=Bearer t"sv,
           "n,,\1auth=Bearer t\1\1\1"sv,
           "n,,\1auth=Bearer t\1\1x"sv,
           "n,,\1auth=Bearer \1\1"sv,
           "n,,\1auth=Basic t\1\1"sv,
           "n,,\1auth=Bearer t t\1\1"sv,
           "n,,\1auth=Bearer t\r\nx\1\1"sv,
           "n,,\1auth=Bearer =\1\1"sv,
           "n,,\1auth=Bearer a=b\1\1"sv,
           "n,,\1=x\1auth=Bearer t\1\1"sv,
           "n,,\1k1=x\1auth=Bearer t\1\1"sv,
           "n,,\1host=\0\1auth=Bearer t\1\1"sv,
           "n,a=,\1auth=Bearer t\1\1"sv,
           "n,a==,\1auth=Bearer t\1\1"sv,
           "n,x,\1auth=Bearer t\1\1"sv,
           "p=tls-exporter,,\1auth=Bearer t\1\1"sv,
           "user=u\1auth=Bearer t\1\1"sv,
       }) {
    EXPECT_FALSE(parse_oauthbearer(octets)) << testing::PrintToString(octets);
  }
  for (const std::string_view octets :
       {""sv, "user=u"sv, "user=u\1"sv, "user=u\1\1"sv, "user=u\1auth=Bearer t\1"sv,
        "user=u\1auth=Bearer \1\1"sv, "user=u\0\1auth=Bearer t\1\1"sv,
        "n,,\1auth=Bearer t\1\1"sv}) {
    EXPECT_FALSE(parse_xoauth2(octets)) << testing::PrintToString(octets);
  }
  EXPECT_EQ(parse_oauthbearer("n,,\1host=h\1auth=Basic t\1\1").error(),
            (Error{ErrorKind::bad_argument, 11}));
}

TEST(OAuth, SurvivesAnything) {
  std::mt19937 random(7628);
  for (const std::string_view sample : {bearer, xoauth2}) {
    for (std::size_t size = 0; size < sample.size(); ++size) {
      const std::string cut(sample.substr(0, size));
      EXPECT_FALSE(parse_oauthbearer(cut));
      EXPECT_FALSE(parse_xoauth2(cut));
    }
    for (int round = 0; round < 2000; ++round) {
      std::string changed(sample);
      for (int i = 0; i < 3; ++i) {
        constexpr std::string_view likely = "\1\1=,n\0 \xff"sv;
        changed[random() % changed.size()] = likely[random() % likely.size()];
      }
      if (const auto read = parse_oauthbearer(changed)) {
        const auto again = parse_oauthbearer(build_oauthbearer(*read));
        ASSERT_TRUE(again);
        EXPECT_EQ(again->user, read->user);
        EXPECT_EQ(again->token, read->token);
      }
      if (const auto read = parse_xoauth2(changed)) {
        const auto again = parse_xoauth2(build_xoauth2(*read));
        ASSERT_TRUE(again);
        EXPECT_EQ(again->user, read->user);
      }
    }
  }
}

}  // namespace
}  // namespace sallyport::wire::oauth
