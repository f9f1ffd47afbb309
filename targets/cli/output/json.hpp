// The machine's form of what the command says beside results, whose form is
// targets/report/rows.hpp.
#pragma once

#include "frontend/profile.hpp"
#include "properties/property.hpp"
#include "targets/report/rows.hpp"

namespace sallyport::cli {

using report::document;
using report::dumped;
using report::Json;

[[nodiscard]] Json to_json(const properties::Facts& facts);
[[nodiscard]] Json to_json(const frontend::FaultFacts& facts);

}  // namespace sallyport::cli
