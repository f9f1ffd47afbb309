// Where fuzz targets start: files of corpora/, as the octets that a target takes.
//
// A target of scripts starts from all scripts of corpora/seeds and corpora/regressions. One of
// octets starts from the files of corpora/seeds/<grammar> and corpora/regressions/<grammar>, the
// grammar being what its name begins with: imap-response for imap-response-parse. Transcripts are
// those of the properties' pages as well.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "targets/fuzz/targets.hpp"

namespace sallyport::fuzz {

/// All that stands in `path`; the error is one line.
[[nodiscard]] std::expected<std::string, std::string> octets_of(const std::filesystem::path& path);

/// The octets that `target` takes for the file `path`: a script in its text form, which a file
/// `.script` holds, becomes bytes where the target takes a script.
[[nodiscard]] std::expected<std::string, std::string> input_for(const Target& target,
                                                                const std::filesystem::path& path);

/// The files below `path` in the order of their names; `path` itself where it is a file.
[[nodiscard]] std::vector<std::filesystem::path> files_in(const std::filesystem::path& path);

/// The files that `target` starts from. `corpora` is the folder of that name.
[[nodiscard]] std::vector<std::filesystem::path> seeds_of(const Target& target,
                                                          const std::filesystem::path& corpora);

}  // namespace sallyport::fuzz
