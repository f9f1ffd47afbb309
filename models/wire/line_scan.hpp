// The one scan under both framers: the first octet that ends a line or may not stand in one. NUL,
// LF and CR are all below 0x0e, so eight octets are tested at once for anything that small
// (an exact test for the lowest such octet); a tab or another control character is stepped over.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sallyport::wire {

[[nodiscard]] constexpr bool ends_or_breaks_line(char c) {
  return c == '\r' || c == '\n' || c == '\0';
}

/// The place of the first CR, LF or NUL of `text` at or after `from`; text.size() where there is
/// none. `from` is at most text.size().
[[nodiscard]] inline std::size_t find_line_stop(std::string_view text, std::size_t from) {
  const char* const data = text.data();
  const std::size_t size = text.size();
  std::size_t at = from;
  if constexpr (std::endian::native == std::endian::little) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t highs = ones << 7;
    while (size - at >= sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, data + at, sizeof word);
      const std::uint64_t small = (word - ones * 0x0e) & ~word & highs;
      if (small == 0) {
        at += sizeof word;
        continue;
      }
      at += static_cast<std::size_t>(std::countr_zero(small)) / 8;
      if (ends_or_breaks_line(data[at])) return at;
      ++at;
    }
  }
  while (at < size && !ends_or_breaks_line(data[at])) ++at;
  return at;
}

}  // namespace sallyport::wire
