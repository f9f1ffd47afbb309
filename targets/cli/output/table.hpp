// A table that fits its page. Columns take what their cells need; where that is too much, columns
// that wrap give way first, then columns that can be spared are left out, the last one first. Where
// even that is too wide, each row becomes a small paragraph: the short cells, and below them the
// long.
#pragma once

#include <string>
#include <vector>

#include "targets/cli/output/terminal.hpp"

namespace sallyport::cli {

struct Column {
  std::string heading;
  bool wraps = false;   // its cells may be broken over several lines
  bool spared = false;  // may be left out on a narrow page
};

struct Cell {
  std::string text;
  Style style = Style::plain;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// One cell per column; cells that are missing at the end are empty.
  void add(std::vector<Cell> row);

  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// The headings and rows, each line with its end. No line is wider than terminal.columns unless
  /// the cells that can neither wrap nor be spared are.
  [[nodiscard]] std::string fitted(const Terminal& terminal) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t page) const;
  void print(const std::vector<Cell>& row, const std::vector<std::size_t>& widths,
             const Terminal& terminal, std::string& out) const;
  void print_stacked(const std::vector<Cell>& row, const std::vector<std::size_t>& widths,
                     const Terminal& terminal, std::string& out) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace sallyport::cli
