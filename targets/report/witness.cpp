#include "targets/report/witness.hpp"

#include "targets/engine/judge.hpp"

namespace sallyport::report {
namespace {

// The front-end of a subject of the simulated world, with what its bound says of it.
std::optional<engine::Subject> subject_of(const engine::Result& result) {
  const std::string_view name = result.subject;
  auto configuration = engine::configuration_from(name.substr(0, name.rfind('/')));
  if (!configuration) return std::nullopt;
  for (const auto& [key, value] : result.bound) {
    const auto* number = std::get_if<std::uint64_t>(&value);
    if (key == "connections_max" && number != nullptr && *number <= properties::max_links) {
      configuration->connections_max = *number;
    }
  }
  return engine::Subject{.configuration = *std::move(configuration),
                         .protocol = result.witness->finding.script.protocol};
}

}  // namespace

Shown shown(const Row& row) {
  const engine::Result& result = row.result;
  const engine::Witness& witness = *result.witness;
  Shown out{.origin = Origin::recorded, .runs = engine::runs_from(witness.dialogue)};
  const properties::Property* property = properties::find(result.property);
  // What crashes a subject would crash this process as well.
  if (property == nullptr || witness.finding.script.steps.empty()) return out;
  const auto subject = subject_of(result);
  if (!subject) return out;
  engine::Judge judge(*subject, std::span(&property, 1));
  std::vector<engine::Run> again = judge.runs(witness.finding.script, result.property);
  if (engine::lines_of(again) != witness.dialogue) {
    out.origin = Origin::differs;
    return out;
  }
  return {.origin = Origin::repeated, .runs = std::move(again)};
}

}  // namespace sallyport::report
