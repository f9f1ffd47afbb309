// A script's steps are taken by two clients in turn, each logged in as another user, over one pool:
// neither gets into the other's session.
#include <utility>

#include "targets/fuzz/recorder.hpp"
#include "targets/fuzz/shapes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  world::Script script = fuzz::script_of(data, size);
  fuzz::let_two_clients_take_turns(script);
  fuzz::recorder().run(std::move(script), trace::Variation::none);
  return 0;
}
