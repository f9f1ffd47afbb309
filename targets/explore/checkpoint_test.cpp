// A search that is stopped and goes on finds what it finds in one go; a file that isn't its own is
// refused.
#include "targets/explore/checkpoint.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "targets/engine/directory_for_test.hpp"
#include "targets/engine/engine_for_test.hpp"
#include "targets/explore/explore.hpp"

namespace sallyport::explore {
namespace {

namespace fs = std::filesystem;
using trace::Protocol;

/// All but times, what it cost, and what a checkpoint adds.
std::string text_of(std::vector<engine::Result> results) {
  for (engine::Result& result : results) {
    std::erase_if(result.bound, [](const auto& each) {
      constexpr std::string_view differs[] = {"memory_octets", "steps_run", "transitions",
                                              "resumed_states", "checkpoint"};
      return std::ranges::find(differs, each.first) != std::end(differs);
    });
  }
  return engine::fixed_text(results);
}

std::uint64_t resumed_states(const std::vector<engine::Result>& results) {
  return std::get<std::uint64_t>(*engine::bound(results.front(), "resumed_states"));
}

class Checkpoints : public testing::TestWithParam<Protocol> {};

TEST_P(Checkpoints, AResumedSearchIsTheSearchInOneGo) {
  for (const bool compact : {false, true}) {
    engine::Request request = engine::request_of("exchange-2000", GetParam(), 20000);
    Bound bound{.clients = 2, .depth_max = 2, .compact = compact};
    const engine::TemporaryDirectory directory;
    const std::string at_once = text_of(run(request, bound));
    bound.checkpoints = directory.path();
    request.budget.count = 300;  // of states: it stops in the middle of one
    (void)run(request, bound);
    bound.resume = true;
    request.budget.count = 900;
    (void)run(request, bound);
    request.budget.count = 20000;
    const auto resumed = run(request, bound);
    EXPECT_EQ(text_of(resumed), at_once);
    EXPECT_GE(resumed_states(resumed), 800u);
  }
}

TEST_P(Checkpoints, AnExhaustedDepthCanBeDeepened) {
  const engine::Request request = engine::request_of("exchange-2000-sp1", GetParam(), 50000);
  const engine::TemporaryDirectory directory;
  Bound bound{.depth_max = 3};
  const std::string at_once = text_of(run(request, bound));
  bound.checkpoints = directory.path();
  bound.depth_max = 1;
  (void)run(request, bound);
  bound.resume = true;
  bound.depth_max = 3;
  EXPECT_EQ(text_of(run(request, bound)), at_once);
}

INSTANTIATE_TEST_SUITE_P(Protocols, Checkpoints, testing::ValuesIn(engine::both_protocols),
                         [](const auto& test) { return std::string(trace::name(test.param)); });

/// What run() throws, or "".
std::string refusal(const engine::Request& request, const Bound& bound) {
  try {
    (void)run(request, bound);
  } catch (const Archive::Failure& failure) {
    return failure.what();
  }
  return "";
}

TEST(Checkpoint, AFileThatIsntItsOwnIsRefused) {
  const engine::Request request = engine::request_of("exchange-2000", Protocol::imap, 500);
  const engine::TemporaryDirectory directory;
  Bound bound{.clients = 2, .depth_max = 2, .checkpoints = directory.path(), .program = 7};
  const fs::path file = directory.path() / "exchange-2000-imap-single-runs.checkpoint";
  bound.resume = true;
  EXPECT_EQ(refusal(request, bound),
            directory.path().string() + ": has no checkpoint to go on with");
  bound.resume = false;
  EXPECT_EQ(refusal(request, bound), "");
  EXPECT_EQ(refusal(request, bound),
            file.string() + ": is there already: go on with it (--resume), or remove it");
  bound.resume = true;
  EXPECT_EQ(refusal(request, bound), "") << "its own";
  bound.clients = 1;
  EXPECT_EQ(
      refusal(request, bound),
      file.string() + ": is of another search: \"clients 2\" where this one has \"clients 1\"");
  bound.clients = 2;
  bound.program = 8;
  EXPECT_EQ(refusal(request, bound), file.string() + ": was written by another build of sallyport");
}

TEST(Checkpoint, AFileThatWasCutOrChangedIsRefused) {
  const engine::Request request = engine::request_of("exchange-2000", Protocol::imap, 500);
  const engine::TemporaryDirectory directory;
  Bound bound{.depth_max = 2, .checkpoints = directory.path()};
  (void)run(request, bound);
  bound.resume = true;
  const fs::path file = directory.path() / "exchange-2000-imap-single-runs.checkpoint";
  std::ifstream in(file, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  const auto with = [&](const std::string& octets) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << octets;
    return refusal(request, bound);
  };
  for (const std::size_t size : {whole.size() - 1, whole.size() / 2, std::size_t{700}}) {
    EXPECT_EQ(with(whole.substr(0, size)), file.string() + ": is cut short or was changed") << size;
  }
  EXPECT_EQ(with(whole + "x"), file.string() + ": is cut short or was changed");
  // Behind the head, so that lengths, numbers and text are met.
  for (std::size_t at = 700; at < whole.size(); at += whole.size() / 31) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    EXPECT_EQ(with(changed), file.string() + ": is cut short or was changed") << at;
  }
  EXPECT_EQ(with("nothing"), file.string() + ": is no checkpoint of this version");
  EXPECT_EQ(with(whole), "");
}

TEST(Checkpoint, ADirectoryThatCantBeWrittenIsSaidAtOnce) {
  const engine::Request request = engine::request_of("exchange-2000", Protocol::imap, 500);
  const Bound bound{.depth_max = 2, .checkpoints = "/proc/sallyport"};
  EXPECT_TRUE(refusal(request, bound).starts_with("/proc/sallyport: "));
}

}  // namespace
}  // namespace sallyport::explore
