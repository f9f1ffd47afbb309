// Judges what was recorded: a trace, a transcript or a capture of packets, by the monitors that
// judge everything else. A recording is one run, so nothing is compared; and it may end anywhere,
// so what wasn't answered in it isn't held against anybody.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "properties/property.hpp"
#include "targets/engine/result.hpp"

namespace sallyport::live {

/// The rows of all that stands in `text`, the content of the file `path`. Credentials are redacted
/// by place in all dialogues. `properties` empty: all. The error is one line.
[[nodiscard]] std::expected<std::vector<engine::Result>, std::string> audit(
    const std::string& path, std::string_view text,
    std::span<const properties::Property* const> properties);

}  // namespace sallyport::live
