// Octets are base64, or are not: GNU SASL and we decode them to the same, unless a known reason
// says why not.
#include "targets/differential/ask.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("base64-differential", data, size);
  differential::ask(input, differential::base64);
  return 0;
}
