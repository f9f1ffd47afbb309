// Octets are base64, or are not: one octet string has exactly one encoding, and an error names a
// place in the text.
#include "targets/fuzz/input.hpp"
#include "wire/base64.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim canonical{"What is decoded encodes to the same text", "RFC 4648 §3.5"};
constexpr Claim place{"An error names a place in the text or its end", "RFC 4648 §3.3"};
constexpr Claim prefix{"What stands before the error is not what breaks the rule", "RFC 4648 §3.3"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("base64-parse", data, size);
  const std::string_view text = input.octets();
  const auto octets = wire::base64_decode(text);
  if (octets) {
    input.equal(canonical, text, wire::base64_encode(*octets));
    return 0;
  }
  const std::size_t at = octets.error().at;
  input.require(at <= text.size(), place, "at most " + std::to_string(text.size()),
                std::to_string(at));
  const auto before = wire::base64_decode(text.substr(0, at / 4 * 4));
  input.require(before.has_value(), prefix, "whole groups that decode",
                fuzz::escaped(text.substr(0, at / 4 * 4)));
  return 0;
}
