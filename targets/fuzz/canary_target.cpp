// The session target, made to fail: a detector that never went off is not to be trusted. It knows
// CANARY, which everything violates; SALLYPORT_CANARY says of what it dies: `logout`, a script that
// logs out; `magic`, an input that begins with "PORT", which only coverage feedback comes upon.
#include <algorithm>
#include <cstddef>
#include <cstdint>
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

bool logs_out(std::string_view input) {
  const auto script = sallyport::world::script_from_bytes(input);
  return std::any_of(script.steps.begin(), script.steps.end(), [](const auto& step) {
    return step.action.verb == sallyport::client::Verb::logout;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const char* const set = std::getenv("SALLYPORT_CANARY");
  static const std::string_view mode = set == nullptr ? "" : set;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (mode == "magic" ? has_magic(input) : mode == "logout" && logs_out(input)) __builtin_trap();
  if (mode != "magic") sallyport::fuzz::recorder(extra).run(input);
  return 0;
}
