// Octets are a user name and a password: written into a LOGIN as astrings, they come out of it as
// they went in unless a NUL stands in them, and end neither string nor line whatever they are.
#include "targets/fuzz/frames.hpp"
#include "targets/fuzz/input.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim one{"No value ends the command in which it stands", "CVE-2025-15366"};
constexpr Claim same{"An astring that is written reads as itself", "RFC 3501 §9 astring"};
constexpr Claim waiting{"Only the counts of literals tell {n} from {n+}", "RFC 7888 §4"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("imap-command-roundtrip", data, size);
  const std::string_view user = input.octets().substr(0, input.octets().find('\n'));
  const std::string_view password = input.octets().substr(user.size());
  const bool sayable = input.octets().find('\0') == std::string_view::npos;
  for (const bool non_synchronizing : {false, true}) {
    std::string command = "a LOGIN ";
    wire::imap::append_astring(command, user, non_synchronizing);
    command += ' ';
    wire::imap::append_astring(command, password, non_synchronizing);
    command += "\r\n";
    wire::imap::Framer framer({.line_octets = 3 * size + 64, .frame_octets = 4 * size + 128});
    while (framer.scan(command) == wire::imap::Framer::State::continuation) framer.grant();
    input.equal(one, std::to_string(command.size()), std::to_string(framer.size()));
    const auto read = wire::imap::parse_command(command);
    const auto values = wire::imap::astrings(read ? read->arguments : std::string_view{});
    const bool right = values && *values == std::vector{std::string(user), std::string(password)};
    input.require(right || !sayable, same, command, "other values");
    const std::string waits = wire::imap::with_synchronizing_literals(command);
    input.equal(waiting, waits, wire::imap::with_synchronizing_literals(waits));
  }
  return 0;
}
