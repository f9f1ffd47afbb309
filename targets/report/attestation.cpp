// An in-toto Statement v1: these artifacts, put to the test, gave these results. It is unsigned:
// whoever files it signs it. A property that was exercised and never violated passed; a listed
// deviation passed with a warning; one that is violated failed. What is vacuous, unobservable or
// inconclusive stands in none of the three lists, since it is neither.
#include <fmt/format.h>

#include <algorithm>

#include "targets/report/formats.hpp"

namespace sallyport::report {
namespace {

Json descriptor(std::string_view name, std::string_view algorithm, std::string_view digest) {
  Json json;
  json["name"] = name;
  json["digest"][std::string(algorithm)] = digest;
  return json;
}

}  // namespace

std::string attestation(const Evidence& evidence, const std::vector<Artifact>& artifacts) {
  Json passed = Json::array();
  Json warned = Json::array();
  Json failed = Json::array();
  bool open = false;
  const auto sort_in = [&](const std::string& test, std::string_view verdict) {
    if (verdict == name(Status::holds)) passed.push_back(test);
    if (verdict == name(Status::deviation)) warned.push_back(test);
    if (verdict == name(Status::violated)) failed.push_back(test);
    open = open || verdict == name(Status::inconclusive);
  };
  for (const Standing& standing : standings(evidence)) {
    sort_in(fmt::format("{} {}", standing.property, standing.subject), name(standing.status));
  }
  for (const Json& stage : evidence.nightly) {
    sort_in(fmt::format("nightly {}", stage["stage"].get<std::string>()),
            stage["verdict"].get<std::string>());
  }
  Json statement;
  statement["_type"] = "https://in-toto.io/Statement/v1";
  statement["subject"] = Json::array();
  for (const Artifact& artifact : artifacts) {
    statement["subject"].push_back(descriptor(artifact.name, artifact.algorithm, artifact.digest));
  }
  statement["predicateType"] = "https://in-toto.io/attestation/test-result/v0.1";
  Json& predicate = statement["predicate"];
  const bool clean = !open && warned.empty() && !passed.empty();
  predicate["result"] = !failed.empty() ? "FAILED" : clean ? "PASSED" : "WARNED";
  predicate["configuration"] = Json::array();
  for (const Source& source : evidence.sources) {
    predicate["configuration"].push_back(descriptor(source.name, "sha256", source.sha256));
  }
  predicate["passedTests"] = std::move(passed);
  predicate["warnedTests"] = std::move(warned);
  predicate["failedTests"] = std::move(failed);
  return dumped(statement);
}

}  // namespace sallyport::report
