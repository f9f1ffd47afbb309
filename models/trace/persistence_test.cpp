// The table of persistence classes is whole, and says what the rest of the project rests on.
#include "trace/persistence.hpp"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::trace {
namespace {

TEST(Persistence, EveryMechanismThatHasANameHasOneRow) {
  std::set<Mechanism> rows;
  for (const MechanismFacts& each : mechanism_facts()) {
    EXPECT_TRUE(rows.insert(each.mechanism).second) << name(each.mechanism);
  }
  for (int i = static_cast<int>(Mechanism::other) + 1; i <= static_cast<int>(Mechanism::apop);
       ++i) {
    const auto mechanism = static_cast<Mechanism>(i);
    EXPECT_TRUE(rows.contains(mechanism)) << name(mechanism);
    ASSERT_NE(facts(mechanism), nullptr) << name(mechanism);
    EXPECT_EQ(facts(mechanism)->mechanism, mechanism);
  }
  EXPECT_EQ(facts(Mechanism::none), nullptr);
  EXPECT_EQ(facts(Mechanism::other), nullptr);
}

TEST(Persistence, EachRowIsWholeAndConsistent) {
  for (const MechanismFacts& each : mechanism_facts()) {
    SCOPED_TRACE(name(each.mechanism));
    EXPECT_GT(each.round_trips, 0);
    EXPECT_LT(each.round_trips_initial, each.round_trips) << "an initial response saves one";
    if (each.server_first) EXPECT_EQ(each.round_trips_initial, 0) << "RFC 4422 section 5";
    EXPECT_FALSE(each.binding.empty());
    EXPECT_FALSE(each.offered_iff.empty());
    EXPECT_FALSE(each.source.empty());
  }
}

// What KB 306874 comes down to.
TEST(Persistence, NtlmLivesOnOneConnection) {
  const MechanismSet bound = of_class(PersistenceClass::connection_bound);
  ntlm_like.each([&](Mechanism mechanism) {
    EXPECT_TRUE(bound.has(mechanism)) << name(mechanism);
    EXPECT_EQ(facts(mechanism)->offered_iff, "never") << name(mechanism);
  });
}

TEST(Persistence, WhatShowsAPasswordOrATokenIsReplayable) {
  const MechanismSet replayable = of_class(PersistenceClass::replayable);
  for (const MechanismFacts& each : mechanism_facts()) {
    if (each.reveals_password) EXPECT_TRUE(replayable.has(each.mechanism)) << name(each.mechanism);
  }
  EXPECT_FALSE(facts(Mechanism::anonymous)->reveals_password);
}

TEST(Persistence, TheClassesAreApartAndLeaveNothingOut) {
  MechanismSet all;
  std::set<std::string_view> letters;
  for (const auto each : {PersistenceClass::replayable, PersistenceClass::nonce_bound,
                          PersistenceClass::connection_bound, PersistenceClass::channel_bound}) {
    const MechanismSet members = of_class(each);
    EXPECT_FALSE(members.empty()) << letter(each);
    EXPECT_TRUE((all & members).empty()) << letter(each);
    all = all | members;
    letters.insert(letter(each));
  }
  for (const MechanismFacts& each : mechanism_facts()) EXPECT_TRUE(all.has(each.mechanism));
  EXPECT_EQ(letters, (std::set<std::string_view>{"A", "C", "N", "X"}));
  EXPECT_EQ(letter(PersistenceClass::replayable), "A");
  EXPECT_EQ(letter(PersistenceClass::nonce_bound), "N");
  EXPECT_EQ(letter(PersistenceClass::connection_bound), "C");
  EXPECT_EQ(letter(PersistenceClass::channel_bound), "X");
}

}  // namespace
}  // namespace sallyport::trace
