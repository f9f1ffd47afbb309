#include "targets/cli/manual/outline.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cctype>

#include "frontend/profile.hpp"
#include "properties/property.hpp"
#include "targets/cli/verify.hpp"

namespace sallyport::cli {
namespace {

template <class Rows>
std::vector<std::string> names_of(const Rows& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.emplace_back(row.name);
  return names;
}

// "text|json" says its words itself; what is in capitals in such a list stands for something else.
std::vector<std::string> alternatives(std::string_view value) {
  std::vector<std::string> words;
  if (value.find('|') == std::string_view::npos) return words;
  while (!value.empty()) {
    const std::string_view word = value.substr(0, value.find('|'));
    value.remove_prefix(std::min(value.size(), word.size() + 1));
    const bool is_word = std::ranges::all_of(
        word, [](unsigned char c) { return std::islower(c) != 0 || std::isdigit(c) != 0; });
    if (is_word) words.emplace_back(word);
  }
  return words;
}

std::vector<std::string> words_of(std::string_view value) {
  if (value == "PROFILE") return names_of(frontend::profiles());
  if (value == "FAULT") return names_of(frontend::faults());
  if (value.starts_with("ENGINE")) return {engine_names.begin(), engine_names.end()};
  if (value == "ID") {
    std::vector<std::string> ids;
    for (const properties::Property* property : properties::catalogue()) {
      ids.emplace_back(property->facts.id);
    }
    return ids;
  }
  return alternatives(value);
}

void find_values(Argument& argument) {
  argument.words = words_of(argument.value);
  constexpr std::array<std::string_view, 3> files{"FILE", "FINDING", "RESULTS"};
  if (!argument.words.empty()) {
    argument.values = Values::words;
  } else if (std::ranges::find(files, argument.value) != files.end()) {
    argument.values = Values::files;
  } else if (argument.value == "DIR") {
    argument.values = Values::folders;
  } else if (argument.value == "NAME=FILE" || argument.value == "NAME=PATH") {
    argument.values = Values::named_files;
  }
}

Argument argument_of(const CLI::Option& option) {
  Argument argument;
  for (const std::string& name : option.get_snames()) argument.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) argument.names.push_back("--" + name);
  argument.about = option.get_description();
  argument.required = option.get_required();
  argument.repeated = option.get_items_expected_max() > 1;
  argument.listed = option.get_delimiter() != '\0';
  if (option.get_positional()) {
    argument.value = option.get_name(true);
  } else if (option.get_items_expected_max() > 0) {
    argument.value = option.get_type_name();
  }
  find_values(argument);
  return argument;
}

Json to_json(const Argument& argument) {
  return {{"names", argument.names},      {"value", argument.value},
          {"about", argument.about},      {"words", argument.words},
          {"listed", argument.listed},    {"repeated", argument.repeated},
          {"required", argument.required}};
}

}  // namespace

Outline outline_of(const CLI::App& app) {
  Outline outline;
  outline.name = app.get_name();
  const std::string about = app.get_description();
  const std::size_t end = about.find('\n');
  outline.summary = about.substr(0, end);
  if (end != std::string::npos) outline.detail = about.substr(end + 1);
  outline.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;  // not shown to anybody
    auto& place = option->get_positional() ? outline.arguments : outline.options;
    place.push_back(argument_of(*option));
  }
  std::vector<std::string> commands;
  for (const CLI::App* sub : app.get_subcommands({})) {
    outline.commands.push_back(outline_of(*sub));
    commands.push_back(sub->get_name());
  }
  for (Outline& command : outline.commands) {
    for (Argument& argument : command.arguments) {
      if (argument.value != "COMMAND") continue;
      argument.words = commands;
      argument.values = Values::words;
    }
  }
  return outline;
}

Json to_json(const Outline& outline) {
  Json json{{"name", outline.name}, {"summary", outline.summary}};
  for (const auto& [key, arguments] :
       {std::pair{"arguments", &outline.arguments}, std::pair{"options", &outline.options}}) {
    json[key] = Json::array();
    for (const Argument& argument : *arguments) json[key].push_back(to_json(argument));
  }
  json["commands"] = Json::array();
  for (const Outline& command : outline.commands) json["commands"].push_back(to_json(command));
  return json;
}

}  // namespace sallyport::cli
