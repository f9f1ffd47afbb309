#include "targets/cli/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <utility>

#include "targets/cli/failure.hpp"
#include "targets/cli/output/text.hpp"

namespace sallyport::cli {
namespace {

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Levenshtein's distance, without case.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (folded(a[i - 1]) == folded(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

bool begins(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && distance(text.substr(0, prefix.size()), prefix) == 0;
}

template <class Rows>
std::vector<std::string_view> names_of(const Rows& rows) {
  std::vector<std::string_view> names;
  for (const auto& row : rows) names.push_back(row.name);
  return names;
}

std::vector<std::string_view> property_ids() {
  std::vector<std::string_view> ids;
  for (const properties::Property* property : properties::catalogue()) {
    ids.push_back(property->facts.id);
  }
  return ids;
}

}  // namespace

void add_common(CLI::App& app, Common& common) {
  app.add_option("--format", common.format,
                 "text for people, or json: one object on stdout and nothing else (default: text)")
      ->type_name("text|json");
  app.add_flag("-q,--quiet", common.quiet, "No progress and no remarks on stderr, only failures");
}

void add_judged_options(CLI::App& app, std::vector<std::string>& properties,
                        std::vector<std::string>& required) {
  app.add_option("--property", properties, "Judge this one only; repeatable")
      ->type_name("ID")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--require", required, "Exit with 3 if this one was never exercised; repeatable")
      ->type_name("ID")
      ->delimiter(',')
      ->allow_extra_args(false);
}

void check(const Common& common) {
  constexpr std::array<std::string_view, 2> formats{"text", "json"};
  expect_one_of("format", common.format, formats);
}

std::string_view nearest(std::string_view given, std::span<const std::string_view> names) {
  std::string_view best;
  std::size_t least = std::max<std::size_t>(2, given.size() / 3) + 1;
  for (const std::string_view name : names) {
    const std::size_t far = given.size() >= 3 && begins(name, given) ? 1 : distance(given, name);
    if (far < least && far < name.size()) {
      least = far;
      best = name;
    }
  }
  return best;
}

void unknown(std::string_view kind, std::string_view given,
             std::span<const std::string_view> names) {
  const std::string_view meant = nearest(given, names);
  throw Failure(fmt::format("there is no {} '{}'{}; expected: {}", kind, one_line(given),
                            meant.empty() ? "" : fmt::format(" (did you mean {}?)", meant),
                            joined(names, ", ")));
}

void expect_one_of(std::string_view kind, std::string_view text,
                   std::span<const std::string_view> allowed) {
  if (std::ranges::find(allowed, text) == allowed.end()) unknown(kind, text, allowed);
}

const frontend::Profile& profile_named(std::string_view name) {
  const frontend::Profile* profile = frontend::find_profile(name);
  if (profile == nullptr) unknown("profile", name, names_of(frontend::profiles()));
  return *profile;
}

const frontend::FaultFacts& fault_named(std::string_view name) {
  const frontend::FaultFacts* fault = frontend::find_fault(name);
  if (fault == nullptr) unknown("fault", name, names_of(frontend::faults()));
  return *fault;
}

const properties::Property& property_named(std::string_view id) {
  const properties::Property* property = properties::find(id);
  if (property == nullptr) unknown("property", id, property_ids());
  return *property;
}

std::vector<const properties::Property*> properties_named(const std::vector<std::string>& ids) {
  std::vector<const properties::Property*> named;
  for (const std::string& id : ids) named.push_back(&property_named(id));
  std::vector<const properties::Property*> chosen;
  for (const properties::Property* property : properties::catalogue()) {
    if (ids.empty() || std::ranges::find(named, property) != named.end()) {
      chosen.push_back(property);
    }
  }
  return chosen;
}

frontend::Configuration front_end_named(std::string_view name) {
  const std::size_t plus = name.find('+');
  const std::string_view profile = profile_named(name.substr(0, plus)).name;
  std::string full(profile);
  if (plus != std::string_view::npos) {
    full += '+';
    full += fault_named(name.substr(plus + 1)).name;
  }
  auto configuration = engine::configuration_from(full);
  if (!configuration) throw Failure(one_line(configuration.error()));
  return *configuration;
}

std::vector<frontend::Configuration> front_ends(const std::vector<std::string>& profiles,
                                                const std::vector<std::string>& faults) {
  std::vector<std::string> bases = profiles;
  if (bases.empty() && faults.empty()) bases = {"exchange-2000", "exchange-2000-sp1"};
  if (bases.empty()) bases = {"hardened"};
  std::vector<std::string> names;
  for (const std::string& base : bases) {
    if (faults.empty()) names.push_back(base);
    for (const std::string& fault : faults) names.push_back(fmt::format("{}+{}", base, fault));
  }
  std::vector<frontend::Configuration> chosen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool named_before =
        std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i);
    if (!named_before) chosen.push_back(front_end_named(names[i]));
  }
  return chosen;
}

std::vector<trace::Protocol> protocols_named(const std::vector<std::string>& names) {
  constexpr std::array<std::string_view, 2> allowed{"imap", "pop3"};
  for (const std::string& name : names) expect_one_of("protocol", name, allowed);
  std::vector<trace::Protocol> chosen;
  if (names.empty() || std::ranges::find(names, "imap") != names.end()) {
    chosen.push_back(trace::Protocol::imap);
  }
  if (names.empty() || std::ranges::find(names, "pop3") != names.end()) {
    chosen.push_back(trace::Protocol::pop3);
  }
  return chosen;
}

engine::Budget budget_named(std::string_view text) {
  auto budget = engine::budget_from(text);
  if (!budget) {
    throw Failure(fmt::format("--budget takes a time (20s, 10m, 2h) or a count (200000x), not '{}'",
                              one_line(text)));
  }
  return *budget;
}

std::chrono::milliseconds time_of(std::string_view option, const std::string& text) {
  const auto budget = engine::budget_from(text);
  if (!budget || !budget->time || *budget->time > std::chrono::hours(1)) {
    throw Failure(fmt::format("{} takes a time of at most an hour (500ms, 20s), not '{}'", option,
                              one_line(text)));
  }
  return *budget->time;
}

std::uint64_t number_named(std::string_view option, std::string_view text, std::uint64_t least,
                           std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size() && number >= least &&
      number <= most) {
    return number;
  }
  if (most == std::numeric_limits<std::uint64_t>::max()) {
    throw Failure(
        fmt::format("{} takes a whole number from {}, not '{}'", option, least, one_line(text)));
  }
  throw Failure(fmt::format("{} takes a whole number from {} to {}, not '{}'", option, least, most,
                            one_line(text)));
}

}  // namespace sallyport::cli
