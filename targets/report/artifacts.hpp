// Digests of what was put to the test: of a file SHA-256; of a folder in-toto's dirHash, which is
//   find . -type f | cut -c3- | LC_ALL=C sort | xargs -r sha256sum | sha256sum
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "targets/report/formats.hpp"

namespace sallyport::report {

/// The error is one line.
[[nodiscard]] std::expected<Artifact, std::string> artifact_of(std::string name,
                                                               const std::filesystem::path& path);

}  // namespace sallyport::report
