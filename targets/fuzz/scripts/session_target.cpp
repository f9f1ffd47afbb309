// A script is run in the simulated world and judged by every property, 2-safety by the pairs of
// runs that the script's digest picks. This is the target that `sallyport verify --engine fuzz`
// runs.
#include "targets/fuzz/recorder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sallyport::fuzz::recorder().run(sallyport::fuzz::script_of(data, size));
  return 0;
}
