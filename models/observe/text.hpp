// The observer's own splitting of lines and words. It shares nothing with the grammars under test.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::observe {

[[nodiscard]] inline std::string_view without_cr(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

[[nodiscard]] inline std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  return without_cr(line);
}

/// Without spaces at its end.
[[nodiscard]] inline std::string_view without_spaces(std::string_view word) {
  while (word.ends_with(' ')) word.remove_suffix(1);
  return word;
}

/// Takes the part up to the next space off `rest`, and the space.
[[nodiscard]] inline std::string_view take_word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

/// `line` (without its LF) ends in CR, and neither CR nor NUL stands elsewhere in it.
[[nodiscard]] inline bool is_well_ended(std::string_view line) {
  constexpr std::string_view stray{"\r\0", 2};
  return line.ends_with('\r') && without_cr(line).find_first_of(stray) == std::string_view::npos;
}

/// 1*<any ASCII but controls, space and `specials`> (RFC 3501 §9 atom, tag).
[[nodiscard]] inline bool is_atom(std::string_view word, std::string_view specials) {
  return !word.empty() && std::ranges::all_of(word, [&](char c) {
    return c > ' ' && c < 0x7f && specials.find(c) == std::string_view::npos;
  });
}
[[nodiscard]] inline bool is_tag(std::string_view word) { return is_atom(word, "(){%*\"\\+"); }

struct Literal {
  std::uint32_t octets = 0;
  bool synchronizing = true;
};

/// "{" number ["+"] "}" at the end of a line without its CRLF (RFC 3501 §9, RFC 7888 §4). A number
/// of more than 32 bits is none.
[[nodiscard]] inline std::optional<Literal> literal_at_end(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  const std::size_t open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  std::string_view count = line.substr(open + 1, line.size() - open - 2);
  Literal literal;
  if (count.ends_with('+')) {
    literal.synchronizing = false;
    count.remove_suffix(1);
  }
  const auto [end, error] =
      std::from_chars(count.data(), count.data() + count.size(), literal.octets);
  if (error != std::errc{} || end != count.data() + count.size()) return std::nullopt;
  return literal;
}

}  // namespace sallyport::observe
