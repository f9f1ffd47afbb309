// Octets are the text of a script or of a finding, or are not: what is read is written again and
// read as the same, and an error names a line.
#include <algorithm>

#include "targets/fuzz/input.hpp"
#include "world/script.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim same{"A script that is written reads as itself", "models/world/script.hpp"};
constexpr Claim place{"An error names a line of the text", "models/world/script.hpp"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("script-parse", data, size);
  const std::string_view text = input.octets();
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  const auto script = world::script_from_text(text);
  if (script) {
    const std::string written = world::to_text(*script);
    const auto again = world::script_from_text(written);
    input.require(again && *again == *script, same, written, "another script, or none");
  } else {
    input.require(script.error().line <= lines + 1, place, "at most " + std::to_string(lines + 1),
                  std::to_string(script.error().line));
  }
  if (const auto finding = world::finding_from_text(text)) {
    const std::string written = world::to_text(*finding);
    const auto again = world::finding_from_text(written);
    input.require(again && *again == *finding, same, written, "another finding, or none");
  }
  return 0;
}
