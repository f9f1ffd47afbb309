// The observer's own line and word splitting.
#pragma once

#include <algorithm>
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

}  // namespace sallyport::observe
