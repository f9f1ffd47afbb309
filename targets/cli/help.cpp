#include "targets/cli/help.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "targets/cli/output/terminal.hpp"
#include "targets/cli/output/text.hpp"

namespace sallyport::cli {
namespace {

std::size_t page() { return std::min<std::size_t>(terminal_of(STDOUT_FILENO).columns, 100); }

// `left` and, from column `at` on, `right`; below each other where `left` is long.
std::string two_columns(std::string_view left, std::string_view right, std::size_t at) {
  std::string out = fmt::format("  {}", left);
  std::size_t column = width_of(out);
  for (const std::string& line : wrap(right, std::max<std::size_t>(page(), at + 20) - at)) {
    if (column + 2 > at) {
      out += '\n';
      column = 0;
    }
    out.append(at - column, ' ');
    out += line;
    column = at;
  }
  return out + '\n';
}

std::size_t options_at() { return page() < 80 ? 8 : 32; }

}  // namespace

std::string Help::make_usage(const CLI::App* app, std::string name) const {
  std::string out = fmt::format("\nUsage: {}", name);
  for (const CLI::Option* option : app->get_options()) {
    if (!option->get_positional()) continue;
    const std::string shown =
        option->get_name(true) + (option->get_items_expected_max() > 1 ? "…" : "");
    out += option->get_required() ? fmt::format(" {}", shown) : fmt::format(" [{}]", shown);
  }
  if (!app->get_subcommands({}).empty()) out += " COMMAND";
  return out + " [OPTION…]\n";
}

std::string Help::make_description(const CLI::App* app) const {
  return joined(wrap(app->get_description(), page()), "\n") + "\n";
}

std::string Help::make_subcommand(const CLI::App* sub) const {
  const std::string about = sub->get_description();
  return two_columns(sub->get_name(), about.substr(0, about.find('\n')), 14);
}

std::string Help::make_option(const CLI::Option* option, bool is_positional) const {
  std::string left = make_option_name(option, is_positional);
  std::ranges::replace(left, ',', ' ');
  if (option->get_items_expected_max() > 0 && !is_positional) left += ' ' + option->get_type_name();
  return two_columns(left, option->get_description(), options_at());
}

// Sentences and statuses are wrapped; an example is there to be copied.
std::string Help::make_footer(const CLI::App* app) const {
  constexpr std::size_t status = 5;  // "  0  "
  std::string out;
  std::istringstream footer(app->get_footer());
  for (std::string line; std::getline(footer, line);) {
    const bool listed = line.starts_with("  ");
    if (listed && line.size() > status && line.substr(3, 2) == "  ") {
      out += two_columns(line.substr(2, 1), line.substr(status), status);
    } else {
      out += listed ? line + '\n' : paragraph(line, page());
    }
  }
  return out;
}

}  // namespace sallyport::cli
