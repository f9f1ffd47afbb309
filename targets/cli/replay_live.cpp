#include "targets/cli/replay_live.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "targets/cli/failure.hpp"
#include "targets/cli/options.hpp"
#include "targets/cli/output/text.hpp"
#include "targets/cli/output/violation.hpp"
#include "targets/live/probe.hpp"
#include "targets/live/witness.hpp"

namespace sallyport::cli {
namespace {

live::ProbeOptions resolved(const world::Finding& finding, const LiveOptions& options) {
  live::ProbeOptions out;
  auto endpoint = live::endpoint_from(options.url);
  if (!endpoint) throw Failure(endpoint.error());
  if (endpoint->protocol() != finding.script.protocol) {
    throw Failure(fmt::format("the script speaks {}; expected a URL of that, not {}",
                              trace::name(finding.script.protocol), one_line(options.url)));
  }
  out.endpoints.push_back(*std::move(endpoint));
  out.starttls = options.starttls;
  out.trust = {.ca_file = options.ca_file, .insecure = options.insecure};
  if (!finding.property.empty()) out.properties = properties_named({finding.property});
  for (const Account& account : accounts_from(options.accounts)) {
    out.credentials.push_back({.user = account.user, .password = account.password});
  }
  if (!options.tap.empty()) {
    auto tap = live::address_from(options.tap);
    if (!tap) throw Failure(fmt::format("--backend-tap {}", tap.error()));
    out.tap = *std::move(tap);
  }
  if (!options.patience.empty()) {
    if (!out.tap) throw Failure("--patience needs --backend-tap");
    out.limits.patience = time_of("--patience", options.patience);
  }
  out.script = finding.script;
  return out;
}

}  // namespace

LiveReplay replayed_live(const world::Finding& finding, const LiveOptions& options) {
  auto results = live::probe(resolved(finding, options));
  if (!results) throw Failure(results.error());
  LiveReplay replay{.rows = {}, .dialogue = live::transcript(results->front().trace)};
  for (engine::Result& each : results->front().results) {
    replay.rows.push_back({std::move(each), {}});
  }
  return replay;
}

std::string repeat_line(const std::string& file, const LiveOptions& options) {
  std::string line =
      fmt::format("sallyport replay {} --live {}", shell_word(file), shell_word(options.url));
  const auto add = [&line](std::string_view name, std::string_view value) {
    if (!value.empty()) line += fmt::format(" {} {}", name, shell_word(value));
  };
  if (options.starttls) line += " --starttls";
  if (options.insecure) line += " --insecure";
  add("--ca-file", options.ca_file);
  add("--backend-tap", options.tap);
  add("--patience", options.patience);
  add("--user", options.accounts.user);
  add("--password-file", options.accounts.password_file);
  for (const std::string& account : options.accounts.accounts) add("--account", account);
  return line;
}

void add_live_options(CLI::App& sub, LiveOptions& options) {
  sub.add_option("--live", options.url,
                 "Play the script on this server instead, as probe would; the accounts below take "
                 "the places of alice, bob and carol")
      ->type_name("URL");
  sub.add_flag("--starttls", options.starttls, "With --live: see sallyport probe");
  sub.add_option("--ca-file", options.ca_file, "With --live: see sallyport probe")
      ->type_name("FILE");
  sub.add_flag("--insecure", options.insecure, "With --live: see sallyport probe");
  sub.add_option("--backend-tap", options.tap, "With --live: see sallyport probe")
      ->type_name("ADDR:PORT");
  sub.add_option("--patience", options.patience, "With --live: see sallyport probe")
      ->type_name("TIME");
  add_account_options(sub, options.accounts);
}

}  // namespace sallyport::cli
