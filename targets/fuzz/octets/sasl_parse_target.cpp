// Octets are a SASL message, or are not: what a reader of the exchange's lines and of the
// mechanisms' messages takes is what the grammar allows, and an error names a place in the message.
#include "targets/fuzz/input.hpp"
#include "wire/oauth.hpp"
#include "wire/sasl.hpp"
#include "wire/scram.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim place{"An error names a place in the message or its end", "RFC 4422 §4"};
constexpr Claim plain{"PLAIN is three parts and two NULs, and nothing else", "RFC 4616 §2"};
constexpr Claim name{"A mechanism has a name of 1 to 20 octets", "RFC 4422 §3.1"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport::wire;
  const sallyport::fuzz::Input input("sasl-parse", data, size);
  const std::string_view octets = input.octets();
  const auto placed = [&](const auto& result) {
    const std::size_t at = result.has_value() ? 0 : result.error().at;
    input.require(at <= size, place, "at most " + std::to_string(size), std::to_string(at));
    return result.has_value();
  };
  placed(sasl::parse_line(octets));
  if (const auto start = sasl::parse_start(octets); placed(start)) {
    input.require(sasl::is_mechanism_name(start->mechanism), name, "one", start->mechanism);
  }
  if (const auto message = sasl::parse_plain(octets); placed(message)) {
    input.equal(plain, octets, sasl::build_plain(*message));
  }
  placed(oauth::parse_oauthbearer(octets)), placed(oauth::parse_xoauth2(octets));
  placed(scram::parse_client_first(octets)), placed(scram::parse_client_final(octets));
  placed(scram::parse_server_first(octets)), placed(scram::parse_server_final(octets));
  return 0;
}
