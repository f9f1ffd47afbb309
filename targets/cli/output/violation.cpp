#include "targets/cli/output/violation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "properties/property.hpp"
#include "targets/cli/output/text.hpp"

namespace sallyport::cli {
namespace {

constexpr std::size_t indent = 2;
constexpr std::size_t marked_columns_max = 72;  // of the line that is quoted under "Actual"
constexpr std::size_t name_columns = 12;        // "Requirement" and a blank

std::string_view expected(properties::PropertyKind kind) {
  switch (kind) {
    case properties::PropertyKind::safety:
      return "every event of the dialogue upholds it";
    case properties::PropertyKind::two_safety:
      return "both runs come out the same";
    case properties::PropertyKind::liveness:
      return "it has come to pass when everything rests";
  }
  return "";
}

// The first line of a dialogue that is marked, without its mark.
std::string marked(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    if (line.starts_with("> ")) return line.substr(2);
  }
  return {};
}

}  // namespace

std::string field(std::string_view name, std::string_view text, const Terminal& terminal) {
  constexpr std::size_t left = indent + name_columns + 1;
  std::string out = fmt::format("{:{}}", "", indent);
  out += terminal.styled(name, Style::quiet);
  out.append(name_columns + 1 - std::min(name_columns, width_of(name)), ' ');
  const std::size_t width = std::max<std::size_t>(terminal.columns, left + 20) - left;
  bool first = true;
  for (const std::string& line : wrap(text, width)) {
    if (!first) out.append(left, ' ');
    out += line;
    out += '\n';
    first = false;
  }
  return out;
}

std::string dialogue(const std::vector<std::string>& lines, Lines length,
                     const Terminal& terminal) {
  std::string out;
  for (const std::string& line : lines) {
    const std::string shown =
        length == Lines::whole ? line : clipped(line, terminal.columns - indent);
    out.append(indent, ' ');
    out += terminal.styled(shown, line.starts_with("> ") ? Style::violated : Style::plain);
    out += '\n';
  }
  return out;
}

std::string violation(const Row& row, std::string_view repeat, Lines lines,
                      const Terminal& terminal) {
  const engine::Result& result = row.result;
  const properties::Property* property = properties::find(result.property);
  const std::string plain = fmt::format("violated {} on", result.property);
  std::string out =
      paragraph(fmt::format("{} {} ({})", plain, result.subject, result.engine), terminal.columns);
  out.replace(0, plain.size(),
              fmt::format("{} {} on", terminal.styled("violated", style_of(row)),
                          terminal.styled(result.property, Style::heading)));
  if (property != nullptr) {
    out += field("Requirement", property->facts.statement, terminal);
    out += field("Source", property->facts.source, terminal);
    out += field("Expected", expected(property->facts.kind), terminal);
  } else {
    out += field("Requirement", "The subject neither crashes nor runs for ever.", terminal);
    out += field("Source", "any input from a network is to be expected", terminal);
    out += field("Expected", "everything comes to rest", terminal);
  }
  std::string actual = result.detail;
  if (result.witness) {
    if (const std::string line = marked(result.witness->dialogue); !line.empty()) {
      const std::string shown = clipped(line, marked_columns_max);
      actual += actual.empty() ? shown : fmt::format(": {}", shown);
    }
  }
  out += field("Actual", actual, terminal);
  if (!row.deviation.empty()) out += field("Deviation", row.deviation, terminal);
  if (result.witness) out += '\n' + dialogue(result.witness->dialogue, lines, terminal) + '\n';
  // Not wrapped: it is there to be copied.
  if (!repeat.empty()) out += fmt::format("  {:{}} {}\n", "Repeat with", name_columns, repeat);
  return out;
}

Style style_of(const Row& row) {
  switch (row.result.verdict) {
    case properties::Verdict::holds:
      return Style::holds;
    case properties::Verdict::violated:
      return row.deviation.empty() ? Style::violated : Style::open;
    case properties::Verdict::vacuous:
    case properties::Verdict::inconclusive:
      return Style::open;
    case properties::Verdict::unobservable:
      return Style::quiet;
  }
  return Style::plain;
}

std::string shell_word(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./:+,=@%").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::ranges::all_of(text, plain)) return std::string(text);
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace sallyport::cli
