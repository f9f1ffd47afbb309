// What options say, turned into the types of the engines. Everything here answers a wrong value
// with a Failure that names what was given, what is expected and, where one is near, what was
// meant.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/profile.hpp"
#include "properties/property.hpp"
#include "targets/engine/result.hpp"
#include "trace/vocabulary.hpp"

namespace CLI {
class App;
}

namespace sallyport::cli {

enum class Format : std::uint8_t { text, json };

/// The options that every command has.
struct Common {
  std::string format = "text";
  bool quiet = false;
  [[nodiscard]] bool json() const { return format == "json"; }
};
void add_common(CLI::App& app, Common& common);
void check(const Common& common);

/// --property and --require, for a command that takes what it judges as arguments.
void add_judged_options(CLI::App& app, std::vector<std::string>& properties,
                        std::vector<std::string>& required);

/// The name among `names` that `given` is most likely a slip of; empty where none is near.
[[nodiscard]] std::string_view nearest(std::string_view given,
                                       std::span<const std::string_view> names);

/// Fails: there is no `kind` called `given`, only `names`.
[[noreturn]] void unknown(std::string_view kind, std::string_view given,
                          std::span<const std::string_view> names);

[[nodiscard]] const frontend::Profile& profile_named(std::string_view name);
[[nodiscard]] const frontend::FaultFacts& fault_named(std::string_view name);
[[nodiscard]] const properties::Property& property_named(std::string_view id);
/// All of them where `ids` is empty; each once, in the order of the catalogue.
[[nodiscard]] std::vector<const properties::Property*> properties_named(
    const std::vector<std::string>& ids);

/// A profile, `exchange-2000`, or one with a fault, `hardened+advertise-ntlm`.
[[nodiscard]] frontend::Configuration front_end_named(std::string_view name);
/// Each of `profiles` with each of `faults`. Without profiles, a fault is put into `hardened`;
/// without either, the front-ends of KB 306874, before and after Service Pack 1.
[[nodiscard]] std::vector<frontend::Configuration> front_ends(
    const std::vector<std::string>& profiles, const std::vector<std::string>& faults);

/// Both where `names` is empty.
[[nodiscard]] std::vector<trace::Protocol> protocols_named(const std::vector<std::string>& names);

/// `text` is one of `allowed`, or it fails as an unknown `kind`.
void expect_one_of(std::string_view kind, std::string_view text,
                   std::span<const std::string_view> allowed);

[[nodiscard]] engine::Budget budget_named(std::string_view text);
[[nodiscard]] std::chrono::milliseconds time_of(std::string_view option, const std::string& text);
/// A whole number from `least` to `most` in decimal.
[[nodiscard]] std::uint64_t number_named(std::string_view option, std::string_view text,
                                         std::uint64_t least, std::uint64_t most);

}  // namespace sallyport::cli
