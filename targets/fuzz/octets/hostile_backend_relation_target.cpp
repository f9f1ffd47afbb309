// Octets are what a back-end says while a client logs in and reads its mail, behind an I for IMAP
// or a P for POP3: what the front-end says to either side doesn't depend on how they were cut into
// packets.
#include <algorithm>

#include "targets/fuzz/input.hpp"
#include "targets/fuzz/lone_front_end.hpp"

namespace {

using namespace sallyport;
constexpr fuzz::Claim cut{"A front-end goes on the same however a back-end's octets are cut",
                          "RFC 9293 §3.8"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input("hostile-backend-relation", data, size);
  if (size == 0) return 0;
  const auto protocol = data[0] == 'P' ? trace::Protocol::pop3 : trace::Protocol::imap;
  const std::string_view octets = input.octets().substr(1);
  input.equal(cut, fuzz::said_behind(protocol, octets, std::max<std::size_t>(octets.size(), 1)),
              fuzz::said_behind(protocol, octets, 1));
  return 0;
}
