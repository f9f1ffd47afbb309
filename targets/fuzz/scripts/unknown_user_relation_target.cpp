// A script runs twice, once with a user who isn't there in place of every wrong password: a failed
// login looks the same.
#include <utility>

#include "targets/fuzz/recorder.hpp"
#include "targets/fuzz/shapes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  world::Script script = fuzz::script_of(data, size);
  fuzz::mistype_passwords(script);
  fuzz::recorder().run(std::move(script), trace::Variation::unknown_user);
  return 0;
}
