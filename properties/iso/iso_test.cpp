// The edges of session isolation, beyond what its page shows.
#include "properties/judging_for_test.hpp"

namespace sallyport::properties {
namespace {

using std::string;

constexpr std::string_view elsewhere = "a session's command goes to a connection of another user";
// k0 is alice's, k1 is bob's, and session 0 is alice's.
constexpr std::string_view two_connections =
    "imap\nB0: * OK be\nF0: f1 LOGIN alice sesame\nB0: f1 OK in\n"
    "B1: * OK be\nF1: f1 LOGIN bob swordfish\nB1: f1 OK in\n"
    "S0: * OK hello\nC0: a LOGIN alice sesame\nS0: a OK in\n";

string then(std::string_view lines) { return string(two_connections).append(lines); }

TEST(Iso01, JudgesCommandsUnderTheLease) {
  expect("ISO-01", holds, then("! lease s0 k0\nF0: f2 SELECT INBOX\n"));
  expect("ISO-01", elsewhere, then("! lease s0 k1\nF1: f2 SELECT INBOX\n"));
  expect_unjudged("ISO-01", then("F1: f2 NOOP\n"));
  expect_unjudged("ISO-01", then("! lease s0 k1\n! release s0 k1\nF1: f2 NOOP\n"));
}

TEST(Iso01, ALineThatIsNoCommandIsTheClientsToo) {
  expect("ISO-01", elsewhere, then("! lease s0 k1\nF1: (\n"));
}

TEST(Iso01, ALoginOnAConnectionIsHowItsUserChanges) {
  expect("ISO-01", elsewhere,
         then("! lease s0 k1\nF1: f2 LOGIN alice sesame\nB1: f2 BAD already\nF1: f3 NOOP\n"));
  expect("ISO-01", holds,
         then("! lease s0 k1\nF1: f2 LOGIN alice sesame\nB1: f2 OK in\nF1: f3 NOOP\n"));
}

TEST(Iso01, AConnectionThatWasClosedHasNoUser) {
  expect_unjudged("ISO-01",
                  then("! close k1 front-end\nB1: * OK be\n! lease s0 k1\nF1: f1 NOOP\n"));
}

TEST(Iso01, ASessionHasAUserOnceItWasToldOk) {
  expect_unjudged("ISO-01",
                  then("S1: * OK hello\nC1: b LOGIN carol x\n! lease s1 k1\nF1: f2 NOOP\n"));
  expect_unjudged("ISO-01", then("S1: * OK hello\nC1: b LOGIN carol x\nS1: b NO no\n"
                                 "! lease s1 k1\nF1: f2 NOOP\n"));
}

TEST(Iso01, ANewSessionOfTheSameNumberIsSomebodyElse) {
  expect_unjudged("ISO-01",
                  then("! close s0 client\nS0: * OK hello\n! lease s0 k1\nF1: f2 SELECT INBOX\n"));
}

TEST(Iso01, ALeaseEndsWithItsSession) {
  expect_unjudged("ISO-01", then("! lease s0 k1\n! close s0 client\nS0: * OK hello\n"
                                 "C0: b LOGIN alice sesame\nS0: b OK in\nF1: f2 NOOP\n"));
}

}  // namespace
}  // namespace sallyport::properties
