// The machine's form of what the command says. Members keep their order and hold no times, so that
// a run with a count and a seed repeats to the octet.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "frontend/profile.hpp"
#include "properties/property.hpp"
#include "targets/cli/conclusion.hpp"

namespace sallyport::cli {

using Json = nlohmann::ordered_json;

/// {"schema":1,"command":…,"results":[…]}
[[nodiscard]] Json document(std::string_view command, const Rows& rows);
[[nodiscard]] Json to_json(const Row& row);
[[nodiscard]] Json to_json(const properties::Facts& facts);
[[nodiscard]] Json to_json(const frontend::FaultFacts& facts);

/// One object and a line end. Octets that aren't UTF-8 are replaced, as JSON can't carry them.
[[nodiscard]] std::string dumped(const Json& json);

/// Does a bound's member say how long something took? Those are for people only.
[[nodiscard]] bool is_duration(std::string_view bound);

}  // namespace sallyport::cli
