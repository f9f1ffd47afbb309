// Octets are what a POP3 client or server sends: however they are cut, the same lines are found in
// them, and a command is its keyword and its arguments, a reply its status and its text.
#include "targets/fuzz/frames.hpp"
#include "targets/fuzz/input.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim cut{"How a stream is cut changes no line in it", "RFC 9293 §3.8"};
constexpr Claim place{"The parts of a line are views of it", "RFC 1939 §3"};
constexpr Claim dots{"Only a line of one dot ends a reply", "RFC 1939 §3"};
constexpr std::size_t line_octets_max = 40;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("pop3-parse", data, size);
  const auto lines = fuzz::pop3_lines(input.octets(), input.octets().size(), line_octets_max);
  for (const std::size_t piece : {1U, 7U}) {
    input.equal(cut, lines, fuzz::pop3_lines(input.octets(), piece, line_octets_max));
  }
  for (const fuzz::Frame& line : lines) {
    if (const auto command = wire::pop3::parse_command(line.octets)) {
      input.within(place, line.octets, command->keyword);
      input.within(place, line.octets, command->arguments);
    }
    if (const auto reply = wire::pop3::parse_reply(line.octets)) {
      input.within(place, line.octets, reply->text);
    }
    input.within(place, line.octets, wire::pop3::unstuff(line.octets));
    if (!line.complete) continue;
    input.require(wire::pop3::is_terminator(line.octets) == (line.octets == ".\r\n"), dots,
                  "a line of one dot", fuzz::escaped(line.octets));
  }
  return 0;
}
