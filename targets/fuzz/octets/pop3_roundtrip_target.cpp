// Octets are the text of a mail: byte-stuffed into a multi-line reply they end it nowhere, and come
// out of it as they went in, line by line.
#include "targets/fuzz/input.hpp"
#include "wire/pop3.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim open{"No line of a mail ends the reply in which it stands", "RFC 1939 §3"};
constexpr Claim same{"A line that is stuffed reads as itself", "RFC 1939 §3"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("pop3-roundtrip", data, size);
  std::string reply;
  wire::pop3::append_stuffed(reply, input.octets());
  std::string read;
  for (std::string_view rest = reply; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n') + 1);
    input.require(!wire::pop3::is_terminator(line), open, "a stuffed line", fuzz::escaped(line));
    rest.remove_prefix(line.size());
    read.append(wire::pop3::unstuff(line)).append(line.ends_with("\r\n") ? "\r\n" : "");
  }
  input.equal(same, std::string(input.octets()) + "\r\n", read);
  return 0;
}
