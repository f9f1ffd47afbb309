// A script runs twice, once with octets of a back-end in plaintext behind its OK to STARTTLS: under
// TLS they have had no effect.
#include <utility>

#include "targets/fuzz/recorder.hpp"
#include "targets/fuzz/shapes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  world::Script script = fuzz::script_of(data, size);
  fuzz::recorder().run(std::move(script), trace::Variation::backend_before_tls);
  return 0;
}
