// AFL++'s hooks for the mutation of scripts: a library that afl-fuzz loads by the name that
// AFL_CUSTOM_MUTATOR_LIBRARY gives. AFL++'s own mutations of octets go on beside it, for the
// scripts that no edit of ours makes.
#include <cstddef>
#include <cstdint>
#include <string>

#include "targets/fuzz/mutate.hpp"

namespace {

using sallyport::world::Script;

struct Mutator {
  sallyport::engine::Random random;
  std::string out;  // AFL++ reads the result from here
};

Script script_of(const std::uint8_t* octets, std::size_t size) {
  return sallyport::world::script_from_bytes({reinterpret_cast<const char*>(octets), size});
}

}  // namespace

extern "C" void* afl_custom_init(void* /*afl*/, unsigned seed) {
  return new Mutator{.random = sallyport::engine::Random(seed), .out = {}};
}

/// `other` is another input of the queue, with which this one is spliced now and then. Empty where
/// the result would be too long.
extern "C" std::size_t afl_custom_fuzz(void* data, std::uint8_t* octets, std::size_t size,
                                       std::uint8_t** out, std::uint8_t* other,
                                       std::size_t other_size, std::size_t size_max) {
  Mutator& mutator = *static_cast<Mutator*>(data);
  Script script = script_of(octets, size);
  const bool splices = other != nullptr && other_size > 0 && mutator.random.one_in(4);
  if (splices) {
    script = sallyport::fuzz::spliced(script, script_of(other, other_size), mutator.random);
  } else {
    sallyport::fuzz::mutate(script, mutator.random);
  }
  mutator.out = sallyport::world::to_bytes(script);
  if (mutator.out.size() > size_max) mutator.out.clear();
  *out = reinterpret_cast<std::uint8_t*>(mutator.out.data());
  return mutator.out.size();
}

extern "C" void afl_custom_deinit(void* data) { delete static_cast<Mutator*>(data); }
