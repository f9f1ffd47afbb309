// UTF-16LE, the encoding of NTLM's names and passwords, from and to UTF-8 (Unicode 15.0 §3.9).
#include <array>
#include <cstddef>
#include <cstdint>

#include "wire/ntlm.hpp"

namespace sallyport::wire::ntlm {
namespace {

constexpr char32_t replacement = 0xfffd;

bool is_high_surrogate(char32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low_surrogate(char32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

void append_utf8(std::string& out, char32_t point) {
  const auto trail = [](char32_t bits) { return static_cast<char>(0x80 | (bits & 0x3f)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    out += trail(point);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | point >> 12);
    out += trail(point >> 6);
    out += trail(point);
  } else {
    out += static_cast<char>(0xf0 | point >> 18);
    out += trail(point >> 12);
    out += trail(point >> 6);
    out += trail(point);
  }
}

void append_unit(std::string& out, char32_t unit) {
  out += static_cast<char>(unit & 0xff);
  out += static_cast<char>(unit >> 8 & 0xff);
}

// UTF-8 (Unicode 15.0, table 3-7): which lead octets there are, how many octets follow each, and
// what the first of those may be; any further one is 80..BF. The narrower ranges keep out overlong
// forms, surrogates and what is beyond U+10FFFF.
struct Lead {
  std::uint8_t first;
  std::uint8_t last;
  std::uint8_t trailing;
  std::uint8_t second_min;
  std::uint8_t second_max;
};
constexpr std::array leads{
    Lead{0x00, 0x7f, 0, 0x00, 0x00}, Lead{0xc2, 0xdf, 1, 0x80, 0xbf},
    Lead{0xe0, 0xe0, 2, 0xa0, 0xbf}, Lead{0xe1, 0xec, 2, 0x80, 0xbf},
    Lead{0xed, 0xed, 2, 0x80, 0x9f}, Lead{0xee, 0xef, 2, 0x80, 0xbf},
    Lead{0xf0, 0xf0, 3, 0x90, 0xbf}, Lead{0xf1, 0xf3, 3, 0x80, 0xbf},
    Lead{0xf4, 0xf4, 3, 0x80, 0x8f},
};

/// Takes one character off `utf8`, which is not empty; U+FFFD for the longest start of one that is
/// not continued, or for one octet that starts none.
char32_t take_utf8(std::string_view& utf8) {
  const auto first = static_cast<unsigned char>(utf8.front());
  utf8.remove_prefix(1);
  for (const Lead& lead : leads) {
    if (first < lead.first || first > lead.last) continue;
    char32_t point = lead.trailing == 0 ? first : first & (0x3fU >> lead.trailing);
    for (std::uint8_t i = 0; i < lead.trailing; ++i) {
      if (utf8.empty()) return replacement;
      const auto octet = static_cast<unsigned char>(utf8.front());
      const unsigned least = i == 0 ? lead.second_min : 0x80;
      const unsigned most = i == 0 ? lead.second_max : 0xbf;
      if (octet < least || octet > most) return replacement;
      point = point << 6 | (octet & 0x3fU);
      utf8.remove_prefix(1);
    }
    return point;
  }
  return replacement;
}

}  // namespace

Result<std::string> from_utf16le(std::string_view octets) {
  const auto bad = [](std::size_t at) { return std::unexpected(Error{ErrorKind::bad_utf16, at}); };
  const auto unit_at = [&](std::size_t at) {
    return static_cast<char32_t>(static_cast<unsigned char>(octets[at]) |
                                 static_cast<unsigned char>(octets[at + 1]) << 8);
  };
  const std::size_t whole = octets.size() / 2 * 2;
  std::string utf8;
  for (std::size_t at = 0; at < whole; at += 2) {
    const char32_t unit = unit_at(at);
    if (is_low_surrogate(unit)) return bad(at);
    if (!is_high_surrogate(unit)) {
      append_utf8(utf8, unit);
      continue;
    }
    if (whole - at < 4 || !is_low_surrogate(unit_at(at + 2))) return bad(at);
    append_utf8(utf8, 0x10000 + ((unit - 0xd800) << 10) + (unit_at(at + 2) - 0xdc00));
    at += 2;
  }
  if (whole != octets.size()) return bad(whole);
  return utf8;
}

std::string to_utf16le(std::string_view utf8) {
  std::string octets;
  while (!utf8.empty()) {
    const char32_t point = take_utf8(utf8);
    if (point < 0x10000) {
      append_unit(octets, point);
    } else {
      append_unit(octets, 0xd800 + ((point - 0x10000) >> 10));
      append_unit(octets, 0xdc00 + ((point - 0x10000) & 0x3ff));
    }
  }
  return octets;
}

}  // namespace sallyport::wire::ntlm
