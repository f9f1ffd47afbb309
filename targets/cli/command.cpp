#include "targets/cli/command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "targets/cli/failure.hpp"
#include "targets/cli/help.hpp"
#include "targets/cli/options.hpp"
#include "targets/cli/output/text.hpp"

namespace sallyport::cli {
namespace {

constexpr std::string_view description =
    "Fuzzing and protocol verification for IMAP and POP3 front-ends";

constexpr const char* examples =
    "Examples:\n"
    "  sallyport verify --profile hardened --budget 60s\n"
    "  sallyport verify --fault pool-key-omits-user --engine explore --output findings\n"
    "  sallyport replay findings/hardened+pool-key-omits-user-imap-explore-ISO-01.script\n"
    "  sallyport probe imap://mail.example:143 --user alice --password-file alice.password\n"
    "  sallyport serve --profile exchange-2000 --imap 127.0.0.1:1143\n"
    "\n"
    "sallyport COMMAND --help tells more about each.\n";

// The names that could have stood where `given` did: options of `app`, or subcommands.
std::vector<std::string> names_near(const CLI::App& app, bool option) {
  std::vector<std::string> names;
  if (option) {
    for (const CLI::Option* o : app.get_options()) {
      for (const std::string& name : o->get_lnames()) names.push_back("--" + name);
    }
  } else {
    for (const CLI::App* sub : app.get_subcommands({})) names.push_back(sub->get_name());
  }
  return names;
}

std::string suggestion(std::string_view given, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view meant = nearest(given, views);
  return meant.empty() ? "" : fmt::format("; did you mean {}?", meant);
}

// The first argument that found no place. Values are not repeated: one could be a secret.
std::string extras_line(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  const CLI::App& where = chosen.empty() ? app : *chosen.front();
  const std::vector<std::string> extras = app.remaining(true);
  const std::string first = extras.empty() ? "" : extras.front();
  const std::string help = chosen.empty()
                               ? std::string("see sallyport --help")
                               : fmt::format("see sallyport {} --help", where.get_name());
  if (first.starts_with('-')) {
    const std::string option = first.substr(0, first.find('='));
    if (option == "--password") {
      return "there is no --password: secrets come from --password-file FILE or from the "
             "environment variable SALLYPORT_PASSWORD";
    }
    return fmt::format("there is no option {}{}; {}", option,
                       suggestion(option, names_near(where, true)), help);
  }
  if (chosen.empty()) {
    const auto names = names_near(app, false);
    return fmt::format("there is no command '{}'{}; expected: {}", first, suggestion(first, names),
                       joined(names, ", "));
  }
  return fmt::format("{}: there is an argument too many; {}", where.get_name(), help);
}

std::string parse_error_line(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return extras_line(app);
  if (chosen.empty() && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    // The parser asks for a subcommand before it looks at what is left over.
    if (app.remaining_size() > 0) return extras_line(app);
    return fmt::format("no command given; expected: {}", joined(names_near(app, false), ", "));
  }
  const std::string where = chosen.empty() ? "" : chosen.front()->get_name() + ": ";
  const std::string_view what = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const bool several = what.find("received") != std::string_view::npos;
    return fmt::format("{}{} {}", where, what.substr(0, what.find(':')),
                       several ? "is given more than once" : "takes a value");
  }
  return fmt::format("{}{}", where, what);
}

int failed(std::string_view what) {
  remark(what);
  return static_cast<int>(Exit::failed);
}

int dispatch(CLI::App& app, Action& action, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return failed(parse_error_line(app, error));
    if (dynamic_cast<const CLI::CallForVersion*>(&error) != nullptr) {
      print(fmt::format("{}\n", error.what()));
    } else {
      print(app.help());
    }
    return 0;
  }
  return static_cast<int>(action());
}

}  // namespace

void print(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0) {
    throw Failure(fmt::format("standard output: {}", std::strerror(errno)));
  }
}

void remark(std::string_view text) { fmt::print(stderr, "sallyport: {}\n", one_line(text)); }

Exit ended(const Conclusion& conclusion) {
  if (!conclusion.remark.empty()) remark(conclusion.remark);
  return conclusion.exit;
}

int run(int argc, char** argv) {
  try {
    CLI::App app{std::string(description), "sallyport"};
    Action action;
    app.formatter(std::make_shared<Help>());
    app.set_version_flag("--version", std::string("sallyport ") + SALLYPORT_VERSION,
                         "Print the version and exit");
    app.get_help_ptr()->description("Print this help and exit");
    app.require_subcommand(1);
    add_verify(app, action);
    add_probe(app, action);
    add_serve(app, action);
    add_interpose(app, action);
    add_audit(app, action);
    add_load(app, action);
    add_replay(app, action);
    add_properties(app, action);
    add_faults(app, action);
    add_report(app, action);
    add_help(app, action);
    for (CLI::App* sub : app.get_subcommands({})) sub->group("Commands");
    app.footer(std::string(exit_statuses) + "\n" + examples);
    return dispatch(app, action, argc, argv);
  } catch (const std::exception& error) {
    return failed(error.what());
  }
}

}  // namespace sallyport::cli
