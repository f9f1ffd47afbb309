// What the session target leaves in its report directory for the driver: `report`, a line of
// numbers for each property, and a script for each property that was violated.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "targets/engine/conclude.hpp"

namespace sallyport::fuzz {

struct Report {
  std::uint64_t executions = 0;
  std::uint64_t steps = 0;
  std::vector<std::pair<std::string, engine::Record>> records;  // by property id
  std::optional<world::Script> runaway;
};

/// Replaces what stands there in one go.
void write_report(const std::filesystem::path& directory, const Report& report);

/// Nothing where none was written.
[[nodiscard]] std::optional<Report> read_report(const std::filesystem::path& directory);

}  // namespace sallyport::fuzz
