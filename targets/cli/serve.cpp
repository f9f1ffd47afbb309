// `sallyport serve`: the reference front-end and its back-end on TCP, for telnet and real clients.
#include "targets/live/serve.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <memory>

#include "targets/cli/command.hpp"
#include "targets/cli/failure.hpp"
#include "targets/cli/options.hpp"
#include "targets/cli/secrets.hpp"
#include "targets/live/schedule.hpp"

namespace sallyport::cli {
namespace {

constexpr std::string_view default_front_end = "exchange-2000";
constexpr std::string_view default_imap = "127.0.0.1:1143";
constexpr std::string_view default_pop3 = "127.0.0.1:1110";

struct Options {
  Common common;
  std::string profile;
  std::string fault;
  std::string imap, pop3, imaps, pop3s, backend_imap, backend_pop3, to_imap, to_pop3;
  std::string certificate;
  std::string key;
  std::string own_password;
  std::string clients_ca_file;
  bool to_tls = false;
  std::string to_ca_file;
  std::string schedule = "rotate";
  std::size_t connections = 0;
  std::size_t idle_per_user = frontend::IdlePolicy{}.per_user;
  std::uint32_t idle_seconds = frontend::IdlePolicy{}.seconds;
  AccountOptions accounts;
};

std::optional<std::string> given(const std::string& address) {
  return address.empty() ? std::nullopt : std::optional(address);
}

backend::Account mailbox_for(const Account& account) {
  return {.user = account.user,
          .password = account.password,
          .messages = {fmt::format("From: sallyport <postmaster@example>\r\n"
                                   "To: {}\r\n"
                                   "Date: Mon, 1 Jan 2001 00:00:00 +0000\r\n"
                                   "Subject: The mailbox of {}\r\n"
                                   "\r\n"
                                   "Whoever reads this is taken for {}.\r\n",
                                   account.user, account.user, account.user)}};
}

backend::Directory directory_of(const Options& options) {
  backend::Directory directory = backend::example_directory();
  const std::vector<Account> accounts = accounts_from(options.accounts);
  if (accounts.empty()) return directory;
  directory.accounts.clear();
  for (const Account& account : accounts) directory.accounts.push_back(mailbox_for(account));
  return directory;
}

live::ServeOptions resolved(const Options& options) {
  std::string front_end = options.profile;
  if (front_end.empty()) front_end = options.fault.empty() ? default_front_end : "hardened";
  if (!options.fault.empty()) front_end += '+' + options.fault;
  live::ServeOptions out;
  out.configuration = front_end_named(front_end);
  out.imap = given(options.imap);
  out.pop3 = given(options.pop3);
  out.imaps = given(options.imaps);
  out.pop3s = given(options.pop3s);
  out.backend_imap = given(options.backend_imap);
  out.backend_pop3 = given(options.backend_pop3);
  out.to_imap = given(options.to_imap);
  out.to_pop3 = given(options.to_pop3);
  if (!out.imap && !out.pop3 && !out.imaps && !out.pop3s && !out.backend_imap &&
      !out.backend_pop3) {
    out.imap = default_imap;
    out.pop3 = default_pop3;
  }
  if (options.certificate.empty() && (out.imaps || out.pop3s)) {
    throw Failure("--imaps and --pop3s need --certificate FILE");
  }
  if (options.certificate.empty() && !options.key.empty()) {
    throw Failure("--key needs --certificate FILE");
  }
  if (!options.own_password.empty()) {
    out.own_password = password_from(options.own_password, options.own_password);
  }
  if (!options.to_ca_file.empty() && !options.to_tls) throw Failure("--to-ca-file needs --to-tls");
  if (options.to_tls) out.to_tls = live::Trust{.ca_file = options.to_ca_file, .insecure = false};
  if (!options.clients_ca_file.empty() && options.certificate.empty()) {
    throw Failure("--clients-ca-file needs --certificate FILE");
  }
  out.clients_ca_file = options.clients_ca_file;
  out.certificate = options.certificate;
  out.key = options.key;
  auto schedule = live::schedule_from(options.schedule);
  if (!schedule) throw Failure(schedule.error());
  out.schedule = *schedule;
  out.connections_max = options.connections;
  out.idle_connections = {.per_user = options.idle_per_user, .seconds = options.idle_seconds};
  out.directory = directory_of(options);
  return out;
}

Exit serve(const Options& options) {
  auto server = live::Server::open(resolved(options));
  if (!server) throw Failure(server.error());
  server->stop_on_signals();
  const bool examples = options.accounts.user.empty() && options.accounts.accounts.empty();
  if (examples && !options.common.quiet) {
    remark("no account given: the example accounts alice and bob are served (see --help)");
  }
  std::string where;
  for (const live::Server::Listening& each : server->listening()) {
    where += fmt::format("{} {}\n", each.name, each.address);
  }
  print(where + "ready\n");
  server->run();
  return Exit::holds;
}

void add_addresses(CLI::App& sub, Options& options) {
  struct Door {
    const char* name;
    std::string Options::* address;
    const char* description;
  };
  constexpr std::array doors{
      Door{"--imap", &Options::imap, "Where the front-end listens for IMAP; port 0 picks one"},
      Door{"--pop3", &Options::pop3, "Where it listens for POP3"},
      Door{"--imaps", &Options::imaps, "IMAP with TLS from the start; needs --certificate"},
      Door{"--pop3s", &Options::pop3s, "POP3 with TLS from the start; needs --certificate"},
      Door{"--backend-imap", &Options::backend_imap,
           "Where the back-end itself listens for IMAP, to compare"},
      Door{"--backend-pop3", &Options::backend_pop3, "Where the back-end listens for POP3"},
      Door{"--to-imap", &Options::to_imap,
           "Where the front-end finds its back-end for IMAP (default: in this process)"},
      Door{"--to-pop3", &Options::to_pop3, "Where it finds its back-end for POP3"},
  };
  for (const Door& door : doors) {
    sub.add_option(door.name, options.*door.address, door.description)->type_name("ADDR:PORT");
  }
}

void add_pool_options(CLI::App& sub, Options& options) {
  sub.add_option("--connections", options.connections,
                 "So many back-end connections in all; where they are used up, the one that rested "
                 "longest makes room (default: 8192)")
      ->check(CLI::Range(1, 65535))
      ->type_name("N");
  sub.add_option("--idle-per-user", options.idle_per_user,
                 "So many of a user's back-end connections are kept for later (default: 32)")
      ->check(CLI::Range(0, 65535))
      ->type_name("N");
  sub.add_option("--idle-seconds", options.idle_seconds,
                 "So long one of them rests, then it is logged out (default: 300)")
      ->check(CLI::Range(1, 86400))
      ->type_name("N");
}

}  // namespace

void add_serve(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand(
      "serve",
      "Run the reference front-end and its back-end on TCP\n"
      "Prints a line `imap 127.0.0.1:1143` for each listener, then `ready`, and serves until "
      "SIGTERM or SIGINT. Without addresses it listens on 127.0.0.1:1143 (IMAP) and 127.0.0.1:1110 "
      "(POP3). Without accounts it knows alice (password wonderland) and bob (password builder).");
  sub->add_option(
         "--profile", options->profile,
         "exchange-2000, exchange-2000-sp1 or hardened (default: exchange-2000, or hardened "
         "with --fault)")
      ->type_name("PROFILE");
  sub->add_option("--fault", options->fault, "One deviation to put into it; see sallyport faults")
      ->type_name("FAULT");
  add_addresses(*sub, *options);
  sub->add_option("--own-password-file", options->own_password,
                  "What the front-end and its back-end know each other by; needed where they are "
                  "two processes (default: drawn)")
      ->type_name("FILE");
  sub->add_flag("--to-tls", options->to_tls,
                "Reach the back-end by STARTTLS or STLS alone, and check its certificate");
  sub->add_option("--to-ca-file", options->to_ca_file,
                  "Certificates to believe there, a PEM file (default: the system's)")
      ->type_name("FILE");
  sub->add_option("--certificate", options->certificate,
                  "A PEM file; with it STARTTLS and STLS are offered")
      ->type_name("FILE");
  sub->add_option("--key", options->key, "A PEM file (default: the certificate's)")
      ->type_name("FILE");
  sub->add_option("--clients-ca-file", options->clients_ca_file,
                  "Whoever shows a certificate of these, a PEM file, may log in by EXTERNAL as the "
                  "user that its common name is")
      ->type_name("FILE");
  sub->add_option(
         "--schedule", options->schedule,
         "Which back-end connection a relayed message takes: rotate, another one each time "
         "(default); pinned, the session's own; a number, by chance from this seed")
      ->type_name("rotate|pinned|SEED");
  add_pool_options(*sub, *options);
  add_account_options(*sub, options->accounts);
  sub->add_flag("-q,--quiet", options->common.quiet, "No remarks on stderr, only failures");
  sub->callback([options, &action] { action = [options] { return serve(*options); }; });
}

}  // namespace sallyport::cli
