#include "targets/cli/output/json.hpp"

namespace sallyport::cli {

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

}  // namespace sallyport::cli
