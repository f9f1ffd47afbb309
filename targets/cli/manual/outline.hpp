// The command line as data, read off its parser: what the manual page, the shells' completions and
// the check of the documents' own command lines are made of, so that none of them is a copy.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "targets/cli/output/json.hpp"

namespace CLI {
class App;
}

namespace sallyport::cli {

/// What may stand for an argument's value.
enum class Values : std::uint8_t {
  open,   // anything
  words,  // one of a few
  files,
  folders,
  named_files,  // NAME=FILE
};

/// An option, or what stands without one.
struct Argument {
  std::vector<std::string> names;  // "-q", "--quiet"; none where it stands without
  std::string value;               // "TIME|COUNTx"; empty for a flag
  std::string about;
  Values values = Values::open;
  std::vector<std::string> words;
  bool listed = false;    // several with commas
  bool repeated = false;  // may be given again
  bool required = false;
};

struct Outline {
  std::string name;
  std::string summary;  // one line
  std::string detail;   // what else there is to say; perhaps empty
  std::string footer;
  std::vector<Argument> arguments;  // in order
  std::vector<Argument> options;
  std::vector<Outline> commands;
};

[[nodiscard]] Outline outline_of(const CLI::App& app);

[[nodiscard]] Json to_json(const Outline& outline);

/// The manual page, in the macros of man(7).
[[nodiscard]] std::string manual_page(const Outline& command, std::string_view version,
                                      std::string_view date);

/// Completions, in the words of each shell.
[[nodiscard]] std::string bash_completion(const Outline& command);
[[nodiscard]] std::string zsh_completion(const Outline& command);
[[nodiscard]] std::string fish_completion(const Outline& command);

}  // namespace sallyport::cli
