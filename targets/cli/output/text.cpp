#include "targets/cli/output/text.hpp"

#include <algorithm>

namespace sallyport::cli {
namespace {

constexpr std::string_view no_break = "\u00a0";

bool continues(char octet) { return (static_cast<unsigned char>(octet) & 0xc0) == 0x80; }

// The octets that the first `columns` code points of `text` take.
std::size_t octets_of(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size() && seen < columns; ++seen) {
    ++at;
    while (at < text.size() && continues(text[at])) ++at;
  }
  return at;
}

void wrap_paragraph(std::string_view text, std::size_t width, std::vector<std::string>& lines) {
  std::string line;
  std::size_t columns = 0;
  bool empty = true;
  while (!text.empty()) {
    std::size_t end = text.find(' ');
    if (end == 0) {
      text.remove_prefix(1);
      continue;
    }
    if (end == std::string_view::npos) end = text.size();
    std::string_view word = text.substr(0, end);
    text.remove_prefix(end);
    const std::size_t needed = width_of(word) + (empty ? 0 : 1);
    if (!empty && columns + needed > width) {
      lines.push_back(std::move(line));
      line.clear();
      columns = 0;
      empty = true;
    }
    while (width_of(word) > width) {
      const std::size_t cut = octets_of(word, width);
      lines.emplace_back(word.substr(0, cut));
      word.remove_prefix(cut);
    }
    if (!empty) line += ' ';
    line += word;
    columns = width_of(line);
    empty = false;
  }
  lines.push_back(std::move(line));
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, continues));
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  width = std::max<std::size_t>(width, 1);
  std::vector<std::string> lines;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find('\n');
    wrap_paragraph(text.substr(0, end), width, lines);
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
  }
  for (std::string& line : lines) {
    for (std::size_t at = 0; (at = line.find(no_break, at)) != std::string::npos;) {
      line.replace(at, no_break.size(), " ");
    }
  }
  return lines;
}

std::string paragraph(std::string_view text, std::size_t columns, std::size_t indent) {
  std::string out;
  for (const std::string& line : wrap(text, columns - std::min(columns, indent))) {
    if (!line.empty()) out.append(indent, ' ');
    out += line;
    out += '\n';
  }
  return out;
}

std::string unbroken(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ') {
      out += no_break;
    } else {
      out += c;
    }
  }
  return out;
}

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string clipped(std::string_view text, std::size_t width) {
  if (width_of(text) <= width) return std::string(text);
  return std::string(text.substr(0, octets_of(text, std::max<std::size_t>(width, 1) - 1))) + "…";
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ' ');
  return digits;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  std::string out = grouped(count) + ' ';
  out += noun;
  if (count != 1) out += 's';
  return out;
}

}  // namespace sallyport::cli
