// Text on a page of a given width. Widths are counted in code points: everything that the command
// prints (§, …, →) is one column wide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::cli {

[[nodiscard]] std::size_t width_of(std::string_view text);

/// Breaks `text` at spaces into lines of at most `width` columns; a word that is longer is cut.
/// Line feeds in it are kept. Never empty: the empty text is one empty line. What went through
/// `unbroken` is broken nowhere.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// `text` as one word for `wrap`, which gives it its spaces back: "states 1 500".
[[nodiscard]] std::string unbroken(std::string_view text);

/// `text` in lines for a page of `columns`, each behind `indent` blanks and with its end.
[[nodiscard]] std::string paragraph(std::string_view text, std::size_t columns,
                                    std::size_t indent = 0);

/// `text` on one line: line ends and other controls become single spaces, none at the ends.
[[nodiscard]] std::string one_line(std::string_view text);

/// `text`, or as much of it as fits with an ellipsis behind it.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t width);

/// 1234567 as "1 234 567", the thin groups that long counts need.
[[nodiscard]] std::string grouped(std::uint64_t number);

/// `count` and the noun: "1 step", "2 steps".
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view noun);

/// The items with `separator` between them.
template <class Range>
[[nodiscard]] std::string joined(const Range& items, std::string_view separator) {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += separator;
    out += item;
  }
  return out;
}

}  // namespace sallyport::cli
