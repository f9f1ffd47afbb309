// A script runs twice, on its own schedule of back-end connections and on the canonical one: every
// authentication ends the same way, and as the same user.
#include <utility>

#include "targets/fuzz/recorder.hpp"
#include "targets/fuzz/shapes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  world::Script script = fuzz::script_of(data, size);
  fuzz::rotate_connections(script);
  fuzz::recorder().run(std::move(script), trace::Variation::schedule);
  return 0;
}
