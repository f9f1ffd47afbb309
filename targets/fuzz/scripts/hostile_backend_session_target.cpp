// A script's back-ends misbehave in every step: no client gets into another one's session by it,
// and no credential out of its own.
#include <utility>

#include "targets/fuzz/recorder.hpp"
#include "targets/fuzz/shapes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  world::Script script = fuzz::script_of(data, size);
  fuzz::let_backends_misbehave(script);
  fuzz::recorder().run(std::move(script), trace::Variation::none);
  return 0;
}
