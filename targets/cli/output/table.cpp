#include "targets/cli/output/table.hpp"

#include <algorithm>
#include <cstddef>

#include "targets/cli/output/text.hpp"

namespace sallyport::cli {
namespace {

constexpr std::size_t gap = 2;           // between columns
constexpr std::size_t wrapped_min = 24;  // below this a wrapping column is no pleasure to read
constexpr std::size_t stacked_indent = 4;
constexpr std::size_t left_out = 0;  // a column's width when it isn't shown

std::size_t total(const std::vector<std::size_t>& widths) {
  std::size_t sum = 0;
  std::size_t shown = 0;
  for (const std::size_t width : widths) {
    if (width == left_out) continue;
    sum += width;
    ++shown;
  }
  return shown == 0 ? 0 : sum + gap * (shown - 1);
}

}  // namespace

void Table::add(std::vector<Cell> row) {
  row.resize(columns_.size());
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::widths(std::size_t page) const {
  std::vector<std::size_t> widths(columns_.size());
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    widths[c] = std::max<std::size_t>(width_of(columns_[c].heading), 1);
    for (const auto& row : rows_) widths[c] = std::max(widths[c], width_of(row[c].text));
  }
  const std::vector<std::size_t> natural = widths;
  const auto shrink = [&] {
    while (total(widths) > page) {
      std::size_t widest = columns_.size();
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        if (!columns_[c].wraps || widths[c] <= wrapped_min) continue;
        if (widest == columns_.size() || widths[c] > widths[widest]) widest = c;
      }
      if (widest == columns_.size()) return;
      --widths[widest];
    }
  };
  shrink();
  for (std::size_t c = columns_.size(); c-- > 0 && total(widths) > page;) {
    if (!columns_[c].spared) continue;
    const std::vector<std::size_t> before = widths;
    widths = natural;
    for (std::size_t other = 0; other < columns_.size(); ++other) {
      if (before[other] == left_out) widths[other] = left_out;
    }
    widths[c] = left_out;
    shrink();
  }
  return widths;
}

void Table::print(const std::vector<Cell>& row, const std::vector<std::size_t>& widths,
                  const Terminal& terminal, std::string& out) const {
  std::vector<std::vector<std::string>> cells(columns_.size());
  std::size_t height = 1;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (widths[c] == left_out) continue;
    cells[c] = columns_[c].wraps ? wrap(row[c].text, widths[c]) : std::vector{row[c].text};
    height = std::max(height, cells[c].size());
  }
  for (std::size_t line = 0; line < height; ++line) {
    std::size_t owed = 0;  // blanks before the next text, so that no line ends in blanks
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (widths[c] == left_out) continue;
      const std::string_view text = line < cells[c].size() ? cells[c][line] : std::string_view{};
      if (!text.empty()) {
        out.append(owed, ' ');
        out += terminal.styled(text, row[c].style);
        owed = 0;
      }
      owed += widths[c] - std::min(widths[c], width_of(text)) + gap;
    }
    out += '\n';
  }
}

void Table::print_stacked(const std::vector<Cell>& row, const std::vector<std::size_t>& widths,
                          const Terminal& terminal, std::string& out) const {
  std::vector<std::size_t> beside = widths;  // of what stands in the first line
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (columns_[c].wraps) beside[c] = left_out;
  }
  const bool aligned = total(beside) <= terminal.columns;
  std::size_t owed = 0;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (beside[c] == left_out) continue;
    out.append(owed, ' ');
    out += terminal.styled(row[c].text, row[c].style);
    owed = gap + (aligned ? beside[c] - width_of(row[c].text) : 0);
  }
  out += '\n';
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (widths[c] == left_out || !columns_[c].wraps) continue;
    for (const std::string& line : wrap(row[c].text, terminal.columns - stacked_indent)) {
      out.append(stacked_indent, ' ');
      out += terminal.styled(line, row[c].style);
      out += '\n';
    }
  }
}

std::string Table::fitted(const Terminal& terminal) const {
  const std::vector<std::size_t> columns = widths(terminal.columns);
  std::string out;
  std::vector<Cell> headings;
  for (const Column& column : columns_) headings.push_back({column.heading, Style::heading});
  if (total(columns) > terminal.columns) {
    print_stacked(headings, columns, terminal, out);
    for (const auto& row : rows_) print_stacked(row, columns, terminal, out);
    return out;
  }
  print(headings, columns, terminal, out);
  for (const auto& row : rows_) print(row, columns, terminal, out);
  return out;
}

}  // namespace sallyport::cli
