#include "wire/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace sallyport::wire {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_value = 0x80;  // no sextet has this bit

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_value);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr std::array<std::uint8_t, 256> values = make_values();

std::uint32_t value(char c) { return values[static_cast<unsigned char>(c)]; }
std::uint32_t octet(char c) { return static_cast<unsigned char>(c); }
char low_octet(std::uint32_t bits) { return static_cast<char>(bits & 0xff); }

/// The rule for the last group and for everything that is wrong before it. `at` is the start of a
/// group of four; all groups before it were good. Returns how many sextets that group holds.
Result<std::size_t> check_tail(std::string_view text, std::size_t at) {
  const auto broken = [](std::size_t where) {
    return std::unexpected(Error{ErrorKind::bad_base64, where});
  };
  std::size_t sextets = 0;
  while (at + sextets < text.size() && value(text[at + sextets]) != no_value) ++sextets;
  const std::size_t end = at + sextets;
  if (end == text.size()) {
    if (sextets == 0) return 0;
    return broken(end);
  }
  if (text[end] != '=' || sextets < 2) return broken(end);
  const std::uint32_t stray = sextets == 2 ? 0x0f : 0x03;
  if ((value(text[end - 1]) & stray) != 0) return broken(end - 1);
  for (std::size_t i = end; i < at + 4; ++i) {
    if (i == text.size() || text[i] != '=') return broken(i);
  }
  if (text.size() > at + 4) return broken(at + 4);
  return sextets;
}

}  // namespace

std::string base64_encode(std::string_view octets) {
  std::string text((octets.size() + 2) / 3 * 4, '=');
  std::size_t out = 0;
  std::size_t in = 0;
  for (; octets.size() - in >= 3; in += 3, out += 4) {
    const std::uint32_t bits =
        octet(octets[in]) << 16 | octet(octets[in + 1]) << 8 | octet(octets[in + 2]);
    text[out] = alphabet[bits >> 18];
    text[out + 1] = alphabet[bits >> 12 & 0x3f];
    text[out + 2] = alphabet[bits >> 6 & 0x3f];
    text[out + 3] = alphabet[bits & 0x3f];
  }
  if (const std::size_t rest = octets.size() - in; rest != 0) {
    const std::uint32_t bits =
        octet(octets[in]) << 16 | (rest == 2 ? octet(octets[in + 1]) << 8 : 0U);
    text[out] = alphabet[bits >> 18];
    text[out + 1] = alphabet[bits >> 12 & 0x3f];
    if (rest == 2) text[out + 2] = alphabet[bits >> 6 & 0x3f];
  }
  return text;
}

// base64 = *(4base64-char) [2base64-char "==" / 3base64-char "="]            (RFC 3501 §9)
Result<std::string> base64_decode(std::string_view text) {
  std::string octets(text.size() / 4 * 3, '\0');
  char* out = octets.data();
  std::size_t in = 0;
  for (; text.size() - in >= 4; in += 4, out += 3) {
    const std::uint32_t a = value(text[in]);
    const std::uint32_t b = value(text[in + 1]);
    const std::uint32_t c = value(text[in + 2]);
    const std::uint32_t d = value(text[in + 3]);
    if (((a | b | c | d) & no_value) != 0) break;
    out[0] = low_octet(a << 2 | b >> 4);
    out[1] = low_octet(b << 4 | c >> 2);
    out[2] = low_octet(c << 6 | d);
  }
  const Result<std::size_t> sextets = check_tail(text, in);
  if (!sextets) return std::unexpected(sextets.error());
  std::size_t size = in / 4 * 3;
  if (*sextets >= 2) {
    octets[size++] = low_octet(value(text[in]) << 2 | value(text[in + 1]) >> 4);
  }
  if (*sextets == 3) {
    octets[size++] = low_octet(value(text[in + 1]) << 4 | value(text[in + 2]) >> 2);
  }
  octets.resize(size);
  return octets;
}

}  // namespace sallyport::wire
