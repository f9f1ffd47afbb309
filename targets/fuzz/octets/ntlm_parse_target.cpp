// Octets are an NTLM message of each of the three types, or are not: every field that is read lies
// inside the message, and a message is of one type.
#include "targets/fuzz/input.hpp"
#include "wire/ntlm.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim inside{"A field is octets of the message", "MS-NLMP §2.2.1"};
constexpr Claim type{"A message that is read is of the type that it is read as", "MS-NLMP §2.2.1"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport::wire;
  const sallyport::fuzz::Input input("ntlm-parse", data, size);
  const std::string_view octets = input.octets();
  const auto found = ntlm::message_type(octets);
  const auto of_type = [&](ntlm::MessageType expected) {
    input.require(found && *found == expected, type, "the type that it says", "another one");
  };
  const auto field = [&](std::string_view value) {
    input.require(octets.find(value) != std::string_view::npos, inside, "octets of the message",
                  sallyport::fuzz::escaped(value));
  };
  if (const auto message = ntlm::parse_negotiate(octets)) {
    of_type(ntlm::MessageType::negotiate), field(message->domain), field(message->workstation);
  }
  if (const auto message = ntlm::parse_challenge(octets)) {
    of_type(ntlm::MessageType::challenge), field(message->target_name), field(message->target_info);
  }
  if (const auto message = ntlm::parse_authenticate(octets)) {
    of_type(ntlm::MessageType::authenticate), field(message->lm_response);
    field(message->nt_response), field(message->user), field(message->session_key);
    field(message->domain), field(message->workstation);
  }
  return 0;
}
