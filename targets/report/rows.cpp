#include "targets/report/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <variant>

#include "properties/verdict.hpp"

namespace sallyport::report {
namespace {

using properties::Verdict;

constexpr std::array verdicts{Verdict::holds, Verdict::violated, Verdict::vacuous,
                              Verdict::unobservable, Verdict::inconclusive};

engine::Result::Value value_from(const Reader& reader) {
  const Json& json = reader.json();
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_unsigned()) return json.get<std::uint64_t>();
  if (json.is_number()) return json.get<double>();
  return reader.text();
}

engine::Witness witness_from(const Reader& reader) {
  engine::Witness witness;
  if (const auto script = reader.maybe("script")) {
    auto finding = world::finding_from_text(script->text());
    if (!finding) {
      script->fail(fmt::format("line {}: {}", finding.error().line, finding.error().message));
    }
    witness.finding = *std::move(finding);
  }
  for (const Reader& line : reader.at("dialogue").items()) witness.dialogue.push_back(line.text());
  return witness;
}

}  // namespace

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

Row row_from(const Reader& reader) {
  Row row;
  engine::Result& result = row.result;
  result.property = reader.at("property").word();
  result.engine = reader.at("engine").word();
  result.subject = reader.at("subject").text();
  if (result.subject.empty()) reader.at("subject").fail("expected a name");
  std::vector<std::string_view> names;
  for (const Verdict verdict : verdicts) names.push_back(properties::name(verdict));
  result.verdict = verdicts[reader.at("verdict").one_of(names)];
  result.exercised = reader.at("exercised").count();
  result.detail = reader.at("detail").text();
  if (const auto deviation = reader.maybe("deviation")) row.deviation = deviation->text();
  for (const auto& [name, value] : reader.at("bound").members()) {
    result.bound.emplace_back(name, value_from(value));
  }
  if (const auto witness = reader.maybe("witness")) result.witness = witness_from(*witness);
  return row;
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string witness_name(const engine::Result& result) {
  std::string name = fmt::format("{}-{}-{}", result.subject, result.engine, result.property);
  std::ranges::replace_if(
      name,
      [](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return !letter && !(c >= '0' && c <= '9') &&
               std::string_view("+-._").find(c) == std::string_view::npos;
      },
      '-');
  if (name.front() == '.') name.front() = '-';
  return name;
}

}  // namespace sallyport::report
