#include "trace/escape.hpp"

#include <charconv>

namespace sallyport::trace {

void append_quoted(std::string& out, std::string_view octets, bool names_line_ends) {
  constexpr std::string_view hex_digits = "0123456789abcdef";
  out += '"';
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (names_line_ends && (c == '\r' || c == '\n')) {
      out += c == '\r' ? "\\r" : "\\n";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (octet < 0x20 || octet >= 0x7f) {
      out += "\\x";
      out += hex_digits[octet >> 4U];
      out += hex_digits[octet & 0xfU];
    } else {
      out += c;
    }
  }
  out += '"';
}

std::optional<char> take_escaped(std::string_view& rest) {
  if (rest.size() < 2) return std::nullopt;
  char octet = rest[1];
  std::size_t size = 2;
  if (octet == 'x') {
    size = 4;
    unsigned value = 0;
    if (rest.size() < size) return std::nullopt;
    const auto [end, error] = std::from_chars(rest.data() + 2, rest.data() + size, value, 16);
    if (error != std::errc{} || end != rest.data() + size) return std::nullopt;
    octet = static_cast<char>(value);
  } else if (octet == 'r' || octet == 'n') {
    octet = octet == 'r' ? '\r' : '\n';
  } else if (octet != '\\' && octet != '"') {
    return std::nullopt;
  }
  rest.remove_prefix(size);
  return octet;
}

}  // namespace sallyport::trace
