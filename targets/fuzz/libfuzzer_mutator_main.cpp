// What a target of scripts says to the engine that runs it: how scripts are mutated, and which of
// the engine's costs a script is not worth.
//
// One mutation in eight is left to libFuzzer, for the scripts that no edit of ours makes; so are
// inputs that would grow too long. Engines that know the hooks but have no LLVMFuzzerMutate keep
// such an input as it is. SALLYPORT_MUTATOR=octets leaves all of it to libFuzzer, to see what ours
// is worth.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "targets/fuzz/mutate.hpp"

extern "C" [[gnu::weak]] std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                      std::size_t size_max);
// What only libFuzzer has; AFL++'s driver borrows its other names.
namespace fuzzer {
// NOLINTNEXTLINE(readability-identifier-naming): theirs
[[gnu::weak]] int FuzzerDriver(int* argc, char*** argv,
                               int (*target)(const std::uint8_t* data, std::size_t size));
}  // namespace fuzzer

namespace {

// How often code ran says how long a script is, and that alone keeps a script for every count; what
// comes of the order of steps is told by pairs of states. The entropic schedule's bookkeeping takes
// more time than a script while the corpus grows.
char flags[][16] = {"-use_counters=0", "-entropic=0"};

sallyport::world::Script script_of(const std::uint8_t* data, std::size_t size) {
  return sallyport::world::script_from_bytes({reinterpret_cast<const char*>(data), size});
}

/// 0 where it has no room.
std::size_t put(const sallyport::world::Script& script, std::uint8_t* out, std::size_t size_max) {
  const std::string bytes = sallyport::world::to_bytes(script);
  if (bytes.size() > size_max) return 0;
  std::memcpy(out, bytes.data(), bytes.size());
  return bytes.size();
}

bool leaves_all_to_libfuzzer() {
  static const char* const set = std::getenv("SALLYPORT_MUTATOR");
  static const bool leaves = set != nullptr && std::string_view(set) == "octets";
  return leaves;
}

std::size_t mutate_octets(std::uint8_t* data, std::size_t size, std::size_t size_max) {
  return LLVMFuzzerMutate == nullptr ? size : LLVMFuzzerMutate(data, size, size_max);
}

}  // namespace

/// Flags of our own for libFuzzer, behind which those of the command line count.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (fuzzer::FuzzerDriver == nullptr || *argc == 0) return 0;  // another engine's arguments
  static std::vector<char*> arguments(*argv, *argv + *argc);
  for (char* const flag : flags) arguments.insert(arguments.begin() + 1, flag);
  *argc = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  *argv = arguments.data();
  return 0;
}

/// A freed block that a script still uses is used within its execution, and these are a thousand;
/// a block's story is told by the calls nearest to it. AddressSanitizer's own bounds are for
/// programs that run once.
extern "C" const char* __asan_default_options() {
  return "quarantine_size_mb=32:malloc_context_size=8";
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t size_max, unsigned seed) {
  sallyport::engine::Random random(seed);
  if (leaves_all_to_libfuzzer() || random.one_in(8)) return mutate_octets(data, size, size_max);
  sallyport::world::Script script = script_of(data, size);
  sallyport::fuzz::mutate(script, random);
  const std::size_t written = put(script, data, size_max);
  return written > 0 ? written : mutate_octets(data, size, size_max);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* first, std::size_t first_size,
                                                 const std::uint8_t* second,
                                                 std::size_t second_size, std::uint8_t* out,
                                                 std::size_t out_size_max, unsigned seed) {
  if (leaves_all_to_libfuzzer()) return 0;  // then it splices octets
  sallyport::engine::Random random(seed);
  return put(sallyport::fuzz::spliced(script_of(first, first_size), script_of(second, second_size),
                                      random),
             out, out_size_max);
}
