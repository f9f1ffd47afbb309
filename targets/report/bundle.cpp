#include "targets/report/bundle.hpp"

#include <utility>

#include "targets/report/page.hpp"

namespace sallyport::report {

std::vector<File> bundle(const Evidence& evidence, std::vector<Artifact> artifacts,
                         std::string_view version, std::string_view written) {
  std::vector<File> files;
  files.push_back({.name = "index.html", .octets = page(evidence, version, written)});
  files.push_back({.name = "results.json", .octets = dumped(to_json(evidence, version))});
  artifacts.push_back({.name = "results.json", .digest = sha256_of(files.back().octets)});
  files.push_back({.name = "results.sarif", .octets = sarif(evidence, version)});
  files.push_back({.name = "junit.xml", .octets = junit(evidence)});
  files.push_back({.name = "attestation.json", .octets = attestation(evidence, artifacts)});
  for (const auto& [judged, place] : places_of(evidence)) {
    const engine::Witness& witness = *judged->row.result.witness;
    std::string lines;
    for (const std::string& line : witness.dialogue) lines += line + '\n';
    files.push_back({.name = place + ".dialogue", .octets = std::move(lines)});
    if (witness.finding.script.steps.empty()) continue;
    files.push_back({.name = place + ".script", .octets = world::to_text(witness.finding)});
  }
  return files;
}

}  // namespace sallyport::report
