// `sallyport properties`: the catalogue, or one property of it.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "targets/cli/command.hpp"
#include "targets/cli/options.hpp"
#include "targets/cli/output/json.hpp"
#include "targets/cli/output/table.hpp"
#include "targets/cli/output/text.hpp"
#include "targets/cli/output/violation.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  Common common;
  std::string id;
};

std::string_view name(properties::Applies applies) {
  switch (applies) {
    case properties::Applies::both:
      return "IMAP and POP3";
    case properties::Applies::imap:
      return "IMAP";
    case properties::Applies::pop3:
      return "POP3";
  }
  return "";
}

std::string page_of(const properties::Facts& facts, const Terminal& terminal) {
  std::string out = terminal.styled(facts.id, Style::heading) + '\n';
  out += field("Statement", facts.statement, terminal);
  out += field("Kind", properties::name(facts.kind), terminal);
  out += field("Severity", properties::name(facts.severity), terminal);
  out += field("Needs", properties::name(facts.needs), terminal);
  out += field("Protocols", name(facts.applies), terminal);
  out += field("Source", facts.source, terminal);
  std::string faults;
  for (const frontend::FaultFacts& fault : frontend::faults()) {
    if (fault.property != facts.id) continue;
    if (!faults.empty()) faults += ", ";
    faults += fault.name;
  }
  return out + field("Faults", faults.empty() ? "none violates it on purpose" : faults, terminal);
}

std::string table_of(const std::vector<const properties::Property*>& chosen,
                     const Terminal& terminal) {
  Table table({{.heading = "id"},
               {.heading = "statement", .wraps = true},
               {.heading = "kind"},
               {.heading = "severity", .spared = true},
               {.heading = "needs", .spared = true},
               {.heading = "source", .wraps = true, .spared = true}});
  for (const properties::Property* property : chosen) {
    const properties::Facts& facts = property->facts;
    table.add({{std::string(facts.id)},
               {std::string(facts.statement)},
               {std::string(properties::name(facts.kind))},
               {std::string(properties::name(facts.severity))},
               {std::string(properties::name(facts.needs))},
               {std::string(facts.source), Style::quiet}});
  }
  return table.fitted(terminal);
}

Exit list(const Options& options) {
  check(options.common);
  std::vector<std::string> ids;
  if (!options.id.empty()) ids.push_back(options.id);
  const std::vector<const properties::Property*> chosen = properties_named(ids);
  if (options.common.json()) {
    Json json;
    json["properties"] = Json::array();
    for (const properties::Property* property : chosen) {
      json["properties"].push_back(to_json(property->facts));
    }
    print(dumped(json));
  } else {
    const Terminal terminal = terminal_of(STDOUT_FILENO);
    print(options.id.empty() ? table_of(chosen, terminal)
                             : page_of(chosen.front()->facts, terminal));
  }
  return Exit::holds;
}

}  // namespace

void add_properties(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand("properties", "List the properties, or show one");
  sub->add_option("ID", options->id, "The property to show, ADV-01 for example");
  add_common(*sub, options->common);
  sub->callback([options, &action] { action = [options] { return list(*options); }; });
}

}  // namespace sallyport::cli
