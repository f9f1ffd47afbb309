// libFuzzer's hooks for the mutation of scripts. One mutation in eight is left to libFuzzer, for
// the scripts that no edit of ours makes; so are inputs that would grow too long. Engines that know
// the hooks but have no LLVMFuzzerMutate keep such an input as it is. SALLYPORT_MUTATOR=octets
// leaves all of it to libFuzzer, to see what ours is worth.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "targets/fuzz/mutate.hpp"

extern "C" [[gnu::weak]] std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                      std::size_t size_max);

namespace {

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
