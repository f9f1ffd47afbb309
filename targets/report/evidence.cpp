#include "targets/report/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/digests.hpp"

namespace sallyport::report {
namespace {

const std::vector<std::string_view> commands{"verify",  "probe",    "audit", "replay", "faults",
                                             "nightly", "coverage", "lab",   "report"};
const std::vector<std::string_view> stage_verdicts{"holds",        "violated",     "vacuous",
                                                   "unobservable", "inconclusive", "skipped"};

void check_kill(const Reader& kill) {
  (void)kill.at("engine").word();
  (void)kill.at("caught").yes();
  for (const Reader& id : kill.at("also").items()) (void)id.word();
  (void)kill.at("seconds").number();
  for (const char* figure : {"states", "executions", "witness_steps"}) {
    if (const auto value = kill.maybe(figure)) (void)value->count();
  }
  for (const char* text : {"witness", "problem"}) {
    if (const auto value = kill.maybe(text)) (void)value->text();
  }
}

void check_fault(const Reader& fault) {
  (void)fault.at("name").word();
  (void)fault.at("property").word();
  (void)fault.at("source").text();
  for (const Reader& kill : fault.at("kills").items()) check_kill(kill);
}

void check_stage(const Reader& stage) {
  (void)stage.at("stage").word();
  (void)stage.at("verdict").one_of(stage_verdicts);
  (void)stage.at("detail").text();
  (void)stage.at("seconds").number();
  for (const Reader& finding : stage.at("findings").items()) {
    for (const char* text : {"property", "detail", "file"}) (void)finding.at(text).text();
  }
  if (const auto series = stage.maybe("series")) {
    for (const Reader& each : series->items()) {
      (void)each.at("name").text();
      for (const Reader& point : each.at("points").items()) {
        if (point.items().size() != 2) point.fail("expected executions and a figure");
        for (const Reader& figure : point.items()) (void)figure.count();
      }
    }
  }
}

void check_folder(const Reader& folder) {
  (void)folder.at("lines").count();
  (void)folder.at("covered").count();
  (void)folder.at("percent").number();
}

void check_server(const Reader& row) {
  for (const char* text : {"server", "version", "protocol", "transport"}) (void)row.at(text).text();
  for (const auto& [verdict, ids] : row.at("verdicts").members()) {
    if (std::ranges::find(stage_verdicts, verdict) == stage_verdicts.end()) {
      ids.fail("there is no such verdict");
    }
    for (const Reader& id : ids.items()) (void)id.word();
  }
}

// A fault that several runs tried keeps the last word of each engine.
void add_fault(Json& matrix, const Json& fault) {
  const auto known =
      std::ranges::find_if(matrix, [&](const Json& each) { return each["name"] == fault["name"]; });
  if (known == matrix.end()) {
    matrix.push_back(fault);
    return;
  }
  for (const Json& kill : fault["kills"]) {
    Json& kills = (*known)["kills"];
    const auto same = std::ranges::find_if(
        kills, [&](const Json& each) { return each["engine"] == kill["engine"]; });
    if (same == kills.end()) {
      kills.push_back(kill);
    } else {
      *same = kill;
    }
  }
}

void add_matrix(Evidence& evidence, const Reader& bounds, const Reader& faults) {
  for (const Reader& bound : bounds.items()) {
    for (const char* text : {"budget", "seed"}) (void)bound.at(text).text();
    const Json& known = evidence.matrix_bounds;
    if (std::ranges::find(known, bound.json()) == known.end()) {
      evidence.matrix_bounds.push_back(bound.json());
    }
  }
  for (const Reader& fault : faults.items()) {
    check_fault(fault);
    add_fault(evidence.matrix, fault.json());
  }
}

void add_results(Evidence& evidence, std::string_view command, const Reader& results) {
  for (const Reader& result : results.items()) {
    const auto own = result.maybe("command");
    evidence.results.push_back(
        {.command = own ? own->word() : std::string(command), .row = row_from(result)});
  }
}

// What one engine reached on one subject; of several runs the last.
void add_reached(Evidence& evidence, const Reader& reached) {
  for (const Reader& each : reached.items()) {
    (void)each.at("engine").word();
    (void)each.at("subject").text();
    for (const Reader& arc : each.at("arcs").items()) {
      for (const char* text : {"state", "command", "status", "next"}) (void)arc.at(text).text();
    }
    const auto same = std::ranges::find_if(evidence.reached, [&](const Json& known) {
      return known["engine"] == each.json()["engine"] && known["subject"] == each.json()["subject"];
    });
    if (same == evidence.reached.end()) {
      evidence.reached.push_back(each.json());
    } else {
      *same = each.json();
    }
  }
}

void add_stages(Evidence& evidence, const Reader& stages) {
  for (const Reader& stage : stages.items()) {
    check_stage(stage);
    evidence.nightly.push_back(stage.json());
    const auto folders = stage.maybe("folders");
    if (folders && evidence.coverage.empty()) {
      for (const auto& [name, folder] : folders->members()) check_folder(folder);
      evidence.coverage = folders->json();
    }
  }
}

void add_coverage(Evidence& evidence, const Reader& folders) {
  for (const auto& [name, folder] : folders.members()) check_folder(folder);
  evidence.coverage = folders.json();
}

void add_servers(Evidence& evidence, const Reader& survey) {
  (void)survey.at("date").text();
  for (const Reader& row : survey.at("rows").items()) check_server(row);
  evidence.servers = {{"date", survey.json()["date"]}, {"rows", survey.json()["rows"]}};
}

// A bundle's own results.json.
void add_bundle(Evidence& evidence, const Reader& bundle) {
  add_results(evidence, "report", bundle.at("results"));
  if (const auto reached = bundle.maybe("reached")) add_reached(evidence, *reached);
  if (const auto matrix = bundle.maybe("matrix")) {
    add_matrix(evidence, matrix->at("bounds"), matrix->at("faults"));
  }
  if (const auto nightly = bundle.maybe("nightly")) add_stages(evidence, *nightly);
  if (const auto coverage = bundle.maybe("coverage")) add_coverage(evidence, *coverage);
  if (const auto servers = bundle.maybe("servers")) add_servers(evidence, *servers);
}

std::string add_document(Evidence& evidence, const Reader& document) {
  if (document.at("schema").count() != 1) {
    document.at("schema").fail("only version 1 is understood");
  }
  const std::string command(commands[document.at("command").one_of(commands)]);
  if (command == "faults") {
    const Json bounds = Json::array({document.at("bound").json()});
    add_matrix(evidence, Reader(bounds, "bound"), document.at("matrix"));
  } else if (command == "nightly") {
    add_stages(evidence, document.at("results"));
  } else if (command == "coverage") {
    add_coverage(evidence, document.at("folders"));
  } else if (command == "lab") {
    add_servers(evidence, document);
  } else if (command == "report") {
    add_bundle(evidence, document);
  } else {
    add_results(evidence, command, document.at("results"));
    if (const auto reached = document.maybe("reached")) add_reached(evidence, *reached);
  }
  return command;
}

}  // namespace

bool Evidence::empty() const {
  return results.empty() && matrix.empty() && nightly.empty() && coverage.empty() &&
         servers.empty();
}

std::expected<void, std::string> add(Evidence& evidence, std::string_view name,
                                     std::string_view octets) {
  const Json json = Json::parse(octets, nullptr, false);
  if (json.is_discarded()) return std::unexpected("not JSON, or cut short");
  Evidence grown = evidence;  // what fails halfway leaves nothing behind
  try {
    const std::string command = add_document(grown, Reader(json));
    grown.sources.push_back(
        {.name = std::string(name), .command = command, .sha256 = sha256_of(octets)});
  } catch (const Malformed& error) {
    return std::unexpected(error.what());
  }
  evidence = std::move(grown);
  return {};
}

Json to_json(const Evidence& evidence, std::string_view version) {
  Json json;
  json["schema"] = 1;
  json["command"] = "report";
  json["version"] = version;
  json["sources"] = Json::array();
  for (const Source& source : evidence.sources) {
    json["sources"].push_back(
        {{"name", source.name}, {"command", source.command}, {"sha256", source.sha256}});
  }
  json["results"] = Json::array();
  for (const Judged& judged : evidence.results) {
    Json row;
    row["command"] = judged.command;
    row.update(to_json(judged.row));
    json["results"].push_back(std::move(row));
  }
  if (!evidence.reached.empty()) json["reached"] = evidence.reached;
  if (!evidence.matrix.empty()) {
    json["matrix"] = {{"bounds", evidence.matrix_bounds}, {"faults", evidence.matrix}};
  }
  if (!evidence.nightly.empty()) json["nightly"] = evidence.nightly;
  if (!evidence.coverage.empty()) json["coverage"] = evidence.coverage;
  if (!evidence.servers.empty()) json["servers"] = evidence.servers;
  return json;
}

std::string sha256_of(std::string_view octets) {
  std::string out;
  for (const std::uint8_t octet : crypto::sha256(octets)) out += fmt::format("{:02x}", octet);
  return out;
}

}  // namespace sallyport::report
