// Octets are the greeting of a POP3 server: libetpan and we take it for the same, unless a known
// reason says why not.
#include "targets/differential/ask.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("pop3-differential", data, size);
  differential::ask(input, differential::pop3_greeting);
  return 0;
}
