// Octets are octets: encoded they decode to themselves, and no other text of that length does, be
// it one that differs in a single character.
#include <utility>

#include "targets/fuzz/input.hpp"
#include "wire/base64.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim same{"Octets that are encoded decode to themselves", "RFC 4648 §4"};
constexpr Claim strict{"One octet string has one encoding", "RFC 4648 §3.5"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("base64-roundtrip", data, size);
  std::string text = wire::base64_encode(input.octets());
  const auto octets = wire::base64_decode(text);
  input.equal(same, input.octets(), octets ? *octets : "nothing");
  if (size < 2) return 0;
  // The first two octets say which character becomes which.
  char& changed = text[data[0] % text.size()];
  const char before = std::exchange(changed, static_cast<char>(data[1]));
  const auto other = wire::base64_decode(text);
  input.require(changed == before || !other || *other != input.octets(), strict, "other octets",
                text);
  return 0;
}
