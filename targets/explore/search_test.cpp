// The search itself, on graphs whose shape is known.
#include "targets/explore/search.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "targets/explore/fingerprint.hpp"
#include "targets/explore/octets.hpp"

namespace sallyport::explore {
namespace {

/// A counter that can be raised by one, doubled or reset, up to a bound.
struct Counter {
  std::uint32_t value;
};

template <class Emit>
void steps(const Counter& from, std::uint32_t most, Emit&& emit) {
  if (from.value + 1 <= most) emit(Counter{from.value + 1}, 1);
  if (from.value * 2 <= most) emit(Counter{from.value * 2}, 2);
  emit(Counter{0}, 3);
}

Stop search(Search<Counter>& search, std::uint32_t most, const Limits& limits = {},
            Stop watched = Stop::exhausted) {
  return search.run(
      limits, [most](auto, const Counter& from, auto&& emit) { steps(from, most, emit); },
      [watched] { return watched; });
}

TEST(Search, VisitsEveryStateOnce) {
  Search<Counter> counters(Counter{0});
  EXPECT_EQ(search(counters, 99999), Stop::exhausted);
  EXPECT_EQ(counters.states(), 100000u);
  EXPECT_EQ(counters.waiting(), 0u);
  EXPECT_LE(counters.octets(), 100000u * 64) << "at most 64 octets a state";
}

TEST(Search, FindsAShortestWay) {
  Search<Counter> counters(Counter{0});
  std::uint32_t found = 0;
  (void)counters.run(
      {},
      [&found](std::uint32_t id, const Counter& from, auto&& emit) {
        if (from.value == 96) found = id;
        steps(from, 1000, emit);
      },
      [] { return Stop::exhausted; });
  // 0 1 2 3 6 12 24 48 96
  EXPECT_EQ(counters.way_to(found).size(), 8u);
  std::uint32_t value = 0;
  for (const std::uint32_t label : counters.way_to(found))
    value = label == 1 ? value + 1 : value * 2;
  EXPECT_EQ(value, 96u);
}

TEST(Search, StopsAtItsLimitsAndSaysWhich) {
  Search<Counter> by_depth(Counter{0});
  EXPECT_EQ(search(by_depth, 1000, {.depth_max = 4}), Stop::depth);
  EXPECT_EQ(by_depth.depth(), 4u);
  EXPECT_EQ(by_depth.states(), 8u) << "0; 1; 2; 3 and 4; 5, 6 and 8, which are not expanded";
  EXPECT_EQ(by_depth.waiting(), 3u);
  Search<Counter> by_states(Counter{0});
  EXPECT_EQ(search(by_states, 1000, {.states_max = 50}), Stop::states);
  EXPECT_EQ(by_states.states(), 50u);
  Search<Counter> asked(Counter{0});
  EXPECT_EQ(search(asked, 1000, {}, Stop::asked), Stop::asked);
  EXPECT_EQ(asked.states(), 1u);
}

TEST(Search, ALimitThatIsJustEnoughIsNoLimit) {
  Search<Counter> counters(Counter{0});
  EXPECT_EQ(search(counters, 49, {.states_max = 50}), Stop::exhausted);
}

TEST(Fingerprint, TellsOctetsApartThatDifferALittle) {
  const Fingerprints fingerprint(1);
  std::set<std::uint64_t> seen;
  std::size_t strings = 0;
  for (std::size_t length = 0; length < 40; ++length) {
    for (std::size_t at = 0; at <= length; ++at) {
      std::string octets(length, '\0');
      if (at < length) octets[at] = '\1';
      seen.insert(fingerprint(octets));
      ++strings;
    }
  }
  EXPECT_EQ(seen.size(), strings);
}

TEST(Fingerprint, IsAnotherOneForAnotherSeed) {
  EXPECT_EQ(Fingerprints(1)("abc"), Fingerprints(1)("abc"));
  EXPECT_NE(Fingerprints(1)("abc"), Fingerprints(2)("abc"));
  EXPECT_LT(Fingerprints::confusion(1e6, 64), 1e-5);
  EXPECT_GT(Fingerprints::confusion(1e9, 64), Fingerprints::confusion(1e6, 64));
}

TEST(Squeeze, KeepsEveryOctet) {
  std::string squeezed;
  engine::Random random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string octets;
    while (random.below(8) != 0) {
      octets.append(random.below(300), '\0');
      octets.append(random.below(4), static_cast<char>(random.below(256)));
    }
    squeeze(octets, squeezed);
    ASSERT_EQ(unsqueezed(squeezed), octets);
  }
  squeeze(std::string(1000, '\0'), squeezed);
  EXPECT_EQ(squeezed.size(), 8u) << "four rows";
}

}  // namespace
}  // namespace sallyport::explore
