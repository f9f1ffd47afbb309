// The session target, made to fail: a detector that never went off is not to be trusted. It knows
// CANARY, which everything violates; SALLYPORT_CANARY says of what it dies: `logout`, a script that
// logs out; `magic`, an input that begins with "PORT", which only coverage feedback comes upon.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "targets/engine/canary.hpp"
#include "targets/fuzz/recorder.hpp"

namespace {
constexpr const sallyport::properties::Property* extra[] = {&sallyport::engine::canary};

bool has_magic(std::string_view input) {
  std::size_t matched = 0;
  while (matched < input.size() && matched < 4 && input[matched] == "PORT"[matched]) ++matched;
  return matched == 4;
}

bool logs_out(const sallyport::world::Script& script) {
  return std::any_of(script.steps.begin(), script.steps.end(), [](const auto& step) {
    return step.action.verb == sallyport::client::Verb::logout;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const char* const set = std::getenv("SALLYPORT_CANARY");
  static const std::string_view mode = set == nullptr ? "" : set;
  if (mode == "magic") {  // and nothing else is decoded, so that nothing else leads the fuzzer
    if (has_magic({reinterpret_cast<const char*>(data), size})) __builtin_trap();
    return 0;
  }
  const auto script = sallyport::fuzz::script_of(data, size);
  if (mode == "logout" && logs_out(script)) __builtin_trap();
  sallyport::fuzz::recorder(extra).run(script);
  return 0;
}
