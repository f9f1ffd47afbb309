// `sallyport faults`: what can be wrong with the reference front-end, and which property must say
// so.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "targets/cli/command.hpp"
#include "targets/cli/options.hpp"
#include "targets/cli/output/json.hpp"
#include "targets/cli/output/table.hpp"

namespace sallyport::cli {
namespace {

Exit list(const Common& common) {
  check(common);
  if (common.json()) {
    Json json;
    json["faults"] = Json::array();
    for (const frontend::FaultFacts& fault : frontend::faults()) {
      json["faults"].push_back(to_json(fault));
    }
    print(dumped(json));
    return Exit::holds;
  }
  Table table({{.heading = "fault"},
               {.heading = "property"},
               {.heading = "summary", .wraps = true},
               {.heading = "source", .wraps = true, .spared = true}});
  for (const frontend::FaultFacts& fault : frontend::faults()) {
    table.add({{std::string(fault.name)},
               {std::string(fault.property)},
               {std::string(fault.summary)},
               {std::string(fault.source), Style::quiet}});
  }
  print(table.fitted(terminal_of(STDOUT_FILENO)));
  return Exit::holds;
}

}  // namespace

void add_faults(CLI::App& app, Action& action) {
  auto common = std::make_shared<Common>();
  CLI::App* sub = app.add_subcommand(
      "faults",
      "List the faults that can be put into a front-end\n"
      "Each is one deviation modelled on a real bug. The property named beside it must catch it.");
  add_common(*sub, *common);
  sub->callback([common, &action] { action = [common] { return list(*common); }; });
}

}  // namespace sallyport::cli
