// The bundle in the forms that other tools read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "targets/report/standing.hpp"

namespace sallyport::report {

/// Where a bundle keeps the witness of a row: `traces/NAME`, without an ending; empty where the row
/// has none.
using Places = std::vector<std::pair<const Judged*, std::string>>;
[[nodiscard]] Places places_of(const Evidence& evidence);
[[nodiscard]] std::string place_of(const Places& places, const Judged& judged);

/// SARIF 2.1.0: a rule per invariant, a result per property and subject that is violated. Listed
/// deviations are suppressed.
[[nodiscard]] std::string sarif(const Evidence& evidence, std::string_view version);

/// JUnit XML: a suite per engine and subject, a case per property.
[[nodiscard]] std::string junit(const Evidence& evidence);

/// Something that an attestation speaks of.
struct Artifact {
  std::string name;
  std::string algorithm = "sha256";  // or dirHash, of a folder
  std::string digest;                // hexadecimal
};
/// An in-toto Statement v1 with the predicate test-result v0.1.
[[nodiscard]] std::string attestation(const Evidence& evidence,
                                      const std::vector<Artifact>& artifacts);

}  // namespace sallyport::report
