// `sallyport load`: how many sessions a second a server bears, or how many that rest.
#include "targets/live/load.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "targets/cli/command.hpp"
#include "targets/cli/failure.hpp"
#include "targets/cli/options.hpp"
#include "targets/cli/output/json.hpp"
#include "targets/cli/progress.hpp"
#include "targets/cli/secrets.hpp"

namespace sallyport::cli {
namespace {

constexpr std::uint64_t at_once_max = 20'000;

struct Options {
  Common common;
  std::string url;
  AccountOptions accounts;
  bool starttls = false;
  std::string ca_file;
  bool insecure = false;
  std::string at_once = "1";
  std::string budget = "5s";
  bool hold = false;
};

live::LoadOptions resolved(const Options& options) {
  check(options.common);
  auto endpoint = live::endpoint_from(options.url);
  if (!endpoint) throw Failure(endpoint.error());
  const std::vector<Account> accounts = accounts_from(options.accounts);
  if (accounts.size() != 1)
    throw Failure("load needs one account: --user NAME --password-file FILE");
  const auto budget = engine::budget_from(options.budget);
  if (!budget || !budget->time) throw Failure("--budget takes a time here (5s, 1m)");
  return {.endpoint = *std::move(endpoint),
          .starttls = options.starttls,
          .trust = {.ca_file = options.ca_file, .insecure = options.insecure},
          .credential = {.user = accounts.front().user, .password = accounts.front().password},
          .at_once = number_named("--at-once", options.at_once, 1, at_once_max),
          .duration = *budget->time,
          .hold = options.hold};
}

Exit load(const Options& options) {
  live::LoadOptions load = resolved(options);
  if (options.hold) {
    load.on_held = [&load] { print(fmt::format("held {}\n", load.at_once)); };
  }
  std::optional<BusyLine> busy(std::in_place, options.common.quiet || options.hold,
                               "load " + options.url);
  const auto result = live::load(load);
  busy.reset();
  if (!result) throw Failure(result.error());
  const double rate = static_cast<double>(result->sessions) / result->seconds;
  if (options.common.json()) {
    print(dumped({{"schema", 1},
                  {"command", "load"},
                  {"sessions", result->sessions},
                  {"failed", result->failed},
                  {"seconds", result->seconds}}));
  } else if (!options.hold) {
    print(fmt::format("{} sessions in {:.1f} s, {:.0f} a second; {} failed\n", result->sessions,
                      result->seconds, rate, result->failed));
  }
  if (result->failed > 0)
    throw Failure(fmt::format("{} sessions failed: {}", result->failed, result->failure));
  return result->sessions > 0 ? Exit::holds : Exit::vacuous;
}

}  // namespace

void add_load(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand(
      "load",
      "Log in and out of a server again and again, or have many sessions rest there\n"
      "Judges nothing. The server is asked for as much as it can do: only for a server of your "
      "own.");
  sub->add_option("URL", options->url, "The server; its host is an address")->required();
  sub->add_flag("--starttls", options->starttls, "Start TLS before anything else (STARTTLS, STLS)");
  sub->add_option("--ca-file", options->ca_file,
                  "Certificates to believe, a PEM file (default: the system's)")
      ->type_name("FILE");
  sub->add_flag("--insecure", options->insecure, "Believe any certificate");
  sub->add_option("--at-once", options->at_once, "So many sessions at a time (default: 1)")
      ->type_name("N");
  sub->add_option("--budget", options->budget, "For so long (default: 5s)")->type_name("TIME");
  sub->add_flag("--hold", options->hold,
                "Log in and rest; prints `held N`, and ends with SIGTERM or SIGINT");
  add_account_options(*sub, options->accounts);
  add_common(*sub, options->common);
  sub->callback([options, &action] { action = [options] { return load(*options); }; });
}

}  // namespace sallyport::cli
