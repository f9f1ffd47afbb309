// Octets are read as each of the three NTLM messages, as AV_PAIRs and as UTF-16: what was read is
// written, and is read as the same.
#include "targets/fuzz/input.hpp"
#include "wire/ntlm.hpp"

namespace {

constexpr std::string_view layout = "MS-NLMP §2.2.1";

template <class Read>
void round(const sallyport::fuzz::Input& input, Read read) {
  const auto message = read(input.octets());
  if (!message) return;
  const auto again = read(build(*message));
  input.require(again && *again == *message, {"A message that is written reads as itself", layout},
                "the same fields", sallyport::fuzz::escaped(build(*message)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport::wire;
  const sallyport::fuzz::Input input("ntlm-roundtrip", data, size);
  round(input, ntlm::parse_negotiate);
  round(input, ntlm::parse_challenge);
  round(input, ntlm::parse_authenticate);
  if (const auto pairs = ntlm::parse_target_info(input.octets())) {
    const auto again = ntlm::parse_target_info(ntlm::build_target_info(*pairs));
    input.require(again && *again == *pairs, {"AV_PAIRs read as they were written", layout},
                  "the same pairs", "others");
  }
  if (const auto text = ntlm::from_utf16le(input.octets())) {
    input.equal({"UTF-16 that was read is written again", "RFC 2781 §2"}, input.octets(),
                ntlm::to_utf16le(*text));
  }
  return 0;
}
