// How the tests of properties read runs and judge them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "observe/transcript.hpp"
#include "properties/monitors.hpp"

namespace sallyport::properties {

inline trace::Events events_of_transcript(std::string_view text) {
  const auto trace = observe::read_transcript(text);
  if (trace) return trace->events;
  ADD_FAILURE() << "line " << trace.error().line << ": " << trace.error().message << "\n" << text;
  return {};
}

inline trace::Events events_of_text(std::string_view text) {
  auto events = trace::from_text(text);
  if (events) return *std::move(events);
  ADD_FAILURE() << "line " << events.error().line << ": " << events.error().message << "\n" << text;
  return {};
}

/// What `events` show of the property `id`.
inline Tally tally_of(std::string_view id, const trace::Events& events) {
  const Property* const property = find(id);
  if (property == nullptr || events.empty()) {
    ADD_FAILURE() << "there is no property " << id << ", or there are no events";
    return {};
  }
  const Monitors monitors({&property, 1}, events.front().protocol);
  return judge(monitors, events).at(0);
}

/// `events` up to each point where nothing moves any more.
inline std::vector<trace::Events> steps_of(const trace::Events& events) {
  std::vector<trace::Events> steps(1);
  for (const trace::Event& event : events) {
    steps.back().push_back(event);
    if (event.kind == trace::Kind::quiescent) steps.emplace_back();
  }
  return steps;
}

/// What two runs show of the 2-safety property `id`, compared at every rest.
inline Tally tally_of(std::string_view id, const trace::Events& first,
                      const trace::Events& second) {
  const Property* const property = find(id);
  if (property == nullptr || property->compare == nullptr || first.empty()) {
    ADD_FAILURE() << "there is no 2-safety property " << id << ", or there are no events";
    return {};
  }
  const Monitors monitors({&property, 1}, first.front().protocol);
  Monitors::State a = monitors.start();
  Monitors::State b = monitors.start();
  auto steps_a = steps_of(first);
  auto steps_b = steps_of(second);
  const std::size_t rests = std::max(steps_a.size(), steps_b.size());
  steps_a.resize(rests);
  steps_b.resize(rests);
  Tally tally;
  for (std::size_t i = 0; i < rests; ++i) {
    const auto ignore = [](std::size_t, const Outcome&, std::size_t) {};
    monitors.step(a, steps_a[i], ignore);
    monitors.step(b, steps_b[i], ignore);
    monitors.compare(a, b, [&](std::size_t, const Outcome& outcome) {
      ++tally.exercised;
      if (outcome.violation().empty()) return;
      if (tally.violations++ == 0) tally.detail = outcome.violation();
    });
  }
  return tally;
}

/// The ids of all properties that `events` violate.
inline std::set<std::string> violated_by(const trace::Events& events) {
  std::set<std::string> ids;
  if (events.empty()) return ids;
  const Monitors monitors(catalogue(), events.front().protocol);
  const std::vector<Tally> tallies = judge(monitors, events);
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    if (tallies[i].violations > 0) ids.emplace(monitors.property(i).facts.id);
  }
  return ids;
}

inline constexpr std::string_view holds;  // no violation's text

/// Requires that the transcript exercises `id` and violates it with this text, or holds.
inline void expect(std::string_view id, std::string_view violation, std::string_view transcript) {
  const Tally tally = tally_of(id, events_of_transcript(transcript));
  EXPECT_GT(tally.exercised, 0U) << id << " isn't exercised by\n" << transcript;
  EXPECT_EQ(tally.detail, violation) << transcript;
}

/// Requires that the transcript says nothing of `id`.
inline void expect_unjudged(std::string_view id, std::string_view transcript) {
  const Tally tally = tally_of(id, events_of_transcript(transcript));
  EXPECT_EQ(tally.exercised, 0U) << id << ": " << tally.detail << "\n" << transcript;
}

}  // namespace sallyport::properties
