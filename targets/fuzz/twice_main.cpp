// Runs a fuzz target on each input of a list, and again, and says whether it did the same: what a
// fuzzer can't repeat it can't find, and a verdict that depends on anything but the input is none.
//
//   sallyport-twice-TARGET LIST    LIST names one file a line; for each: its name, a digest of what
//                                  was covered and one of the trace that it makes as a script
//
// Two processes that print different lines differ too. Exit 1: an input did something else the
// second time; 2: it could not be run. The first run of an input only warms caches.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "frontend/profile.hpp"
#include "world/script.hpp"
#include "world/world.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" [[gnu::weak]] int LLVMFuzzerInitialize(int* argc, char*** argv);

// What a target counts beside (targets/fuzz/feedback.hpp); a fuzzer clears it before each input.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the linker names them
extern "C" [[gnu::weak]] char __start___libfuzzer_extra_counters;
extern "C" [[gnu::weak]] char __stop___libfuzzer_extra_counters;
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace {

/// The counters that the compiler put into this program, one region for each object that has some.
struct Region {
  char* begin;
  std::size_t octets;
};
std::vector<Region>& regions() {
  static std::vector<Region> all;
  return all;
}

[[clang::no_sanitize("coverage")]] void forget() {
  for (const Region& region : regions()) std::memset(region.begin, 0, region.octets);
}

[[clang::no_sanitize("coverage")]] void copy_covered(std::string& out) {
  char* to = out.data();
  for (const Region& region : regions()) {
    std::memcpy(to, region.begin, region.octets);
    to += region.octets;
  }
}

std::size_t counters() {
  std::size_t sum = 0;
  for (const Region& region : regions()) sum += region.octets;
  return sum;
}

std::string trace_of(std::string_view input) {
  const sallyport::world::Script script = sallyport::world::script_from_bytes(input);
  const sallyport::frontend::Profile& profile = *sallyport::frontend::find_profile("hardened");
  const sallyport::world::Setting setting(sallyport::frontend::configured(profile),
                                          script.protocol);
  sallyport::trace::Trace trace;
  sallyport::world::run(setting, script, trace);
  return sallyport::trace::to_text(trace.events);
}

/// What was covered, then the trace.
std::string run(const std::string& input, std::string& covered) {
  // In memory of its own size, so that a sanitizer sees a read behind its end.
  const std::vector<std::uint8_t> octets(input.begin(), input.end());
  covered.resize(counters());
  forget();
  LLVMFuzzerTestOneInput(octets.data(), octets.size());
  copy_covered(covered);
  return trace_of(input);
}

/// Did it do the same again?
bool twice(const std::string& name, const std::string& input) {
  std::string covered;
  std::string again;
  (void)run(input, covered);
  const std::string trace = run(input, covered);
  const bool same_trace = run(input, again) == trace;
  const bool same = same_trace && again == covered;
  if (!same) {
    std::fprintf(stderr, "sallyport: %s: another %s the second time\n", name.c_str(),
                 same_trace ? "coverage" : "trace");
  }
  std::printf("%s %016llx %016llx\n", name.c_str(),
              static_cast<unsigned long long>(sallyport::trace::digest_of(covered)),
              static_cast<unsigned long long>(sallyport::trace::digest_of(trace)));
  return same;
}

}  // namespace

// What instrumented code calls; the counters are all that is wanted.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the compiler names them
extern "C" {
[[clang::no_sanitize("coverage")]] void __sanitizer_cov_8bit_counters_init(char* begin, char* end) {
  regions().push_back({begin, static_cast<std::size_t>(end - begin)});
}
[[clang::no_sanitize("coverage")]] void __sanitizer_cov_pcs_init(const std::uintptr_t* /*begin*/,
                                                                 const std::uintptr_t* /*end*/) {}
[[clang::no_sanitize("coverage")]] void __sanitizer_cov_trace_pc_indir(std::uintptr_t /*callee*/) {}
thread_local std::uintptr_t __sancov_lowest_stack = 0;
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("sallyport: expected a file that lists inputs\n", stderr);
    return 2;
  }
  if (LLVMFuzzerInitialize != nullptr) LLVMFuzzerInitialize(&argc, &argv);
  if (&__start___libfuzzer_extra_counters != nullptr) {
    regions().push_back({&__start___libfuzzer_extra_counters,
                         static_cast<std::size_t>(&__stop___libfuzzer_extra_counters -
                                                  &__start___libfuzzer_extra_counters)});
  }
  if (counters() == 0) {
    std::fputs("sallyport: this build counts no coverage\n", stderr);
    return 2;
  }
  std::ifstream list(argv[1]);
  bool same = true;
  std::size_t inputs = 0;
  for (std::string path; std::getline(list, path); ++inputs) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream octets;
    octets << file.rdbuf();
    if (!file) {
      std::fprintf(stderr, "sallyport: %s: cannot be read\n", path.c_str());
      return 2;
    }
    same = twice(std::filesystem::path(path).filename().string(), octets.str()) && same;
  }
  return !same ? 1 : inputs == 0 ? 2 : 0;
}
