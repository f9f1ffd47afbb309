// The command line: one function per subcommand adds it to the parser together with what it does.
#pragma once

#include <functional>
#include <string_view>

#include "targets/cli/conclusion.hpp"

namespace CLI {
class App;
}

namespace sallyport::cli {

/// What the chosen subcommand does once the whole line is parsed.
using Action = std::function<Exit()>;

void add_verify(CLI::App& app, Action& action);
void add_probe(CLI::App& app, Action& action);
void add_serve(CLI::App& app, Action& action);
void add_audit(CLI::App& app, Action& action);
void add_interpose(CLI::App& app, Action& action);
void add_load(CLI::App& app, Action& action);
void add_replay(CLI::App& app, Action& action);
void add_properties(CLI::App& app, Action& action);
void add_faults(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);
void add_help(CLI::App& app, Action& action);

/// Everything between main's arguments and its exit status.
[[nodiscard]] int run(int argc, char** argv);

/// To stdout. Fails where it can't be written.
void print(std::string_view text);

/// A remark for stderr: one line that starts with the program's name.
void remark(std::string_view text);

/// Says why on stderr where the exit status isn't 0 or 1, and passes the status on.
[[nodiscard]] Exit ended(const Conclusion& conclusion);

}  // namespace sallyport::cli
