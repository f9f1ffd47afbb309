// Octets are a script's byte form, as all octets are: written again, as bytes or as text, it reads
// as the same script.
#include "targets/fuzz/input.hpp"
#include "world/script.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim bytes{"A script's bytes decode to the script", "models/world/script.hpp"};
constexpr Claim text{"A script's text reads as the script", "models/world/script.hpp"};
constexpr Claim finding{"A finding's text reads as the finding", "models/world/script.hpp"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("script-roundtrip", data, size);
  const world::Script script = world::script_from_bytes(input.octets());
  const std::string written = world::to_text(script);
  input.equal(bytes, written, world::to_text(world::script_from_bytes(world::to_bytes(script))));
  const auto read = world::script_from_text(written);
  input.require(read && *read == script, text, written, read ? world::to_text(*read) : "no script");
  const world::Finding found{.property = "ADV-01", .subject = "hardened", .script = script};
  const auto again = world::finding_from_text(world::to_text(found));
  input.require(again && *again == found, finding, world::to_text(found), "another, or none");
  return 0;
}
