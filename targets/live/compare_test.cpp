// A difference between runs is a verdict only where equal runs agree.
#include "targets/live/compare.hpp"

#include <gtest/gtest.h>

#include <string>

#include "observe/observer.hpp"

namespace sallyport::live {
namespace {

using trace::Protocol;

/// Appends a run to `trace`: each answer is a step's.
Run add(trace::Trace& trace, const std::vector<std::string>& answers) {
  Run run{.first_event = trace.events.size(),
          .first_line = trace.dialogue.size(),
          .behind = {},
          .whole = true};
  observe::Observer observer(Protocol::imap, trace::Point::client, 0);
  observer.opened(trace);
  observer.from_server("* OK ready\r\n", trace);
  for (const std::string& answer : answers) {
    observer.from_client("a NOOP\r\n", trace);
    observer.from_server(answer + "\r\n", trace);
    trace.events.push_back({.kind = trace::Kind::quiescent, .point = trace::Point::given});
    run.behind.push_back(trace.events.size());
  }
  observer.closed(false, trace);
  return run;
}

Compared compared(const std::vector<std::vector<std::string>>& first,
                  const std::vector<std::vector<std::string>>& second) {
  const std::vector<const properties::Property*> properties{properties::find("PER-04")};
  const engine::Panel panel(properties, Protocol::imap);
  trace::Trace trace;
  trace.keep_dialogue = true;
  std::vector<Steps> a;
  std::vector<Steps> b;
  for (const auto& each : first) a.push_back(steps_of(trace, add(trace, each)));
  for (const auto& each : second) b.push_back(steps_of(trace, add(trace, each)));
  return compare(panel.pairs().front(), a, b).front();
}

TEST(Compare, EqualRunsHold) {
  const Compared found = compared({{"a OK done"}, {"a OK done"}}, {{"a OK done"}});
  EXPECT_EQ(found.exercised, 1);
  EXPECT_FALSE(found.at);
}

TEST(Compare, ADifferenceIsFoundWhereItIs) {
  const Compared found =
      compared({{"a OK one", "a OK two"}, {"a OK one", "a OK two"}}, {{"a OK one", "a BAD two"}});
  EXPECT_EQ(found.at, 1);
  EXPECT_FALSE(found.violation.empty());
}

TEST(Compare, TextThatDiffersBetweenEqualRunsIsNoise) {
  EXPECT_FALSE(compared({{"a OK 17"}, {"a OK 18"}}, {{"a OK 19"}}).at);
  EXPECT_FALSE(compared({{"a OK 17"}}, {{"a OK 18"}, {"a OK 19"}}).at);
  // and the outcome isn't text
  EXPECT_TRUE(compared({{"a OK 17"}, {"a OK 18"}}, {{"a NO 19"}}).at);
}

TEST(Compare, NothingIsComparedBehindWhereEqualRunsPart) {
  const Compared found =
      compared({{"a OK one", "a OK two"}, {"a OK one", "a NO two"}}, {{"a OK one", "a BAD two"}});
  EXPECT_EQ(found.exercised, 1);
  EXPECT_FALSE(found.at);
}

TEST(Compare, FractionsAreNoise) {
  const std::vector<std::string> first{"a OK done (0.001 + 0.000 secs)."};
  EXPECT_FALSE(compared({first, first}, {{"a OK done (0.001 + 0.022 + 0.021 secs)."}}).at);
  EXPECT_TRUE(compared({first, first}, {{"a OK ready (0.001 + 0.000 secs)."}}).at);
  EXPECT_TRUE(compared({{"a OK 3 messages"}, {"a OK 3 messages"}}, {{"a OK 4 messages"}}).at);
}

}  // namespace
}  // namespace sallyport::live
