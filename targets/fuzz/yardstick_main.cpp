// A fuzz target that does nothing: what the engine itself costs, which is what others are measured
// by. It is no target of the project: it has no seeds, and nobody fuzzes it.
#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* /*data*/, std::size_t /*size*/) {
  return 0;
}
