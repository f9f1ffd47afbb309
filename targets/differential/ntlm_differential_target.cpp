// Octets are a user name, a line end and a domain: we read in the messages of libntlm's client what
// it was told to say, and it in our challenge whom it was asked by.
#include "targets/differential/ask.hpp"
#include "targets/differential/gnu.hpp"
#include "wire/ntlm.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("ntlm-differential", data, size);
  const std::string user(input.octets().substr(0, input.octets().find('\n')));
  const std::string domain(input.octets().substr(std::min(user.size() + 1, size)));
  // libntlm widens octets one by one, ends names at a NUL and has room for some hundred of them.
  if (!differential::is_ascii(input.octets()) || size > 96 || user.contains('\0')) return 0;
  if (domain.contains('\0')) return 0;
  using wire::ntlm::to_utf16le;
  const std::string challenge = wire::ntlm::build(wire::ntlm::Challenge{
      .flags = wire::ntlm::unicode | wire::ntlm::ntlm, .target_name = to_utf16le(domain)});
  const auto said = differential::gnu_ntlm_client(user, domain, challenge);
  constexpr fuzz::Claim claim{"We read what libntlm writes, and it what we write",
                              "MS-NLMP §2.2.1"};
  const auto first = wire::ntlm::parse_negotiate(said.negotiate);
  input.equal(claim, user, first ? first->domain : "no message");  // in this order, unlike others
  input.equal(claim, domain, first->workstation);
  const auto last = wire::ntlm::parse_authenticate(said.authenticate);
  input.equal(claim, to_utf16le(user), last ? last->user : "no message");
  input.equal(claim, to_utf16le(domain), last->domain);
  return 0;
}
