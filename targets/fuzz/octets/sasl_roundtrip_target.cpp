// Octets are read as each of the messages of SASL that have a reader and a writer: what was read is
// written, and is read as the same.
#include "targets/fuzz/input.hpp"
#include "wire/oauth.hpp"
#include "wire/sasl.hpp"
#include "wire/scram.hpp"

namespace {

/// A message is read, written, read again and written again.
template <class Read, class Write>
void round(const sallyport::fuzz::Input& input, std::string_view source, Read read, Write write) {
  const auto message = read(input.octets());
  if (!message) return;
  const std::string written = write(*message);
  const auto again = read(written);
  input.equal({"A message that is written reads as itself", source}, written,
              again ? write(*again) : "no message");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace wire = sallyport::wire;
  const sallyport::fuzz::Input input("sasl-roundtrip", data, size);
  const auto put = [](const auto& message) { return build(message); };
  const auto bearer = [](const auto& message) { return wire::oauth::build_oauthbearer(message); };
  round(input, "RFC 4616 §2", wire::sasl::parse_plain, wire::sasl::build_plain);
  round(input, "RFC 5801 §4", wire::sasl::decode_name, wire::sasl::encode_name);
  round(input, "RFC 7628 §3.1", wire::oauth::parse_oauthbearer, bearer);
  round(input, "RFC 7628 §3.1", wire::oauth::parse_xoauth2, wire::oauth::build_xoauth2);
  round(input, "RFC 5802 §7", wire::scram::parse_client_first, put);
  round(input, "RFC 5802 §7", wire::scram::parse_server_first, put);
  round(input, "RFC 5802 §7", wire::scram::parse_client_final, put);
  return 0;
}
