#include "targets/report/artifacts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

namespace sallyport::report {
namespace {

namespace fs = std::filesystem;
using Digest = std::expected<std::string, std::string>;

Digest digest_of_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string octets{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    return std::unexpected(fmt::format("{}: {}", path.string(), std::strerror(errno)));
  }
  return sha256_of(octets);
}

Digest digest_of_folder(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::recursive_directory_iterator each(folder, error), end; !error && each != end;
       each.increment(error)) {
    if (each->symlink_status().type() == fs::file_type::regular) {
      names.push_back(each->path().lexically_relative(folder).generic_string());
    }
  }
  if (error) return std::unexpected(fmt::format("{}: {}", folder.string(), error.message()));
  if (names.empty()) return std::unexpected(fmt::format("{}: no file in it", folder.string()));
  std::ranges::sort(names);
  std::string sums;
  for (const std::string& name : names) {
    if (name.find('\n') != std::string::npos) {
      return std::unexpected(fmt::format("{}: a name in it has a line end", folder.string()));
    }
    const Digest digest = digest_of_file(folder / name);
    if (!digest) return digest;
    sums += fmt::format("{}  {}\n", *digest, name);
  }
  return sha256_of(sums);
}

}  // namespace

std::expected<Artifact, std::string> artifact_of(std::string name, const fs::path& path) {
  std::error_code error;
  const bool folder = fs::is_directory(path, error);
  Digest digest = folder ? digest_of_folder(path) : digest_of_file(path);
  if (!digest) return std::unexpected(digest.error());
  return Artifact{.name = std::move(name),
                  .algorithm = folder ? "dirHash" : "sha256",
                  .digest = *std::move(digest)};
}

}  // namespace sallyport::report
