// Octets are what an IMAP server sends: however they are cut, the same responses are found in them,
// and every part of one is a view of it, in the grammar's order.
#include "targets/fuzz/frames.hpp"
#include "targets/fuzz/input.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim cut{"How a stream is cut changes no response in it", "RFC 9293 §3.8"};
constexpr Claim place{"The parts of a response are views of it", "RFC 3501 §9 response"};
constexpr Claim order{"The parts of a response stand in the grammar's order",
                      "RFC 3501 §9 response"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("imap-response-parse", data, size);
  const fuzz::Frames frames = fuzz::imap_frames(input.octets(), input.octets().size(), false);
  for (const std::size_t piece : {1U, 7U}) {
    input.equal(cut, frames, fuzz::imap_frames(input.octets(), piece, false));
  }
  for (const fuzz::Frame& frame : frames) {
    const auto response = wire::imap::parse_response(frame.octets);
    if (!frame.complete || !response) continue;
    const char* before = frame.octets.data();
    for (const std::string_view part :
         {response->tag, response->number, response->name, response->code, response->text}) {
      input.within(place, frame.octets, part);
      if (part.empty()) continue;
      input.require(part.data() >= before, order, "behind the part before it", "in front of it");
      before = part.data() + part.size();
    }
  }
  return 0;
}
