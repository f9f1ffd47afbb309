#include "targets/fuzz/input.hpp"

#include <cstdio>
#include <cstdlib>

namespace sallyport::fuzz {

std::string escaped(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    const bool plain = octet >= 0x20 && octet < 0x7f && c != '\\' && c != '%' && c != '\'';
    if (plain) {
      out += c;
      continue;
    }
    out += '\\';
    for (const unsigned shift : {6U, 3U, 0U}) {
      out += static_cast<char>('0' + (octet >> shift & 7U));
    }
  }
  return out;
}

std::string refutation(std::string_view target, const Claim& claim, std::string_view expected,
                       std::string_view actual, std::string_view input) {
  std::string out;
  const auto line = [&out](std::string_view head, std::string_view text) {
    out.append(head).append(text).append("\n");
  };
  const std::string octets = escaped(input);
  line("Requirement: ", claim.requirement);
  line("Source:      ", claim.source);
  line("Expected:    ", expected);
  line("Actual:      ", actual);
  line("Input:       ", octets);
  line("Repeat:      ",
       "printf '" + octets + "' | sallyport-replay " + std::string(target) + " /dev/stdin");
  return out;
}

void Input::refuted(const Claim& claim, std::string_view expected, std::string_view actual) const {
  std::fputs(refutation(target_, claim, expected, actual, octets_).c_str(), stderr);
  std::abort();
}

}  // namespace sallyport::fuzz
