// The edges of secrecy, beyond what its pages show.
#include "properties/judging_for_test.hpp"

namespace sallyport::properties {
namespace {

using std::string;

TEST(Sec01, KnowsWhereASecretStands) {
  const auto detail = [](string event) {
    return tally_of("SEC-01", events_of_text(event + " imap disclosed user=alice\n")).detail;
  };
  EXPECT_EQ(detail("client s0"), "a secret is said to a client");
  EXPECT_EQ(detail("backend k0"), "a secret goes to a back-end outside of an authentication");
  EXPECT_EQ(detail("inside"), "a secret stands in the log");
}

TEST(Sec01, IsExercisedOnceASecretWasPresented) {
  expect_unjudged("SEC-01", "imap\nS0: * OK hi\nC0: a NOOP\nS0: a OK done\n! log s0 valid\n");
  expect("SEC-01", holds,
         "imap\nS0: * OK hi\nC0: a AUTHENTICATE PLAIN\nS0: +\nC0: AGFsaWNlAHg=\n! log s0 valid\n");
  expect_unjudged("SEC-01",
                  "imap\nS0: * OK hi\nC0: a LOGIN alice x\n! close s0 client\nS0: * OK hi\n"
                  "C0: a NOOP\nS0: a OK done\n");
}

// SEC-02.

constexpr std::string_view told_apart = "a user who isn't there is told from a wrong password";
constexpr std::string_view copied = "a back-end's words on a failed login reach the client";

Tally compared(std::string_view first, std::string_view second) {
  const auto run = [](std::string_view lines) {
    return events_of_transcript("imap\nS0: * OK hi\n" + string(lines) + "! quiescent\n");
  };
  return tally_of("SEC-02", run(first), run(second));
}

TEST(Sec02, ComparesAllThatAClientSees) {
  constexpr std::string_view no = "C0: a LOGIN alice x\nS0: a NO no\n";
  EXPECT_EQ(compared(no, no).detail, "");
  EXPECT_EQ(compared(no, no).exercised, 1U);
  for (const char* const other :
       {"C0: a LOGIN bob x\nS0: a BAD no\n",
        "C0: a LOGIN bob x\nS0: a NO [AUTHORIZATIONFAILED] no\n",
        "C0: a LOGIN bob x\nS0: a NO who?\n", "C0: a LOGIN bob x\nS0: * BYE no\n",
        "C0: a LOGIN bob x\nS0: a NO no\n! close s0 server\n"}) {
    EXPECT_EQ(compared(no, other).detail, told_apart) << other;
  }
}

// SCRAM's salt has to be there for anybody: what comes before the refusal is part of its looks.
TEST(Sec02, ComparesHowFarAnExchangeGoes) {
  EXPECT_EQ(compared("C0: a AUTHENTICATE CRAM-MD5\nS0: + PDEuMkBmZT4=\nC0: YWxpY2UgNWM3ZDNh\n"
                     "S0: a NO no\n",
                     "C0: a AUTHENTICATE CRAM-MD5\nS0: a NO no\n")
                .detail,
            told_apart);
}

TEST(Sec02, AnAcceptedLoginIsNoFailure) {
  EXPECT_EQ(
      compared("C0: a LOGIN alice x\nS0: a OK in\n", "C0: a LOGIN bob x\nS0: a NO no\n").exercised,
      0U);
}

TEST(Sec02, NorIsWhatIsSaidToWhomOneRunAloneLoggedIn) {
  const string in = "C0: a LOGIN alice x\nS0: a OK in\n! quiescent\n";
  const string out = "C0: a LOGIN bob x\nS0: a NO no\n! quiescent\n";
  const string refused = "C0: b LOGIN alice x\nS0: b NO you are in\n! quiescent\n";
  const string again = "C0: b LOGIN alice x\nS0: b NO no\n! quiescent\n";
  EXPECT_EQ(compared(in + refused, out + again).exercised, 0U);
  const string meanwhile = "C0: n NOOP\nS0: n OK\n! quiescent\n";
  EXPECT_EQ(compared(in + meanwhile + refused, out + meanwhile + again).exercised, 0U);
  EXPECT_EQ(compared(in + refused, in + again).detail, told_apart) << "both are";
  const string anew = "! close s0 client\nS0: * OK hi\n";
  EXPECT_EQ(compared(in + anew + again, out + anew + refused).detail, told_apart);
}

TEST(Sec02, OneTextInCommonIsChance) {
  const auto refused = [](std::string_view tag, std::string_view words, std::string_view told) {
    return "C0: " + string(tag) + " LOGIN alice x\nF0: " + string(tag) +
           " LOGIN alice x\nB0: " + string(tag) + " NO " + string(words) + "\nS0: " + string(tag) +
           " NO " + string(told) + "\n";
  };
  const string before = "! lease s0 k0\nB0: * OK be\n";
  const auto twice = [&](std::string_view words, std::string_view told) {
    const string run = before + refused("a", "no", "no") + refused("b", words, told);
    return compared(run, run).detail;
  };
  EXPECT_EQ(twice("no", "no"), "");
  EXPECT_EQ(twice("bad disk", "no"), "");
  EXPECT_EQ(twice("bad disk", "sorry"), "");
  EXPECT_EQ(twice("bad disk", "bad disk"), copied);
  EXPECT_EQ(twice("[UNAVAILABLE] bad disk", "[UNAVAILABLE] bad disk"), "")
      << "its meaning has to be passed on";
}

TEST(Sec03, JudgesEachLineByItself) {
  EXPECT_EQ(
      tally_of("SEC-03", events_of_text("inside imap log valid\ninside s0 imap log\n")).violations,
      1U);
}

}  // namespace
}  // namespace sallyport::properties
