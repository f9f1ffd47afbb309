// The bundle as files in memory: whoever has a folder writes them there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "targets/report/formats.hpp"

namespace sallyport::report {

struct File {
  std::string name;  // below the bundle's folder
  std::string octets;
};

/// index.html, results.json, results.sarif, junit.xml, attestation.json, and for each witness
/// traces/NAME.dialogue and, where it can be run again, traces/NAME.script. `artifacts` are what
/// the attestation speaks of beside the results; `written` is for people.
[[nodiscard]] std::vector<File> bundle(const Evidence& evidence, std::vector<Artifact> artifacts,
                                       std::string_view version, std::string_view written);

}  // namespace sallyport::report
