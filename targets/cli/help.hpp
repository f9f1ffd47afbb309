// The pages behind --help: options on the left, their texts wrapped to the page on the right.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace sallyport::cli {

/// What the exit status says, for the foot of a page.
inline constexpr const char* exit_statuses =
    "Exit status:\n"
    "  0  every exercised property holds\n"
    "  1  some property is violated\n"
    "  2  wrong usage, a failure of the tool or its subject, or an inconclusive result\n"
    "  3  nothing was exercised, or a property named by --require was not\n"
    "Where several apply: 1, then 2, then 3.\n";

class Help : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* app, std::string name) const override;
  std::string make_description(const CLI::App* app) const override;
  std::string make_subcommand(const CLI::App* sub) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_footer(const CLI::App* app) const override;
};

}  // namespace sallyport::cli
