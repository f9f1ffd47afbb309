// What the other end of a stream is: how wide, and whether colours mean anything to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::cli {

/// A style says one thing each, so that colour carries meaning and never decorates.
enum class Style : std::uint8_t {
  plain,
  heading,   // a title
  holds,     // exercised, never violated
  violated,  // a violation, and the line that shows it
  open,      // vacuous, inconclusive, a listed deviation: neither pass nor failure
  quiet,     // unobservable, or secondary
};

struct Terminal {
  std::size_t columns = 100;
  bool is_terminal = false;
  bool colour = false;

  /// `text` in the style's colour, or as it is where there are no colours.
  [[nodiscard]] std::string styled(std::string_view text, Style style) const;
};

/// What stands behind the file descriptor. COLUMNS sets the width of anything; colours are for
/// terminals only, and not where NO_COLOR is set (no-color.org) or TERM is dumb.
[[nodiscard]] Terminal terminal_of(int descriptor);

}  // namespace sallyport::cli
