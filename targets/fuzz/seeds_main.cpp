// Writes what fuzz targets start from, a folder for each: DIRECTORY/imap-command-parse/….
//
//   sallyport-fuzz-seeds DIRECTORY [TARGET…]    from corpora/ of the working directory; of no
//   target
//                                               that is named: of all
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <system_error>

#include "targets/fuzz/seeds.hpp"

namespace {

using sallyport::fuzz::Target;
namespace fs = std::filesystem;

int fail(const std::string& what) {
  std::fprintf(stderr, "sallyport: %s\n", what.c_str());
  return 2;
}

int write(const Target& target, const fs::path& directory) {
  std::error_code ignored;
  fs::create_directories(directory, ignored);
  for (const fs::path& seed : sallyport::fuzz::seeds_of(target, "corpora")) {
    const auto octets = sallyport::fuzz::input_for(target, seed);
    if (!octets) return fail(octets.error());
    const fs::path path = directory / seed.filename();
    std::ofstream file(path, std::ios::binary);
    if (!(file << *octets)) return fail(path.string() + ": cannot be written");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return fail("expected the name of a directory");
  const auto targets = sallyport::fuzz::targets();
  for (int i = 2; i < argc; ++i) {
    if (std::ranges::find(targets, std::string_view(argv[i]), &Target::name) == targets.end()) {
      return fail(std::string(argv[i]) + ": expected the name of a fuzz target");
    }
  }
  for (const Target& target : targets) {
    const bool named = argc == 2 || std::find(argv + 2, argv + argc, target.name) != argv + argc;
    if (!named) continue;
    if (const int failed = write(target, fs::path(argv[1]) / target.name)) return failed;
  }
  return 0;
}
