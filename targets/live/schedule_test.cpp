#include "targets/live/schedule.hpp"

#include <gtest/gtest.h>

#include <set>
#include <tuple>
#include <vector>

namespace sallyport::live {
namespace {

using Eligible = std::vector<trace::LinkId>;

TEST(Schedule, IsReadFromItsName) {
  EXPECT_EQ(schedule_from("rotate"), (Schedule{Schedule::Kind::rotate, 0}));
  EXPECT_EQ(schedule_from("pinned"), (Schedule{Schedule::Kind::pinned, 0}));
  EXPECT_EQ(schedule_from("42"), (Schedule{Schedule::Kind::seeded, 42}));
  EXPECT_EQ(schedule_from("18446744073709551615"), (Schedule{Schedule::Kind::seeded, UINT64_MAX}));
  for (const char* wrong : {"", "Rotate", "-1", "1.5", "0x1", "18446744073709551616", "1 "}) {
    const auto schedule = schedule_from(wrong);
    ASSERT_FALSE(schedule) << wrong;
    EXPECT_NE(schedule.error().find("expected rotate, pinned or a seed"), std::string::npos);
  }
}

TEST(Scheduler, PinnedTakesTheCanonicalChoice) {
  Scheduler scheduler({.kind = Schedule::Kind::pinned});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(scheduler.choose(0, Eligible{7, 8, 9}), 0U);
}

// KB 306874 needs this: the second message of an exchange finds itself on another connection.
TEST(Scheduler, RotateNeverGivesASessionTheConnectionItHadLast) {
  Scheduler scheduler({.kind = Schedule::Kind::rotate});
  for (int messages = 0; messages < 6; ++messages) {
    const Eligible eligible{0, 1};
    const std::size_t first = scheduler.choose(0, eligible);
    std::ignore =
        scheduler.choose(1, eligible);  // another session in between changes nothing of that
    EXPECT_NE(scheduler.choose(0, eligible), first);
  }
  EXPECT_EQ(scheduler.choose(0, Eligible{3}), 0U) << "where there is no other, it is that one";
  EXPECT_EQ(scheduler.choose(0, Eligible{3}), 0U);
}

TEST(Scheduler, RotateTakesTheConnectionThatWasUsedLongestAgo) {
  Scheduler scheduler({.kind = Schedule::Kind::rotate});
  const Eligible all{0, 1, 2, 3};
  std::vector<std::size_t> order;
  for (int i = 0; i < 8; ++i) order.push_back(scheduler.choose(0, all));
  EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3, 0, 1, 2, 3}));
}

TEST(Scheduler, ForgetsWhatANumberStoodFor) {
  Scheduler scheduler({.kind = Schedule::Kind::rotate});
  const Eligible two{0, 1};
  EXPECT_EQ(scheduler.choose(0, two), 0U);
  scheduler.forget_link(0);
  EXPECT_EQ(scheduler.choose(0, two), 0U) << "a new connection of the same number is another one";
  EXPECT_EQ(scheduler.choose(0, two), 1U);
  scheduler.forget_session(0);
  EXPECT_EQ(scheduler.choose(0, Eligible{1, 0}), 1U) << "the one used longest ago";
}

TEST(Scheduler, ASeedRepeatsAndChoosesAll) {
  Scheduler first({.kind = Schedule::Kind::seeded, .seed = 7});
  Scheduler second({.kind = Schedule::Kind::seeded, .seed = 7});
  Scheduler other({.kind = Schedule::Kind::seeded, .seed = 8});
  std::set<std::size_t> chosen;
  bool differs = false;
  for (int i = 0; i < 64; ++i) {
    const std::size_t choice = first.choose(0, Eligible{0, 1, 2});
    EXPECT_EQ(choice, second.choose(0, Eligible{0, 1, 2}));
    differs = differs || choice != other.choose(0, Eligible{0, 1, 2});
    chosen.insert(choice);
  }
  EXPECT_EQ(chosen.size(), 3U);
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace sallyport::live
