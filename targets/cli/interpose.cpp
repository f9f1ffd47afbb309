// `sallyport interpose`: stands between a front-end and its back-end, shows a probe what goes on
// there, and lets things go wrong.
#include "targets/live/interpose.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <memory>

#include "targets/cli/command.hpp"
#include "targets/cli/failure.hpp"
#include "targets/cli/options.hpp"
#include "targets/live/schedule.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  Common common;
  std::string protocol = "imap";
  std::string listen;
  std::string backend;
  std::string tap;
  std::string churn = "none";
  std::string seed;
  bool tls = false;
  std::string certificate;
  std::string key;
  std::string ca_file;
  bool insecure = false;
};

live::InterposeOptions resolved(const Options& options) {
  constexpr std::array<std::string_view, 2> protocols{"imap", "pop3"};
  expect_one_of("protocol", options.protocol, protocols);
  auto churn = live::churn_from(options.churn);
  if (!churn) throw Failure(churn.error());
  if (!options.seed.empty()) {
    const auto schedule = live::schedule_from(options.seed);
    if (!schedule || schedule->kind != live::Schedule::Kind::seeded) {
      throw Failure("--seed takes a number");
    }
    churn->seed = schedule->seed;
  }
  if (options.tls && options.certificate.empty()) throw Failure("--tls needs --certificate FILE");
  live::InterposeOptions out;
  out.protocol = options.protocol == "imap" ? trace::Protocol::imap : trace::Protocol::pop3;
  out.listen = options.listen;
  out.backend = options.backend;
  if (!options.tap.empty()) out.tap = options.tap;
  out.implicit_tls = options.tls;
  out.certificate = options.certificate;
  out.key = options.key;
  out.trust = {.ca_file = options.ca_file, .insecure = options.insecure};
  out.churn = *std::move(churn);
  return out;
}

Exit interpose(const Options& options) {
  auto interposer = live::Interposer::open(resolved(options));
  if (!interposer) throw Failure(interposer.error());
  interposer->stop_on_signals();
  std::string where = fmt::format("listen {}\n", interposer->listening());
  if (!interposer->tap().empty()) where += fmt::format("tap {}\n", interposer->tap());
  print(where + "ready\n");
  interposer->run();
  if (options.churn != "none") print(fmt::format("struck {}\n", interposer->struck()));
  return Exit::holds;
}

}  // namespace

void add_interpose(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* sub = app.add_subcommand(
      "interpose",
      "Stand between a front-end and its back-end\n"
      "Hands everything on, and lets things go wrong by a policy: close, reset, delay, swap or "
      "stall, @ connect, exchange, login, literal or answer, /N for every Nth time or =N for the "
      "Nth alone, with commas between them (close@exchange/3,delay@answer). A probe that is told "
      "of the tap (--backend-tap) sees the back-end's wire. Prints `listen ADDR:PORT`, `tap "
      "ADDR:PORT` and `ready`, and goes on "
      "until SIGTERM or SIGINT. Behind that a policy's `struck N` says how often it let something "
      "go wrong.");
  sub->add_option("--listen", options->listen, "Where the front-end connects to; port 0 picks one")
      ->type_name("ADDR:PORT")
      ->required();
  sub->add_option("--backend", options->backend, "Where the back-end is")
      ->type_name("ADDR:PORT")
      ->required();
  sub->add_option("--protocol", options->protocol, "What they speak (default: imap)")
      ->type_name("imap|pop3");
  sub->add_option("--tap", options->tap, "Where a probe may see the back-end's wire")
      ->type_name("ADDR:PORT");
  sub->add_option("--churn", options->churn, "What goes wrong, and when (default: none)")
      ->type_name("POLICY");
  sub->add_option("--seed", options->seed, "By chance instead of every Nth time")->type_name("N");
  sub->add_flag("--tls", options->tls, "TLS from the first octet on, on both sides");
  sub->add_option("--certificate", options->certificate,
                  "A PEM file, to end the front-end's TLS with; without it STARTTLS can't be "
                  "followed")
      ->type_name("FILE");
  sub->add_option("--key", options->key, "A PEM file (default: the certificate's)")
      ->type_name("FILE");
  sub->add_option("--ca-file", options->ca_file, "Certificates of back-ends to believe, a PEM file")
      ->type_name("FILE");
  sub->add_flag("--insecure", options->insecure, "Believe any back-end's certificate");
  sub->add_flag("-q,--quiet", options->common.quiet, "No remarks on stderr, only failures");
  sub->callback([options, &action] { action = [options] { return interpose(*options); }; });
}

}  // namespace sallyport::cli
