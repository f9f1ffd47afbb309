// `sallyport audit`: judges recorded traffic.
#include "targets/live/audit.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <span>

#include "targets/cli/command.hpp"
#include "targets/cli/failure.hpp"
#include "targets/cli/files.hpp"
#include "targets/cli/help.hpp"
#include "targets/cli/options.hpp"
#include "targets/cli/output/json.hpp"
#include "targets/cli/output/table.hpp"
#include "targets/cli/output/text.hpp"
#include "targets/cli/output/violation.hpp"
#include "targets/cli/progress.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  Common common;
  std::vector<std::string> files;
  std::vector<std::string> properties;
  std::vector<std::string> required;
};

std::string repeat_line(const Options& options) {
  std::string line = "sallyport audit";
  for (const std::string& file : options.files) line += ' ' + shell_word(file);
  return line;
}

// What of one recording was put to the test.
std::string table_of(std::span<const Row> rows, const Terminal& terminal) {
  Table table({{.heading = "property"},
               {.heading = "verdict"},
               {.heading = "statement", .wraps = true, .spared = true}});
  for (const Row& row : rows) {
    if (row.result.exercised == 0) continue;
    const properties::Property* property = properties::find(row.result.property);
    table.add({{row.result.property},
               {fmt::format("{} ×{}", properties::name(row.result.verdict), row.result.exercised),
                style_of(row)},
               {property == nullptr ? "" : std::string(property->facts.statement), Style::quiet}});
  }
  return table.empty() ? std::string() : table.fitted(terminal);
}

std::string report(const Rows& rows, const Options& options, const Terminal& terminal) {
  std::string out;
  for (auto first = rows.begin(); first != rows.end();) {
    const auto end = std::find_if(first, rows.end(), [&](const Row& row) {
      return row.result.subject != first->result.subject;
    });
    const std::string table = table_of({first, end}, terminal);
    if (!table.empty()) {
      out += terminal.styled(first->result.subject, Style::heading) + '\n' + table + '\n';
    }
    first = end;
  }
  for (const Row& row : rows) {
    if (row.result.verdict != properties::Verdict::violated) continue;
    out += violation(row, repeat_line(options), Lines::clipped, terminal) + '\n';
  }
  return out;
}

Exit audit(const Options& options) {
  check(options.common);
  for (const std::string& id : options.required) (void)property_named(id);
  const auto properties = properties_named(options.properties);
  Rows rows;
  for (const std::string& file : options.files) {
    const BusyLine busy(options.common.quiet, "audit " + file);
    auto results = live::audit(file, read_file(file), properties);
    if (!results) throw Failure(one_line(results.error()));
    for (engine::Result& each : *results) rows.push_back({std::move(each), {}});
  }
  if (options.common.json()) {
    print(dumped(document("audit", rows)));
  } else {
    print(report(rows, options, terminal_of(STDOUT_FILENO)));
  }
  return ended(conclude(rows, options.required));
}

}  // namespace

void add_audit(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand(
      "audit",
      "Judge recorded traffic\n"
      "A recording is a capture of packets (pcap), a transcript (lines C: and S: under `imap` or "
      "`pop3`, as on the properties' pages), or a trace of events. Passwords are redacted in "
      "whatever is printed. What a recording doesn't show is unobservable.");
  sub->add_option("FILE", options->files, "The recordings")->required();
  add_judged_options(*sub, options->properties, options->required);
  add_common(*sub, options->common);
  sub->footer(exit_statuses);
  sub->callback([options, &action] { action = [options] { return audit(*options); }; });
}

}  // namespace sallyport::cli
