#include "targets/cli/files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>
#include <vector>

#include "targets/cli/failure.hpp"
#include "trace/event.hpp"

namespace sallyport::cli {
namespace {

constexpr std::size_t file_octets_max = std::size_t{16} << 20;

struct Closer {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, Closer>;

[[noreturn]] void fail(std::string_view label, int error) {
  throw Failure(fmt::format("{}: {}", label, std::strerror(error)));
}

}  // namespace

std::string read_file(const std::string& path, std::string_view label) {
  if (label.empty()) label = path;
  const File file(path == "-" ? stdin : std::fopen(path.c_str(), "rb"));
  if (file == nullptr) fail(label, errno);
  std::string octets;
  char piece[4096];
  for (std::size_t got = 0; (got = std::fread(piece, 1, sizeof piece, file.get())) > 0;) {
    octets.append(piece, got);
    if (octets.size() > file_octets_max) {
      throw Failure(fmt::format("{}: larger than 16 MiB", label));
    }
  }
  if (std::ferror(file.get()) != 0) fail(label, errno);
  return octets;
}

void write_file(const std::filesystem::path& path, std::string_view octets) {
  File file(std::fopen(path.c_str(), "wb"));
  if (file == nullptr) fail(path.string(), errno);
  const bool written = std::fwrite(octets.data(), 1, octets.size(), file.get()) == octets.size();
  if (!written || std::fflush(file.get()) != 0) fail(path.string(), errno);
}

void make_directory(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw Failure(fmt::format("{}: {}", path.string(), error.message()));
  if (!std::filesystem::is_directory(path, error)) fail(path.string(), ENOTDIR);
}

std::uint64_t digest_of_this_program() {
  constexpr const char* path = "/proc/self/exe";
  const File file(std::fopen(path, "rb"));
  if (file == nullptr) fail(path, errno);
  std::uint64_t digest = trace::digest_of("");
  std::vector<char> block(std::size_t{1} << 20U);
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), file.get())) {
    digest = trace::digest_of({block.data(), count}, digest);
  }
  if (std::ferror(file.get()) != 0) fail(path, errno);
  return digest;
}

std::filesystem::path sibling(std::string_view name) {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) throw Failure(fmt::format("/proc/self/exe: {}", error.message()));
  const std::filesystem::path beside = self.parent_path() / name;
  const std::filesystem::path installed = self.parent_path().parent_path() / private_folder / name;
  return !std::filesystem::exists(beside, error) && std::filesystem::exists(installed, error)
             ? installed
             : beside;
}

}  // namespace sallyport::cli
