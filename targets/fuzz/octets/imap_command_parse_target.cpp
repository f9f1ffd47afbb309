// Octets are what an IMAP client sends: however they are cut, the same commands are found in them,
// each is put together again from its parts, and every argument is read from inside it.
#include "targets/fuzz/frames.hpp"
#include "targets/fuzz/input.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim cut{"How a stream is cut changes no command in it", "RFC 9293 §3.8"};
constexpr Claim parts{"A command is its tag, its name and its arguments", "RFC 3501 §9 command"};
constexpr Claim place{"An argument is read from inside its command", "RFC 3501 §9 astring"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("imap-command-parse", data, size);
  const fuzz::Frames frames = fuzz::imap_frames(input.octets(), input.octets().size(), true);
  for (const std::size_t piece : {1U, 7U}) {
    input.equal(cut, frames, fuzz::imap_frames(input.octets(), piece, true));
  }
  for (const fuzz::Frame& frame : frames) {
    (void)wire::imap::salvage_tag(frame.octets);
    const auto command = wire::imap::parse_command(frame.octets);
    if (!frame.complete || !command) continue;
    std::string again = std::string(command->tag) + " " + std::string(command->name);
    if (!command->arguments.empty()) again += " " + std::string(command->arguments);
    input.equal(parts, frame.octets, again + "\r\n");
    std::string_view rest = command->arguments;
    while (!rest.empty() && wire::imap::take_astring(rest)) {
      input.within(place, frame.octets, rest);
    }
  }
  return 0;
}
