// Octets are a PLAIN message, and then the names of a client of SCRAM: GNU SASL and we read the
// same parts in the one, and we read in the other what GNU SASL wrote.
#include "targets/differential/ask.hpp"
#include "targets/differential/gnu.hpp"
#include "wire/scram.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("sasl-differential", data, size);
  differential::ask(input, differential::plain);
  const auto names = wire::sasl::parse_plain(input.octets());
  if (!names || !differential::is_ascii(input.octets())) return 0;  // prepared, it is another name
  const auto said = differential::gnu_scram_first(names->authcid, names->authzid);
  if (!said) return 0;
  constexpr fuzz::Claim claim{"We read the names that GNU SASL writes", "RFC 5802 §7"};
  const auto read = wire::scram::parse_client_first(*said);
  input.equal(claim, names->authcid, read ? read->user : *said);
  input.equal(claim, names->authzid, read->authzid);
  return 0;
}
