// SARIF 2.1.0 (OASIS). Services that show it count every result as an alert, so only violations
// are in it; what holds, and what wasn't put to the test, stands in the other files of the bundle.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "targets/report/embedded.hpp"
#include "targets/report/formats.hpp"

namespace sallyport::report {
namespace {

using properties::Severity;

std::string_view level_of(Severity severity) {
  switch (severity) {
    case Severity::high:
      return "error";
    case Severity::medium:
      return "warning";
    case Severity::low:
      break;
  }
  return "note";
}

// What GitHub sorts alerts by: from 7.0 high, from 4.0 medium.
std::string_view score_of(Severity severity) {
  switch (severity) {
    case Severity::high:
      return "8.0";
    case Severity::medium:
      return "5.0";
    case Severity::low:
      break;
  }
  return "3.0";
}

Json rule_of(const std::string& id) {
  const properties::Facts facts = facts_of(id);
  const std::string_view why = rationale_of(id);
  std::string help = std::string(facts.statement);
  if (!facts.source.empty()) help += fmt::format("\n\nSource: {}.", facts.source);
  if (!why.empty()) help += fmt::format("\n\n{}", why);
  Json rule;
  rule["id"] = id;
  rule["shortDescription"]["text"] = facts.statement;
  rule["fullDescription"]["text"] = facts.statement;
  rule["help"]["text"] = help;
  rule["help"]["markdown"] = fmt::format("**{}**: {}", id, help);
  rule["defaultConfiguration"]["level"] = level_of(facts.severity);
  rule["properties"]["tags"] = {"security", std::string(properties::name(facts.kind)),
                                id.substr(0, id.find('-'))};
  rule["properties"]["security-severity"] = score_of(facts.severity);
  return rule;
}

// The catalogue's ids, and before them those of results that it doesn't have.
std::vector<std::string> ids_of(const Evidence& evidence) {
  std::vector<std::string> ids{std::string(engine::crash_id)};
  for (const properties::Property* property : properties::catalogue()) {
    ids.emplace_back(property->facts.id);
  }
  const auto add = [&](const std::string& id) {
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  };
  for (const Judged& judged : evidence.results) add(judged.row.result.property);
  for (const Json& stage : evidence.nightly) {
    for (const Json& finding : stage["findings"]) add(finding["property"].get<std::string>());
  }
  return ids;
}

Json result_of(const std::vector<std::string>& ids, const std::string& id, std::string message,
               const std::string& file, const std::string& where) {
  Json result;
  result["ruleId"] = id;
  result["ruleIndex"] = std::ranges::find(ids, id) - ids.begin();
  result["kind"] = "fail";
  result["level"] = level_of(facts_of(id).severity);
  result["message"]["text"] = std::move(message);
  Json location;
  location["physicalLocation"]["artifactLocation"]["uri"] = file;
  location["physicalLocation"]["region"]["startLine"] = 1;
  location["logicalLocations"] = Json::array();
  location["logicalLocations"].push_back({{"fullyQualifiedName", where}, {"kind", "module"}});
  result["locations"] = Json::array({location});
  // Of what is violated where, never of how: the same fault found by another script is the same.
  result["partialFingerprints"]["propertyAndSubject/v1"] = sha256_of(id + '\n' + where);
  return result;
}

Json result_of(const Standing& standing, const Places& places,
               const std::vector<std::string>& ids) {
  const Judged& shown = standing.shown();
  std::vector<std::string> engines;
  for (const Judged* judged : standing.rows) {
    if (status_of(judged->row) == standing.status) engines.push_back(judged->row.result.engine);
  }
  const auto& witness = shown.row.result.witness;
  std::string file = place_of(places, shown);
  if (file.empty()) {
    file = "results.json";
  } else {
    file += witness->finding.script.steps.empty() ? ".dialogue" : ".script";
  }
  Json result = result_of(ids, standing.property,
                          fmt::format("{}: {} (found by {})", standing.subject,
                                      shown.row.result.detail, fmt::join(engines, ", ")),
                          file, standing.subject);
  if (standing.status == Status::deviation) {
    result["suppressions"] = Json::array();
    result["suppressions"].push_back(
        {{"kind", "external"}, {"status", "accepted"}, {"justification", shown.row.deviation}});
  }
  return result;
}

}  // namespace

std::string sarif(const Evidence& evidence, std::string_view version) {
  const std::vector<std::string> ids = ids_of(evidence);
  const Places places = places_of(evidence);
  Json run;
  run["tool"]["driver"]["name"] = "sallyport";
  run["tool"]["driver"]["semanticVersion"] = version;
  run["tool"]["driver"]["rules"] = Json::array();
  for (const std::string& id : ids) run["tool"]["driver"]["rules"].push_back(rule_of(id));
  run["invocations"] = Json::array();
  run["invocations"].push_back({{"executionSuccessful", true}});
  run["columnKind"] = "utf16CodeUnits";
  run["results"] = Json::array();
  for (const Standing& standing : standings(evidence)) {
    if (standing.status == Status::violated || standing.status == Status::deviation) {
      run["results"].push_back(result_of(standing, places, ids));
    }
  }
  for (const Json& stage : evidence.nightly) {
    for (const Json& finding : stage["findings"]) {
      run["results"].push_back(
          result_of(ids, finding["property"], finding["detail"], finding["file"],
                    fmt::format("nightly/{}: {}", stage["stage"].get<std::string>(),
                                finding["detail"].get<std::string>())));
    }
  }
  Json log;
  log["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  log["version"] = "2.1.0";
  log["runs"] = Json::array({run});
  return dumped(log);
}

}  // namespace sallyport::report
