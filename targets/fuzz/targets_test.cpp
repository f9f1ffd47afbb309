// What fuzz targets are made of: each has something to start from, shapes make of any script what
// they say, and a claim that doesn't hold says all that a reader needs.
#include "targets/fuzz/targets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "targets/engine/random_script.hpp"
#include "targets/fuzz/frames.hpp"
#include "targets/fuzz/input.hpp"
#include "targets/fuzz/seeds.hpp"
#include "targets/fuzz/shapes.hpp"

namespace sallyport::fuzz {
namespace {

using testing::HasSubstr;

std::vector<world::Script> some_scripts() {
  engine::Random random(7);
  std::vector<world::Script> scripts(1);  // the empty one first
  for (int i = 0; i < 200; ++i) {
    scripts.push_back(engine::random_script(
        random, i % 2 == 0 ? trace::Protocol::imap : trace::Protocol::pop3, 24));
  }
  return scripts;
}

TEST(Targets, HaveSeedsOfTheirOwn) {
  ASSERT_GE(targets().size(), 25U);
  for (const Target& target : targets()) {
    const auto seeds = seeds_of(target, CORPORA);
    EXPECT_FALSE(seeds.empty()) << target.name;
    for (const auto& seed : seeds) EXPECT_TRUE(input_for(target, seed)) << seed;
  }
}

TEST(Seeds, OfOctetsAreAlsoWhatOnceFailed) {
  const std::filesystem::path corpora = testing::TempDir() + "sallyport-corpora";
  const Target octets{.name = "sasl-parse", .scripts = false};
  for (const char* const folder : {"seeds/sasl", "regressions/sasl", "regressions/base64"}) {
    std::filesystem::create_directories(corpora / folder);
    std::ofstream(corpora / folder / "file") << folder;
  }
  const auto seeds = seeds_of(octets, corpora);
  ASSERT_EQ(seeds.size(), 2U);
  EXPECT_EQ(input_for(octets, seeds[1]), "regressions/sasl");
  std::filesystem::remove_all(corpora);
}

TEST(Seeds, OfScriptsAreTheirBytes) {
  const Target scripts{.name = "session", .scripts = true};
  const auto octets = input_for(scripts, CORPORA "/seeds/imap-capability.script");
  ASSERT_TRUE(octets.has_value());
  EXPECT_EQ(world::to_text(world::script_from_bytes(*octets)), "protocol imap\n0 capability\n");
  EXPECT_EQ(input_for(scripts, "/nowhere.script").error(), "/nowhere.script: cannot be read");
}

TEST(Input, ARefutedClaimSaysAllThatAReaderNeeds) {
  const std::string octets("a\0%'\r\n", 6);
  const Input input("some-target", reinterpret_cast<const std::uint8_t*>(octets.data()),
                    octets.size());
  const Claim claim{"Dots are dots", "RFC 1939 §3"};
  input.require(true, claim, "", "");
  input.equal(claim, "same", std::string("same"));
  input.within(claim, octets, std::string_view(octets).substr(2));
  EXPECT_DEATH(input.equal(claim, "one", "other\n"),
               "Requirement: Dots are dots\nSource:      RFC 1939 .*3\nExpected:    one\n"
               "Actual:      other.012\nInput: .*\n"
               "Repeat:      printf 'a.000.045.047.015.012' . sallyport-replay some-target");
  EXPECT_DEATH(input.within(claim, octets, "elsewhere"), "a view of something else");
}

TEST(Frames, DependOnWhatTheStreamSaysAndNotOnItsPieces) {
  const std::string stream = "a LOGIN {3}\r\nb\n\r x\r\nc\ne NOOP\r\n";
  const Frames whole = imap_frames(stream, stream.size(), true);
  ASSERT_EQ(whole.size(), 3U);
  EXPECT_EQ(whole[0].octets, "a LOGIN {3}\r\nb\n\r x\r\n");
  EXPECT_FALSE(whole[1].complete);
  EXPECT_EQ(whole[1].error.kind, wire::ErrorKind::bare_line_feed);
  EXPECT_EQ(imap_frames(stream, 1, true), whole);
  EXPECT_NE(imap_frames("a LOGIN {3} \r\nb\n\r x\r\n", 7, true), whole);
  EXPECT_EQ(pop3_lines("STAT\r\nUSER " + std::string(50, 'u') + "\r\nQUIT\r\n", 3, 40).size(), 3U);
}

TEST(Shapes, TwoClientsTakeTurnsAsTwoUsers) {
  for (world::Script script : some_scripts()) {
    let_two_clients_take_turns(script);
    for (std::size_t i = 0; i < script.steps.size(); ++i) {
      EXPECT_EQ(script.steps[i].client, i % 2);
    }
  }
}

TEST(Shapes, BackendsMisbehaveInEveryStepAndInEveryWay) {
  std::set<world::Mishap> seen;
  for (world::Script script : some_scripts()) {
    let_backends_misbehave(script);
    for (const world::Step& step : script.steps) seen.insert(step.mishap);
  }
  EXPECT_FALSE(seen.contains(world::Mishap::none));
  EXPECT_EQ(seen.size(), world::mishap_count - 1);
}

TEST(Shapes, TlsComesFirstAndOnlyOnce) {
  for (world::Script script : some_scripts()) {
    ask_for_tls_first(script);
    ASSERT_FALSE(script.steps.empty());
    for (const world::Step& step : script.steps) {
      const auto first = std::ranges::find(script.steps, step.client, &world::Step::client);
      EXPECT_TRUE(first->action.verb == client::Verb::starttls ||
                  first->action.verb == client::Verb::starttls_certificate);
    }
    const world::Script again = script;
    ask_for_tls_first(script);
    EXPECT_EQ(script, again);
  }
}

TEST(Shapes, EveryStepChoosesAConnectionAndNoPasswordIsRight) {
  for (world::Script script : some_scripts()) {
    rotate_connections(script);
    mistype_passwords(script);
    for (const world::Step& step : script.steps) {
      EXPECT_TRUE(step.wait != 0 || !step.leases.empty());
      EXPECT_FALSE(client::facts(step.action.verb).account && step.action.right);
    }
  }
}

}  // namespace
}  // namespace sallyport::fuzz
