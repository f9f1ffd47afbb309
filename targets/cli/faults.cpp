// `sallyport faults`: what can be wrong with the reference front-end, and which property must say
// so.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "targets/cli/command.hpp"
#include "targets/cli/matrix.hpp"
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
  auto options = std::make_shared<MatrixOptions>();
  auto matrix = std::make_shared<bool>(false);
  CLI::App* sub = app.add_subcommand(
      "faults",
      "List the faults that can be put into a front-end\n"
      "Each is one deviation modelled on a real bug. The property named beside it must catch it.");
  auto* const wanted =
      sub->add_flag("--matrix", *matrix, "Run every engine on every fault: who catches which");
  sub->add_option("--fault", options->faults, "With --matrix: this fault only; repeatable")
      ->type_name("FAULT")
      ->delimiter(',')
      ->needs(wanted);
  sub->add_option("--engine", options->engines, "With --matrix: these engines only")
      ->type_name("ENGINE[,ENGINE…]")
      ->delimiter(',')
      ->needs(wanted);
  sub->add_option("--budget", options->budget,
                  "With --matrix: for each fault and engine, which stops at its catch "
                  "(default: 20s)")
      ->type_name("TIME|COUNTx")
      ->needs(wanted);
  sub->add_option("--seed", options->seed, "With --matrix: where chance begins (default: 1)")
      ->type_name("N")
      ->needs(wanted);
  sub->add_option("--witnesses", options->witnesses,
                  "With --matrix: write each fault's shortest witness into this directory")
      ->type_name("DIR")
      ->needs(wanted);
  add_common(*sub, options->common);
  sub->callback([options, matrix, &action] {
    action = [options, matrix] { return *matrix ? run_matrix(*options) : list(options->common); };
  });
}

}  // namespace sallyport::cli
