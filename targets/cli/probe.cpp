// `sallyport probe`: judges live servers from outside.
#include "targets/live/probe.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <memory>

#include "targets/cli/command.hpp"
#include "targets/cli/deviations.hpp"
#include "targets/cli/failure.hpp"
#include "targets/cli/files.hpp"
#include "targets/cli/help.hpp"
#include "targets/cli/options.hpp"
#include "targets/cli/output/json.hpp"
#include "targets/cli/output/table.hpp"
#include "targets/cli/output/text.hpp"
#include "targets/cli/output/violation.hpp"
#include "targets/cli/progress.hpp"
#include "targets/cli/secrets.hpp"

namespace sallyport::cli {
namespace {

using properties::Verdict;

// A server as a whole gets this many times as long as one answer.
constexpr int answers_per_server = 60;

struct Options {
  Common common;
  std::vector<std::string> urls;
  bool starttls = false;
  AccountOptions accounts;
  std::string role = "frontend";
  std::string deviations;
  std::string server;
  std::string ca_file;
  bool insecure = false;
  std::string own_certificate;
  std::string own_key;
  std::vector<std::string> properties;
  std::vector<std::string> required;
  std::string timeout = "5s";
  std::string silence;
  double rate = live::Manners{}.connections_per_second;
  std::size_t connections = live::Manners{}.connections_max;
  std::size_t failed_logins = live::Manners{}.failed_logins_max;
  bool expose_password = false;
  bool dry_run = false;
  std::string tap;
  bool backend_tls = false;
  std::string patience;
};

// One server's rows.
struct Probed {
  std::string url;
  std::string subject;
  Rows rows;
};

live::Manners manners_of(const Options& options) {
  if (!(options.rate > 0)) throw Failure("--rate takes a number above 0, of connections a second");
  live::Manners manners{.connections_per_second = options.rate,
                        .connections_max = options.connections,
                        .failed_logins_max = options.failed_logins,
                        .exposes_password = options.expose_password};
  if (options.silence.empty()) return manners;
  const auto silence = time_of("--silence", options.silence);
  manners.silence_seconds = static_cast<std::uint32_t>(silence / std::chrono::seconds(1));
  if (manners.silence_seconds == 0) throw Failure("--silence takes a second at least");
  return manners;
}

live::ProbeOptions resolved(const Options& options) {
  check(options.common);
  constexpr std::array<std::string_view, 2> roles{"frontend", "backend"};
  expect_one_of("role", options.role, roles);
  live::ProbeOptions out;
  for (const std::string& url : options.urls) {
    auto endpoint = live::endpoint_from(url);
    if (!endpoint) throw Failure(endpoint.error());
    out.endpoints.push_back(*std::move(endpoint));
  }
  out.starttls = options.starttls;
  out.role = options.role == "backend" ? live::Role::back_end : live::Role::front_end;
  if (!options.own_key.empty() && options.own_certificate.empty()) {
    throw Failure("--own-key needs --own-certificate FILE");
  }
  out.trust = {.ca_file = options.ca_file,
               .insecure = options.insecure,
               .own_certificate = options.own_certificate,
               .own_key = options.own_key};
  out.limits.connect = out.limits.answer = time_of("--timeout", options.timeout);
  out.manners = manners_of(options);
  if (!options.tap.empty()) {
    auto tap = live::address_from(options.tap);
    if (!tap) throw Failure(fmt::format("--backend-tap {}", tap.error()));
    out.tap = *std::move(tap);
  }
  const bool of_tap = options.backend_tls || !options.patience.empty();
  if (of_tap && !out.tap) throw Failure("--backend-tls and --patience need --backend-tap");
  out.backend_tls = options.backend_tls;
  if (!options.patience.empty()) out.limits.patience = time_of("--patience", options.patience);
  out.limits.endpoint = std::max(out.limits.answer, out.limits.patience) * answers_per_server +
                        std::chrono::seconds(out.manners.silence_seconds);
  out.properties = properties_named(options.properties);
  for (const std::string& id : options.required) (void)property_named(id);
  for (const Account& account : accounts_from(options.accounts)) {
    out.credentials.push_back({.user = account.user, .password = account.password});
  }
  return out;
}

std::string repeat_line(const Options& options, std::string_view url) {
  std::string line = fmt::format("sallyport probe {}", shell_word(url));
  const auto add = [&line](std::string_view name, std::string_view value) {
    if (!value.empty()) line += fmt::format(" {} {}", name, shell_word(value));
  };
  if (options.starttls) line += " --starttls";
  if (options.insecure) line += " --insecure";
  add("--ca-file", options.ca_file);
  add("--own-certificate", options.own_certificate);
  add("--own-key", options.own_key);
  if (options.role != "frontend") add("--role", options.role);
  add("--backend-tap", options.tap);
  if (options.backend_tls) line += " --backend-tls";
  add("--patience", options.patience);
  add("--silence", options.silence);
  if (options.expose_password) line += " --expose-password";
  if (options.failed_logins != live::Manners{}.failed_logins_max) {
    line += fmt::format(" --failed-logins {}", options.failed_logins);
  }
  add("--user", options.accounts.user);
  add("--password-file", options.accounts.password_file);
  for (const std::string& account : options.accounts.accounts) add("--account", account);
  return line;
}

std::string table_of(const Rows& rows, const Terminal& terminal) {
  Table table({{.heading = "property"},
               {.heading = "verdict"},
               {.heading = "statement", .wraps = true, .spared = true}});
  for (const Row& row : rows) {
    if (row.result.verdict == Verdict::unobservable) continue;
    std::string verdict(properties::name(row.result.verdict));
    if (row.result.exercised > 0) verdict += fmt::format(" ×{}", row.result.exercised);
    if (!row.deviation.empty()) verdict += ", as listed";
    const properties::Property* property = properties::find(row.result.property);
    table.add({{row.result.property},
               {std::move(verdict), style_of(row)},
               {property == nullptr ? "" : std::string(property->facts.statement), Style::quiet}});
  }
  return table.empty() ? "" : table.fitted(terminal);
}

std::string report(const std::vector<Probed>& servers, const Options& options,
                   const Terminal& terminal) {
  std::string out;
  for (const Probed& server : servers) {
    out += terminal.styled(server.subject, Style::heading) + '\n';
    out += table_of(server.rows, terminal);
    std::vector<std::string> unobservable;
    for (const Row& row : server.rows) {
      if (row.result.verdict == Verdict::unobservable) unobservable.push_back(row.result.property);
    }
    if (!unobservable.empty()) {
      out += field("unobservable", joined(unobservable, ", "), terminal);
    }
    out += '\n';
    for (const Row& row : server.rows) {
      if (row.result.verdict != Verdict::violated) continue;
      out += violation(row, repeat_line(options, server.url), Lines::clipped, terminal) + '\n';
    }
  }
  return out;
}

// The rows of all servers, each with its deviation; what is listed and didn't happen is said.
Rows judged(std::vector<Probed>& servers, const std::vector<Deviation>& listed, bool quiet) {
  Rows all;
  for (const Probed& server : servers) {
    all.insert(all.end(), server.rows.begin(), server.rows.end());
  }
  for (const Deviation& absent : mark(all, listed)) {
    if (quiet) break;
    remark(fmt::format("the listed deviation {} on {} did not happen", absent.property,
                       absent.subject));
  }
  auto marked = all.begin();
  for (Probed& server : servers) {
    for (Row& row : server.rows) row.deviation = (marked++)->deviation;
  }
  return all;
}

Exit probe(const Options& options) {
  live::ProbeOptions request = resolved(options);
  std::vector<Deviation> listed;
  if (!options.deviations.empty()) {
    listed = deviations_from(read_file(options.deviations), options.deviations, options.server);
  }
  if (options.dry_run) {
    print(live::dry_run(request));
    return Exit::holds;
  }
  note_interrupts();
  ProgressLine progress(options.common.quiet);
  progress.begin(options.urls.size() == 1 ? request.endpoints.front().subject()
                                          : counted(options.urls.size(), "server"));
  request.on_progress = &ProgressLine::on_progress;
  request.progress_context = &progress;
  auto results = live::probe(request);
  progress.erase();
  if (!results) throw Failure(results.error());
  std::vector<Probed> servers;
  for (std::size_t i = 0; i < results->size(); ++i) {
    live::ProbeResult& result = (*results)[i];
    servers.push_back({.url = options.urls[i], .subject = result.subject, .rows = {}});
    for (engine::Result& row : result.results) servers.back().rows.push_back({std::move(row), {}});
  }
  const Rows rows = judged(servers, listed, options.common.quiet);
  if (options.common.json()) {
    print(dumped(document("probe", rows)));
  } else {
    print(report(servers, options, terminal_of(STDOUT_FILENO)));
  }
  return ended(conclude(rows, options.required, interrupted()));
}

void add_trust_options(CLI::App& sub, Options& options) {
  sub.add_flag("--starttls", options.starttls, "Start TLS before anything else (STARTTLS, STLS)");
  sub.add_option("--ca-file", options.ca_file,
                 "Certificates to believe, a PEM file (default: the system's)")
      ->type_name("FILE");
  sub.add_flag("--insecure", options.insecure, "Believe any certificate");
  sub.add_option("--own-certificate", options.own_certificate,
                 "The first account's, a PEM file: EXTERNAL is tried with it")
      ->type_name("FILE");
  sub.add_option("--own-key", options.own_key, "A PEM file (default: the certificate's)")
      ->type_name("FILE");
}

void add_manners(CLI::App& sub, Options& options) {
  sub.add_option("--timeout", options.timeout,
                 "How long an answer may take; a server as a whole gets sixty times as long "
                 "(default: 5s)")
      ->type_name("TIME");
  sub.add_option("--rate", options.rate, "Connections a second at most (default: 20)")
      ->type_name("N");
  sub.add_option("--connections", options.connections,
                 "Connections to one server at most (default: 400)")
      ->type_name("N");
  sub.add_option("--failed-logins", options.failed_logins,
                 "How often a login of an account may be made to fail (default: 2)")
      ->type_name("N");
  sub.add_option("--silence", options.silence,
                 "Let a session that is logged in rest so long; RES-03 needs 300s at least")
      ->type_name("TIME");
  sub.add_flag("--expose-password", options.expose_password,
               "Try the right password in the clear where the server forbids that; to this "
               "machine itself it is tried in any case");
  sub.add_flag("--dry-run", options.dry_run, "Send nothing; say what would be sent, and when");
}

}  // namespace

void add_probe(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand(
      "probe",
      "Judge live servers from outside\n"
      "A URL is imap://HOST[:PORT], pop3://, imaps:// or pop3s://. No mailbox is changed, and "
      "logins "
      "of an account are made to fail at most twice. What a client's wire can't show is reported "
      "as unobservable.");
  sub->add_option("URL", options->urls, "The servers, one after the other")->required();
  add_trust_options(*sub, *options);
  add_account_options(*sub, options->accounts);
  sub->add_option("--role", options->role,
                  "What the server is; a backend may offer NTLM (default: frontend)")
      ->type_name("frontend|backend");
  sub->add_option(
         "--deviations", options->deviations,
         "A TOML file of expected violations; [[deviation]] with property, reason and "
         "perhaps subject, as in \"mail.example:*/imap\". They are reported, but don't fail "
         "the run")
      ->type_name("FILE");
  sub->add_option("--server", options->server,
                  "Which server this is, in a file of deviations that is of many")
      ->type_name("NAME");
  sub->add_option("--backend-tap", options->tap,
                  "Where sallyport interpose shows what goes on between the server and its "
                  "back-end, and lets things go wrong there")
      ->type_name("ADDR:PORT");
  sub->add_flag("--backend-tls", options->backend_tls,
                "It is to reach its back-end by TLS alone, and to check the certificate");
  sub->add_option("--patience", options->patience,
                  "How long it is waited for where its back-end fails (default: as --timeout); "
                  "with it back-ends hang, too")
      ->type_name("TIME");
  add_judged_options(*sub, options->properties, options->required);
  add_manners(*sub, *options);
  add_common(*sub, options->common);
  sub->footer(exit_statuses);
  sub->callback([options, &action] { action = [options] { return probe(*options); }; });
}

}  // namespace sallyport::cli
