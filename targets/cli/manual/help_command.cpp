// `sallyport help`: what --help shows, and the same for manual pages, shells and scripts.
#include <CLI/CLI.hpp>
#include <array>
#include <memory>

#include "targets/cli/command.hpp"
#include "targets/cli/failure.hpp"
#include "targets/cli/manual/outline.hpp"
#include "targets/cli/options.hpp"
#include "targets/cli/output/json.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  std::string command;
  std::string format = "text";
};

std::string page(const CLI::App& app, const std::string& command) {
  if (command.empty()) {
    // app.help() would be that of the subcommand that was parsed: of this one.
    return app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal);
  }
  std::vector<std::string_view> names;
  for (const CLI::App* const sub : app.get_subcommands({})) {
    if (sub->get_name() == command) return sub->help(app.get_name());
    names.push_back(sub->get_name());
  }
  unknown("command", command, names);
}

Exit help(const CLI::App& app, const Options& options) {
  constexpr std::array<std::string_view, 6> formats{"text", "json", "man", "bash", "zsh", "fish"};
  expect_one_of("format", options.format, formats);
  if (options.format == "text") {
    print(page(app, options.command));
    return Exit::holds;
  }
  if (!options.command.empty()) {
    throw Failure("help: one COMMAND has a text alone; the other formats are of all commands");
  }
  const Outline outline = outline_of(app);
  if (options.format == "json") print(dumped(to_json(outline)));
  if (options.format == "man") print(manual_page(outline, app.version(), SALLYPORT_DATE));
  if (options.format == "bash") print(bash_completion(outline));
  if (options.format == "zsh") print(zsh_completion(outline));
  if (options.format == "fish") print(fish_completion(outline));
  return Exit::holds;
}

}  // namespace

void add_help(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand(
      "help", "Show what --help shows, or make a manual page or a shell's completions of it");
  sub->add_option("COMMAND", options->command, "Of this command alone");
  sub->add_option("--format", options->format,
                  "text for people, json for scripts, man for the manual page, or the completions "
                  "of a shell (default: text)")
      ->type_name("text|json|man|bash|zsh|fish");
  sub->callback(
      [options, &app, &action] { action = [options, &app] { return help(app, *options); }; });
}

}  // namespace sallyport::cli
