// A script is a session over POP3: what must hold of one run holds.
#include <utility>

#include "targets/fuzz/recorder.hpp"
#include "targets/fuzz/shapes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  world::Script script = fuzz::script_of(data, size);
  script.protocol = trace::Protocol::pop3;
  fuzz::recorder().run(std::move(script), trace::Variation::none);
  return 0;
}
