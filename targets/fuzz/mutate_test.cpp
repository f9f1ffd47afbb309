// Mutation keeps to scripts that the byte form can hold, and gets everywhere from nothing.
#include "targets/fuzz/mutate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace sallyport::fuzz {
namespace {

TEST(Mutate, WhatComesOutRoundTripsThroughBytes) {
  engine::Random random(1);
  world::Script script{.protocol = trace::Protocol::imap, .steps = {}, .vary = {}};
  for (int i = 0; i < 5000; ++i) {
    mutate(script, random);
    ASSERT_LE(script.steps.size(), world::steps_max);
    ASSERT_EQ(world::script_from_bytes(world::to_bytes(script)), script) << world::to_text(script);
  }
}

TEST(Mutate, ReachesEveryVerbFromAnEmptyScript) {
  engine::Random random(2);
  std::set<client::Verb> verbs;
  world::Script script{.protocol = trace::Protocol::pop3, .steps = {}, .vary = {}};
  for (int i = 0; i < 2000; ++i) {
    mutate(script, random);
    for (const world::Step& step : script.steps) verbs.insert(step.action.verb);
  }
  EXPECT_EQ(verbs.size(), client::verb_count);
}

TEST(Mutate, ReachesTheOtherProtocol) {
  for (const trace::Protocol protocol : {trace::Protocol::imap, trace::Protocol::pop3}) {
    engine::Random random(4);
    bool reached = false;
    for (int i = 0; i < 500; ++i) {
      world::Script script{.protocol = protocol, .steps = {}, .vary = {}};
      mutate(script, random);
      reached = reached || script.protocol != protocol;
    }
    EXPECT_TRUE(reached);
  }
}

TEST(Spliced, HasAHeadAndATail) {
  engine::Random random(3);
  world::Script head;
  head.steps.resize(10);
  world::Script tail = head;
  for (world::Step& step : tail.steps) step.client = 1;
  for (int i = 0; i < 100; ++i) {
    const world::Script out = spliced(head, tail, random);
    EXPECT_LE(out.steps.size(), 20u);
    EXPECT_TRUE(std::is_sorted(out.steps.begin(), out.steps.end(),
                               [](const auto& a, const auto& b) { return a.client < b.client; }));
  }
}

}  // namespace
}  // namespace sallyport::fuzz
