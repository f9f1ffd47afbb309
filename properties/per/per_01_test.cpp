// The edges of PER-01, beyond what its page shows. A run of one login step by step; `link` serves
// it.
#include "properties/judging_for_test.hpp"

namespace sallyport::properties {
namespace {

using std::string;

constexpr std::string_view otherwise = "an authentication ends otherwise on another schedule";
constexpr std::string_view rest = "given imap quiescent\n";

string lease(std::string_view session, std::string_view link) {
  return "inside " + string(session) + " " + string(link) + " imap lease\n";
}
string begins(std::string_view session, int command = 0) {
  return "client " + string(session) +
         " imap command verb=LOGIN command=" + std::to_string(command) + "\n";
}
string ends(std::string_view session, std::string_view how, int command = 0) {
  return "client " + string(session) +
         " imap completion verb=LOGIN command=" + std::to_string(command) +
         " from-server user=alice status=" + string(how) + "\n";
}
string owned(std::string_view link, std::string_view user) {
  return "backend " + string(link) +
         " imap completion verb=LOGIN command=0 from-server status=OK user=" + string(user) + "\n";
}

Tally compared(const string& first, const string& second) {
  return tally_of("PER-01", events_of_text(first), events_of_text(second));
}

TEST(Per01, NeedsSchedulesThatDiffer) {
  const string same = lease("s0", "k0") + begins("s0");
  EXPECT_EQ(compared(same + ends("s0", "OK"), same + ends("s0", "NO")).exercised, 0U);
}

TEST(Per01, NeedsOutcomesOnBothSides) {
  const string first = lease("s0", "k0") + begins("s0") + ends("s0", "OK");
  EXPECT_EQ(compared(first, lease("s0", "k1") + begins("s0")).exercised, 0U);
}

TEST(Per01, ComparesOutcomes) {
  const string first = lease("s0", "k0") + begins("s0");
  const string second = lease("s0", "k1") + begins("s0");
  EXPECT_EQ(compared(first + ends("s0", "OK"), second + ends("s0", "NO")).detail, otherwise);
  EXPECT_EQ(compared(first + ends("s0", "OK"), second + ends("s0", "OK")).detail, "");
  EXPECT_EQ(compared(first + ends("s0", "NO"), second + ends("s0", "BAD")).detail, "");
}

TEST(Per01, ComparesIdentities) {
  const string first = owned("k0", "alice") + lease("s0", "k0") + begins("s0") + ends("s0", "OK");
  const string second = owned("k1", "bob") + lease("s0", "k1") + begins("s0") + ends("s0", "OK");
  EXPECT_EQ(compared(first, second).detail, otherwise);
  const string own = owned("k1", "ALICE") + lease("s0", "k1") + begins("s0") + ends("s0", "OK");
  EXPECT_EQ(compared(first, own).detail, "");
}

TEST(Per01, SchedulesThatOnceDifferedDifferForGood) {
  const string first = lease("s0", "k0") + string(rest) + begins("s0");
  const string second = lease("s0", "k1") + string(rest) + begins("s0");
  EXPECT_EQ(compared(first + ends("s0", "OK"), second + ends("s0", "NO")).detail, otherwise);
}

// On one schedule NTLM's first message is refused already, on the other its last is accepted.
TEST(Per01, AnOutcomeWaitsForItsCounterpart) {
  const string first = lease("s0", "k0") + begins("s0") + string(rest);
  const string second = lease("s0", "k1") + begins("s0") + ends("s0", "NO") + string(rest);
  EXPECT_EQ(compared(first + ends("s0", "OK"), second).detail, otherwise);
  const Tally both_refused = compared(first + ends("s0", "NO"), second);
  EXPECT_EQ(both_refused.detail, "");
  EXPECT_EQ(both_refused.exercised, 1U);
}

// Another session's outcome meanwhile is no counterpart.
TEST(Per01, ComparesSessionBySession) {
  const string bob = begins("s1") + ends("s1", "OK") + string(rest);
  const string first = lease("s0", "k0") + begins("s0") + string(rest) + bob;
  const string second = lease("s0", "k1") + begins("s0") + ends("s0", "NO") + string(rest) + bob;
  EXPECT_EQ(compared(first, second).detail, "");
  EXPECT_EQ(compared(first + ends("s0", "NO"), second).detail, "");
}

TEST(Per01, AClientThatLeavesTakesBackWhatWaits) {
  const string leaves = "client s0 imap closed\n" + string(rest);
  const string again = "client s0 imap opened\n" + begins("s0") + ends("s0", "OK") + string(rest);
  const string first = lease("s0", "k0") + begins("s0") + string(rest) + leaves + again;
  const string second =
      lease("s0", "k1") + begins("s0") + ends("s0", "NO") + string(rest) + leaves + again;
  const Tally tally = compared(first, second);
  EXPECT_EQ(tally.detail, "");
  EXPECT_EQ(tally.exercised, 1U);
}

// The first of two that were sent at once is answered before it, the second one behind it.
TEST(Per01, AFailureExcusesWhatWasPipelined) {
  const string failure = "inside s0 imap failure\n";
  const string one_ended = begins("s0") + begins("s0", 1) + ends("s0", "NO");
  const string first = lease("s0", "k0") + one_ended + ends("s0", "OK", 1);
  const string second = lease("s0", "k1") + one_ended;
  EXPECT_EQ(compared(first, second + failure + ends("s0", "NO", 1)).exercised, 0U);
  EXPECT_EQ(compared(first, second + ends("s0", "NO", 1) + failure).detail, otherwise);
}

// The pool is full on one schedule: a limit, not a choice. The sessions go different ways from
// there.
TEST(Per01, AFailureExcusesItsSessionForGood) {
  const string first = lease("s0", "k0") + begins("s0");
  const string second = lease("s0", "k1") + begins("s0");
  const string again = string(rest) + begins("s0");
  for (const char* const whose : {"inside s0", "inside", "given k4"}) {
    const string failure = string(whose) + " imap failure\n";
    EXPECT_EQ(compared(first + ends("s0", "OK"), second + failure + ends("s0", "NO")).exercised,
              0U);
    EXPECT_EQ(compared(first + ends("s0", "OK") + again + ends("s0", "BAD"),
                       second + failure + ends("s0", "NO") + again + ends("s0", "OK"))
                  .exercised,
              0U);
  }
  EXPECT_EQ(
      compared(first + ends("s0", "OK"), second + "inside s1 imap failure\n" + ends("s0", "NO"))
          .detail,
      otherwise);
  const string anew =
      string(rest) + "client s0 imap closed\nclient s0 imap opened\n" + begins("s0");
  EXPECT_EQ(
      compared(first + ends("s0", "OK") + anew + ends("s0", "OK"),
               second + "inside s0 imap failure\n" + ends("s0", "NO") + anew + ends("s0", "NO"))
          .detail,
      otherwise);
}

// The run that failed hangs up and begins anew, the other goes on: they can't be compared.
TEST(Per01, AnExcuseHoldsInBothRuns) {
  const string first = lease("s0", "k0") + begins("s0") + ends("s0", "OK") + string(rest);
  const string second = lease("s0", "k1") + begins("s0") + "inside s0 imap failure\n" +
                        ends("s0", "NO") + string(rest) + "client s0 imap closed from-server\n" +
                        "client s0 imap opened\n";
  EXPECT_EQ(
      compared(first + begins("s0") + ends("s0", "BAD"), second + begins("s0") + ends("s0", "OK"))
          .exercised,
      0U);
}

// What failed before the login began is no excuse for it.
TEST(Per01, AFailureCountsWhileALoginIsUnderWay) {
  const string failure = "given imap failure\n";
  EXPECT_EQ(compared(failure + lease("s0", "k0") + begins("s0") + ends("s0", "OK"),
                     failure + lease("s0", "k1") + begins("s0") + ends("s0", "NO"))
                .detail,
            otherwise);
}

TEST(Per01, HangingUpIsARefusal) {
  const string first = lease("s0", "k0") + begins("s0");
  const string second = lease("s0", "k1") + begins("s0") + "client s0 imap closed from-server\n";
  EXPECT_EQ(compared(first + ends("s0", "OK"), second).detail, otherwise);
  EXPECT_EQ(compared(first + ends("s0", "NO"), second).detail, "");
}

/// POP3: served by `link`, from the answer to USER on.
trace::Events behind_user(std::string_view link, std::string_view rest_of_it) {
  return events_of_transcript("pop3\nS0: +OK hello\nC0: USER alice\n! lease s0 " + string(link) +
                              "\n" + string(rest_of_it));
}

TEST(Per01, UserRefusedIsALoginRefused) {
  const auto accepted = behind_user("k0", "S0: +OK\nC0: PASS sesame\nS0: +OK in\n! quiescent\n");
  const auto refused = behind_user("k1", "S0: -ERR no\n! quiescent\n");
  EXPECT_EQ(tally_of("PER-01", accepted, refused).detail, otherwise);
}

TEST(Per01, AFailureBetweenUserAndPassExcuses) {
  constexpr std::string_view refused = "C0: PASS sesame\nS0: -ERR later\n! quiescent\n";
  const auto sound = behind_user("k0", "S0: +OK\nC0: PASS sesame\nS0: +OK in\n! quiescent\n");
  const auto failed = behind_user("k1", "S0: +OK\n! failure s0\n" + string(refused));
  EXPECT_EQ(tally_of("PER-01", sound, failed).exercised, 0U);
  const auto other = behind_user("k1", "S0: +OK\n" + string(refused));
  EXPECT_EQ(tally_of("PER-01", sound, other).detail, otherwise);
}

// A search must come back to the same state: what waits is bounded, and what differed is told once.
TEST(Per01, ItsStateIsBounded) {
  const Property* const property = find("PER-01");
  const Monitors monitors({&property, 1}, trace::Protocol::imap);
  const auto ignore = [](std::size_t, const Outcome&, std::size_t) {};
  const trace::Events refused = events_of_text(begins("s0") + ends("s0", "NO"));
  Monitors::State state = monitors.start();
  for (int i = 0; i < 4; ++i) monitors.step(state, refused, ignore);
  const Monitors::State full = state;
  monitors.step(state, refused, ignore);
  EXPECT_EQ(state, full);

  Monitors::State a = monitors.start();
  Monitors::State b = monitors.start();
  monitors.step(a, events_of_text(lease("s0", "k0")), ignore);
  monitors.step(b, events_of_text(lease("s0", "k1")), ignore);
  monitors.compare(a, b, [](std::size_t, const Outcome&) {});
  const Monitors::State differed = a;
  for (int i = 0; i < 2; ++i) {
    monitors.step(a, events_of_text(lease("s0", "k0")), ignore);
    monitors.step(b, events_of_text(lease("s0", "k0")), ignore);
    monitors.compare(a, b, [](std::size_t, const Outcome&) {});
  }
  EXPECT_EQ(a, differed) << "only who leases what is left, and that the schedules differed";
  monitors.step(a, events_of_text(lease("s0", "k0")), ignore);
  EXPECT_EQ(a, differed) << "a schedule that differs already can't differ more";
}

TEST(Per01, SchedulesAreForgottenWhenTheyWereCompared) {
  const Property* const property = find("PER-01");
  const Monitors monitors({&property, 1}, trace::Protocol::imap);
  const auto ignore = [](std::size_t, const Outcome&, std::size_t) {};
  Monitors::State a = monitors.start();
  Monitors::State b = monitors.start();
  for (Monitors::State* const s : {&a, &b}) {
    monitors.step(*s, events_of_text(lease("s0", "k0") + "inside s0 k0 imap release\n"), ignore);
  }
  monitors.compare(a, b, [](std::size_t, const Outcome&) {});
  EXPECT_EQ(a, monitors.start());
}

}  // namespace
}  // namespace sallyport::properties
