#include "targets/cli/output/json.hpp"

#include <variant>

#include "properties/verdict.hpp"

namespace sallyport::cli {

bool is_duration(std::string_view bound) {
  return bound.find("second") != std::string_view::npos || bound.ends_with("_ms");
}

Json to_json(const Row& row) {
  const engine::Result& result = row.result;
  Json json;
  json["property"] = result.property;
  json["engine"] = result.engine;
  json["subject"] = result.subject;
  json["verdict"] = properties::name(result.verdict);
  json["exercised"] = result.exercised;
  json["detail"] = result.detail;
  if (!row.deviation.empty()) json["deviation"] = row.deviation;
  Json bound = Json::object();
  for (const auto& [name, value] : result.bound) {
    if (is_duration(name)) continue;
    std::visit([&bound, &key = name](const auto& v) { bound[key] = v; }, value);
  }
  json["bound"] = std::move(bound);
  if (result.witness) {
    Json witness;
    if (!result.witness->finding.script.steps.empty()) {
      witness["script"] = world::to_text(result.witness->finding);
    }
    witness["dialogue"] = result.witness->dialogue;
    json["witness"] = std::move(witness);
  }
  return json;
}

Json document(std::string_view command, const Rows& rows) {
  Json json;
  json["schema"] = 1;
  json["command"] = command;
  Json results = Json::array();
  for (const Row& row : rows) results.push_back(to_json(row));
  json["results"] = std::move(results);
  return json;
}

Json to_json(const properties::Facts& facts) {
  Json json;
  json["id"] = facts.id;
  json["statement"] = facts.statement;
  json["kind"] = properties::name(facts.kind);
  json["severity"] = properties::name(facts.severity);
  json["source"] = facts.source;
  json["needs"] = properties::name(facts.needs);
  return json;
}

Json to_json(const frontend::FaultFacts& facts) {
  Json json;
  json["name"] = facts.name;
  json["property"] = facts.property;
  json["source"] = facts.source;
  return json;
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace sallyport::cli
