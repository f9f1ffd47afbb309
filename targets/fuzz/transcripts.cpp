#include "targets/fuzz/transcripts.hpp"

#include <algorithm>

namespace sallyport::fuzz {

namespace {

constexpr std::string_view fence = "```";
constexpr std::string_view opening = "```transcript ";
constexpr std::string_view second_run = "--- varied\n";

/// Takes a line, with its end, off `text`.
std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n')).size() < text.size()
                                    ? text.substr(0, text.find('\n') + 1)
                                    : text;
  text.remove_prefix(line.size());
  return line;
}

/// Where the text of a wire's line begins: behind "C0: ". 0: it has none, or is no such line.
std::size_t text_of(std::string_view line) {
  if (line.empty() || std::string_view("CSFB").find(line[0]) == std::string_view::npos) return 0;
  const std::size_t colon = line.find_first_not_of("0123456789", 1);
  return colon != std::string_view::npos && line.substr(colon, 2) == ": " ? colon + 2 : 0;
}

}  // namespace

std::vector<NamedTranscript> transcripts_of(std::string_view name, std::string_view page) {
  std::vector<NamedTranscript> found;
  bool inside = false;
  while (!page.empty()) {
    const std::string_view line = take_line(page);
    if (line.starts_with(fence)) {
      inside = line.starts_with(opening);
      if (!inside) continue;
      const std::string_view kind = line.substr(opening.size(), line.size() - opening.size() - 1);
      found.push_back({.name = std::string(name) + '-' + std::string(kind) + '-' +
                               std::to_string(found.size() + 1)});
      std::ranges::replace(found.back().name, '_', '-');
    } else if (inside && line == second_run) {
      std::string_view first = found.back().text;
      const std::string protocol(take_line(first));
      found.push_back({.name = found.back().name + "-varied", .text = protocol});
    } else if (inside) {
      found.back().text += line;
    }
  }
  return found;
}

std::string with_first_octets_apart(std::string_view transcript) {
  std::string out;
  while (!transcript.empty()) {
    const std::string_view line = take_line(transcript);
    const std::size_t text = text_of(line);
    const char first = text > 0 && text < line.size() ? line[text] : '\\';
    if (first > ' ' && first < 0x7f && first != '\\') {
      out.append(line.substr(0, text)).append(1, first).append("\\\n");
      out.append(line.substr(0, text)).append(line.substr(text + 1));
    } else {
      out.append(line);
    }
  }
  return out;
}

}  // namespace sallyport::fuzz
