// Bytes are a script; a script is run in the simulated world and judged by every property.
#include <cstddef>
#include <cstdint>

#include "targets/fuzz/recorder.hpp"

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  (void)sallyport::fuzz::recorder();  // an error in the environment shows before the first input
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sallyport::fuzz::recorder().run({reinterpret_cast<const char*>(data), size});
  return 0;
}
