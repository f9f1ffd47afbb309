// The catalogue, and monitors run side by side.
#include <gmock/gmock.h>

#include "properties/judging_for_test.hpp"

namespace sallyport::properties {
namespace {

std::vector<std::string> ids() {
  std::vector<std::string> out;
  for (const Property* const property : catalogue()) out.emplace_back(property->facts.id);
  return out;
}

TEST(Catalogue, HasEveryPropertyOnceInOrder) {
  std::vector<std::string> sorted = ids();
  std::ranges::sort(sorted);
  EXPECT_EQ(std::ranges::adjacent_find(sorted), sorted.end());
  EXPECT_EQ(ids(), sorted);
  EXPECT_THAT(sorted, testing::IsSupersetOf({"ADV-01", "ADV-02", "ADV-03", "ADV-06", "ISO-01",
                                             "PER-01", "PER-02", "PER-05", "RSP-01", "STM-01"}));
}

TEST(Catalogue, FindsByIdWithoutCase) {
  ASSERT_NE(find("adv-01"), nullptr);
  EXPECT_EQ(find("adv-01")->facts.id, "ADV-01");
  EXPECT_EQ(find("ADV-99"), nullptr);
  EXPECT_EQ(find(""), nullptr);
}

TEST(Catalogue, EveryPropertyIsComplete) {
  for (const Property* const property : catalogue()) {
    const Facts& facts = property->facts;
    SCOPED_TRACE(facts.id);
    EXPECT_TRUE(facts.statement.ends_with('.')) << "a statement is a sentence";
    EXPECT_FALSE(facts.source.empty());
    EXPECT_NE(property->step, nullptr);
    EXPECT_EQ(property->compare != nullptr, facts.kind == PropertyKind::two_safety);
    EXPECT_EQ(facts.variation != trace::Variation::none, facts.kind == PropertyKind::two_safety)
        << "only runs that vary can be compared";
    EXPECT_LE(property->state_octets, 320U) << "a search holds millions of these";
  }
}

// What is over must leave no trace in a monitor: the next session of that number is somebody else,
// and a search would take two states that no future can tell apart for different ones.
TEST(Monitors, ForgetASessionAndAConnectionThatClosed) {
  constexpr std::string_view busy =
      "imap\n"
      "S0: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\n"
      "! attempt s0 valid\n"
      "C0: a LOGIN alice sesame\n"
      "! lease s0 k0\n"
      "B0: * OK be1\n"
      "F0: f1 LOGIN alice sesame\n"
      "B0: f1 OK logged in\n"
      "S0: a OK logged in\n"
      "C0: b SELECT INBOX\n"
      "F0: f2 SELECT INBOX\n"
      "B0: f2 OK selected\n"
      "S0: b OK selected\n"
      "C0: c FETCH 1 (FLAGS)\n"
      "C0: d IDLE\n"
      "C0: e AUTHENTICATE NTLM\n"
      "! release s0 k0\n"
      "! close k0 front-end\n"
      "! close s0 client\n";
  constexpr std::string_view idle =
      "imap\nS0: * OK hello\nB0: * OK be1\n! close k0 front-end\n! close s0 client\n";
  const auto ignore = [](std::size_t, const Outcome&, std::size_t) {};
  for (const Property* const property : catalogue()) {
    if (property->compare != nullptr) continue;  // it keeps the schedule until the next comparison
    const Monitors monitors({&property, 1}, trace::Protocol::imap);
    Monitors::State after_busy = monitors.start();
    Monitors::State after_idle = monitors.start();
    monitors.step(after_busy, events_of_transcript(busy), ignore);
    monitors.step(after_idle, events_of_transcript(idle), ignore);
    EXPECT_EQ(after_busy, after_idle) << property->facts.id;
  }
}

TEST(Monitors, TakeThoseThatApplyToTheProtocol) {
  const Monitors monitors(catalogue(), trace::Protocol::imap);
  EXPECT_LT(monitors.size(), catalogue().size()) << "dot-stuffing is POP3's";
  EXPECT_GT(monitors.size(), catalogue().size() / 2);
  EXPECT_TRUE(monitors.has_two_safety());
  Property property = *find("STM-01");
  property.facts.applies = Applies::pop3;
  const Property* const only_pop3 = &property;
  EXPECT_EQ(Monitors({&only_pop3, 1}, trace::Protocol::imap).size(), 0U);
  EXPECT_EQ(Monitors({&only_pop3, 1}, trace::Protocol::pop3).size(), 1U);
}

TEST(Monitors, TallyTheFirstViolationAndCountAll) {
  const Tally tally =
      tally_of("ADV-01", events_of_text("client s0 imap offer mechanisms=PLAIN\n"
                                        "client s0 imap offer mechanisms=NTLM\n"
                                        "client s0 imap offer mechanisms=GSS-SPNEGO\n"));
  EXPECT_EQ(tally.exercised, 3U);
  EXPECT_EQ(tally.violations, 2U);
  EXPECT_EQ(tally.event, 1U);
  EXPECT_EQ(tally.detail, "a list offers NTLM");
}

// An event of a session or a connection that no slot holds is not judged, and breaks nothing.
TEST(Monitors, LeaveOutWhatIsBeyondCapacity) {
  constexpr std::string_view events =
      "client s4 imap opened\n"
      "client s65534 imap command verb=LOGIN command=0 tag=a user=alice\n"
      "inside s4 k8 imap lease\n"
      "inside s4 imap lease\n"
      "backend k8 imap command verb=FETCH command=0 tag=f1\n"
      "backend imap completion verb=LOGIN status=OK command=255 from-server\n"
      "client imap completion verb=FETCH status=OK command=70 from-server\n"
      "client s4 imap completion verb=FETCH status=OK command=0 from-server\n"
      "given s9 imap failure\n"
      "given s9 imap policy mechanisms=PLAIN\n"
      "given s9 imap attempt mechanism=PLAIN valid\n"
      "given imap quiescent\n";
  EXPECT_THAT(violated_by(events_of_text(events)), testing::IsEmpty());
}

}  // namespace
}  // namespace sallyport::properties
