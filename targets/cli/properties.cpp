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
#include "trace/persistence.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  bool mechanisms = false;
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

/// The persistence classes: what each mechanism needs of the connection that it goes over.
Exit list_mechanisms(const Options& options) {
  Table table({{.heading = "mechanism"},
               {.heading = "class"},
               {.heading = "round trips"},
               {.heading = "bound to", .wraps = true},
               {.heading = "a front-end may offer it if", .wraps = true},
               {.heading = "source", .wraps = true, .spared = true}});
  Json json;
  json["mechanisms"] = Json::array();
  for (const trace::MechanismFacts& facts : trace::mechanism_facts()) {
    const std::string trips =
        facts.round_trips_initial == 0
            ? std::to_string(facts.round_trips)
            : fmt::format("{}/{}", facts.round_trips, facts.round_trips_initial);
    table.add({{std::string(trace::name(facts.mechanism))},
               {std::string(trace::letter(facts.persistence))},
               {trips},
               {std::string(facts.binding)},
               {std::string(facts.offered_iff)},
               {std::string(facts.source), Style::quiet}});
    json["mechanisms"].push_back({{"name", trace::name(facts.mechanism)},
                                  {"class", trace::letter(facts.persistence)},
                                  {"round_trips", trips},
                                  {"binding", facts.binding},
                                  {"offered_if", facts.offered_iff},
                                  {"source", facts.source}});
  }
  print(options.common.json() ? dumped(json) : table.fitted(terminal_of(STDOUT_FILENO)));
  return Exit::holds;
}

Exit list(const Options& options) {
  check(options.common);
  if (options.mechanisms) return list_mechanisms(options);
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
  sub->add_flag("--mechanisms", options->mechanisms,
                "Show instead what each SASL mechanism needs of a connection");
  add_common(*sub, options->common);
  sub->callback([options, &action] { action = [options] { return list(*options); }; });
}

}  // namespace sallyport::cli
