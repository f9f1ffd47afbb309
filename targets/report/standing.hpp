// What all engines together say of one property on one subject. A reader asks that first, and
// every file of a bundle answers it from here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "properties/property.hpp"
#include "targets/report/evidence.hpp"

namespace sallyport::report {

/// The verdicts with listed deviations apart, in the order in which one of several counts: a
/// violation found by one engine isn't undone by another that has not found it.
enum class Status : std::uint8_t {
  violated,
  inconclusive,
  deviation,  // violated, and listed as expected
  holds,
  vacuous,
  unobservable,
};
inline constexpr std::size_t statuses = 6;

[[nodiscard]] std::string_view name(Status status);
[[nodiscard]] Status status_of(const Row& row);

struct Standing {
  std::string property;
  std::string subject;
  std::vector<const Judged*> rows;  // one an engine, as a rule; into the evidence
  Status status{};
  /// Of the rows that have `status`, the one with the shortest witness.
  [[nodiscard]] const Judged& shown() const;
};

/// By property, CRASH before the catalogue and what it hasn't got behind it; then by subject, as
/// they come in the evidence.
[[nodiscard]] std::vector<Standing> standings(const Evidence& evidence);

/// The subjects, each once, in the order of the evidence.
[[nodiscard]] std::vector<std::string> subjects_of(const Evidence& evidence);

/// What is known of a property: from the catalogue, or for CRASH and strangers as much as there is.
[[nodiscard]] properties::Facts facts_of(const std::string& property);

/// "Why it matters" on the property's page, as one paragraph; empty where there is none.
[[nodiscard]] std::string_view rationale_of(std::string_view property);

}  // namespace sallyport::report
