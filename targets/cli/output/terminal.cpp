#include "targets/cli/output/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace sallyport::cli {
namespace {

constexpr std::size_t columns_min = 40;
constexpr std::size_t columns_max = 1000;

std::string_view escape(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::heading:
      return "\x1b[1m";
    case Style::holds:
      return "\x1b[32m";
    case Style::violated:
      return "\x1b[1;31m";
    case Style::open:
      return "\x1b[33m";
    case Style::quiet:
      return "\x1b[2m";
  }
  return "";
}

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

std::size_t columns_of(int descriptor, std::size_t otherwise) {
  const std::string_view stated = environment("COLUMNS");
  std::size_t columns = 0;
  if (std::from_chars(stated.data(), stated.data() + stated.size(), columns).ec == std::errc{} &&
      columns > 0) {
    return std::clamp(columns, columns_min, columns_max);
  }
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return std::clamp<std::size_t>(size.ws_col, columns_min, columns_max);
  }
  return otherwise;
}

}  // namespace

std::string Terminal::styled(std::string_view text, Style style) const {
  std::string out;
  if (!colour || style == Style::plain) return out.append(text);
  return out.append(escape(style)).append(text).append("\x1b[0m");
}

Terminal terminal_of(int descriptor) {
  Terminal terminal;
  terminal.columns = columns_of(descriptor, terminal.columns);
  terminal.is_terminal = isatty(descriptor) == 1;
  terminal.colour =
      terminal.is_terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  return terminal;
}

}  // namespace sallyport::cli
