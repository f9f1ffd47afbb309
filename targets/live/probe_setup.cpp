#include "targets/live/probe_setup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <asio/ip/address.hpp>
#include <string_view>

#include "targets/live/sasl.hpp"
#include "targets/live/unexercised.hpp"

namespace sallyport::live {

namespace {

constexpr std::string_view front_ends_only = "ADV-01";
// Exchanges are also begun where nobody has an account: this one belongs to nobody.
constexpr std::string_view stranger = "sallyport";

bool is_loopback(const std::string& host) {
  asio::error_code error;
  const auto address = asio::ip::make_address(host, error);
  return host == "localhost" || (!error && address.is_loopback());
}

}  // namespace

std::vector<client::Credential> by_place(const std::vector<client::Credential>& given) {
  std::vector<client::Credential> places(std::size(world::accounts));
  for (std::size_t i = 0; i < given.size() && i < accounts_max; ++i) places[i] = given[i];
  places[world::nobody] = {.user = std::string(stranger), .password = std::string(stranger)};
  return places;
}

std::vector<observe::Secret> observed(const std::vector<client::Credential>& given) {
  std::vector<observe::Secret> secrets;
  for (const client::Credential& each : given) secrets.push_back({each.user, each.password});
  return secrets;
}

std::vector<const properties::Property*> rows_of(const ProbeOptions& options,
                                                 trace::Protocol protocol) {
  const auto catalogue = properties::catalogue();
  std::vector<const properties::Property*> rows = options.properties;
  if (rows.empty()) rows.assign(catalogue.begin(), catalogue.end());
  std::erase_if(rows, [&](const properties::Property* each) {
    return !applies_to(*each, protocol) ||
           (options.role == Role::back_end && each->facts.id == front_ends_only);
  });
  return rows;
}

std::vector<const properties::Property*> judged_of(std::vector<const properties::Property*> rows,
                                                   properties::Needs sees) {
  std::erase_if(rows, [sees](const properties::Property* each) {
    return !why_unobservable(each->facts, sees).empty();
  });
  return rows;
}

Known known_of(const Endpoint& endpoint, const ProbeOptions& options) {
  return {.protocol = endpoint.protocol(),
          .starttls = options.starttls && !endpoint.implicit_tls(),
          .implicit_tls = endpoint.implicit_tls(),
          .exposes_password = options.manners.exposes_password || is_loopback(endpoint.host),
          .certificate = !options.trust.own_certificate.empty(),
          .tap = options.tap.has_value(),
          .backend_tls = options.backend_tls,
          .patience = options.limits.patience.count() > 0,
          .accounts = std::min(options.credentials.size(), accounts_max),
          .silence_seconds = options.manners.silence_seconds,
          .speaks = client::spoken | SaslExchange::speaks()};
}

std::string dry_run(const ProbeOptions& options) {
  std::string out;
  for (const Endpoint& endpoint : options.endpoints) {
    out += endpoint.subject() + "\n\n";
    for (const Intention& each : intentions(known_of(endpoint, options))) {
      out += fmt::format("{}{}\n", each.purpose, each.when.empty() ? "" : " (" + each.when + ")");
      std::string_view script = each.script;
      while (!script.empty()) {
        const std::size_t end = std::min(script.find('\n'), script.size() - 1);
        out += fmt::format("  {}", script.substr(0, end + 1));
        script.remove_prefix(end + 1);
      }
      out += '\n';
    }
  }
  return out;
}

}  // namespace sallyport::live
