// Everything that a bundle is made of, gathered from any set of files that sallyport and its
// scripts write: results of verify, probe, audit and replay; the kill matrix; a night; coverage;
// the lab's survey of real servers; and bundles that were made before.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "targets/report/rows.hpp"

namespace sallyport::report {

/// A file that was read.
struct Source {
  std::string name;
  std::string command;
  std::string sha256;  // hexadecimal
  friend bool operator==(const Source&, const Source&) = default;
};

struct Judged {
  std::string command;  // by which: verify, probe, audit, replay
  Row row;
};

struct Evidence {
  std::vector<Judged> results;
  Json reached = Json::array();        // {"engine","subject","arcs"}: see verify's document
  Json matrix_bounds = Json::array();  // {"budget","seed"} of each run
  Json matrix = Json::array();     // a fault with its kills each, see `sallyport faults --matrix`
  Json nightly = Json::array();    // a stage each
  Json coverage = Json::object();  // by folder: lines, covered, percent
  Json servers = Json::object();   // docs/servers.json
  std::vector<Source> sources;

  [[nodiscard]] bool empty() const;
};

/// Adds what stands in a file of results. The error is one line without the file's name in front.
[[nodiscard]] std::expected<void, std::string> add(Evidence& evidence, std::string_view name,
                                                   std::string_view octets);

/// results.json of a bundle, which `add` reads again.
[[nodiscard]] Json to_json(const Evidence& evidence, std::string_view version);

/// SHA-256 in hexadecimal.
[[nodiscard]] std::string sha256_of(std::string_view octets);

}  // namespace sallyport::report
