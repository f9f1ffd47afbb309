// A script runs twice, once with another password and other mail for the first account: nobody else
// is told anything else.
#include <utility>

#include "targets/fuzz/recorder.hpp"
#include "targets/fuzz/shapes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  world::Script script = fuzz::script_of(data, size);
  fuzz::recorder().run(std::move(script), trace::Variation::other_users_secrets);
  return 0;
}
