// A script runs twice, its clients' octets in packets of its choice and octet by octet: nobody is
// answered otherwise.
#include <utility>

#include "targets/fuzz/recorder.hpp"
#include "targets/fuzz/shapes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  world::Script script = fuzz::script_of(data, size);
  fuzz::recorder().run(std::move(script), trace::Variation::segmentation);
  return 0;
}
