// Octets are what an IMAP server says, as its greeting and as its answer to a NOOP: libetpan and we
// take it for the same, unless a known reason says why not.
#include "targets/differential/ask.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("imap-response-differential", data, size);
  differential::ask(input, differential::imap_greeting);
  differential::ask(input, differential::imap_answer);
  return 0;
}
