// libFuzzer's output, read.
#include "targets/fuzz/log.hpp"

#include <gtest/gtest.h>

namespace sallyport::fuzz {
namespace {

constexpr std::string_view asan_log =
    "INFO: Seed: 1\n"
    "#2\tINITED cov: 12 ft: 13 corp: 1/1b exec/s: 0 rss: 30Mb\n"
    "#4096\tpulse  cov: 812 ft: 2817 corp: 80/900b exec/s: 2048 rss: 60Mb\n"
    "=================================================================\n"
    "==4711==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000 at pc 0x55\n"
    "READ of size 1 at 0x602000 thread T0\n"
    "    #0 0x555 in sallyport::frontend::FrontEnd::lease(int) /somewhere/pool.cpp:12:3\n"
    "    #1 0x556 in main /somewhere/main.cpp:1:1\n"
    "\n"
    "freed by thread T0 here:\n"
    "    #0 0x557 in operator delete(void*)\n"
    "SUMMARY: AddressSanitizer: heap-use-after-free pool.cpp:12:3 in lease\n";

constexpr std::string_view trap_log =
    "#8\tNEW    cov: 15 ft: 16\n"
    "==99== ERROR: libFuzzer: deadly signal\n"
    "SUMMARY: libFuzzer: deadly signal\n";

TEST(Log, TellsHowFarItGot) {
  EXPECT_EQ(executions_in(asan_log), 4096u);
  EXPECT_EQ(executions_in("no such line\n#\n#x\n"), 0u);
  EXPECT_EQ(figure_in(asan_log, "cov: "), 812u);
  EXPECT_EQ(figure_in("", "cov: "), std::nullopt);
}

TEST(Log, TellsWhatWentWrongWithoutWhatChangesFromRunToRun) {
  EXPECT_EQ(failure_in(asan_log), "AddressSanitizer: heap-use-after-free pool.cpp:12:3 in lease");
  EXPECT_EQ(failure_in(trap_log), "ERROR: libFuzzer: deadly signal");
  EXPECT_EQ(failure_in("all is well\n"), "");
  EXPECT_EQ(last_line_of(trap_log), "SUMMARY: libFuzzer: deadly signal");
}

TEST(Log, ShowsTheFirstStackOnly) {
  EXPECT_EQ(stack_in(asan_log, 8),
            (std::vector<std::string>{"sallyport::frontend::FrontEnd::lease(int)", "main"}));
  EXPECT_EQ(stack_in(asan_log, 1).size(), 1u);
  EXPECT_TRUE(stack_in(trap_log, 8).empty());
}

}  // namespace
}  // namespace sallyport::fuzz
