// Octets are a script: at each of its steps a copy of the world goes on as the original does, and
// has the same canonical form. The exhaustive search rests on it.
#include "targets/fuzz/input.hpp"
#include "targets/fuzz/shapes.hpp"
#include "world/world.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim events{"A copy of a world goes on as the original", "models/world/world.hpp"};
constexpr Claim form{"Worlds that went the same way have one canonical form",
                     "models/trace/canonical.hpp"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("world-copy-relation", data, size);
  const world::Script script = fuzz::script_of(data, size);
  static const frontend::Configuration hardened =
      frontend::configured(*frontend::find_profile("hardened"));
  static const world::Setting settings[] = {{hardened, trace::Protocol::imap},
                                            {hardened, trace::Protocol::pop3}};
  world::World original(settings[script.protocol == trace::Protocol::imap ? 0 : 1]);
  for (const world::Step& step : script.steps) {
    world::World copy = original;
    trace::Trace own;
    trace::Trace other;
    original.step(step, own);
    copy.step(step, other);
    input.equal(events, trace::to_text(own.events), trace::to_text(other.events));
    trace::Canonical one;
    trace::Canonical two;
    original.canonical(one);
    copy.canonical(two);
    input.equal(form, one.bytes(), two.bytes());
  }
  return 0;
}
