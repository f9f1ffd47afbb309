// A script runs twice, once with commands in plaintext behind its STARTTLS: under TLS they have had
// no effect.
#include <utility>

#include "targets/fuzz/recorder.hpp"
#include "targets/fuzz/shapes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  world::Script script = fuzz::script_of(data, size);
  fuzz::ask_for_tls_first(script);
  fuzz::recorder().run(std::move(script), trace::Variation::plaintext_before_tls);
  return 0;
}
