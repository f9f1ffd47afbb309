// Runs a fuzz target on files and on all files of folders, in an ordinary build: fuzz targets are
// compiled and tested wherever everything else is, and an input from elsewhere runs without a
// fuzzer.
//
//   sallyport-replay                        the names of the targets
//   sallyport-replay TARGET                 on the seeds in corpora/ of the working directory
//   sallyport-replay TARGET FILE|FOLDER…    where a file .script is a script for a target of
//   scripts
#include <algorithm>
#include <cstdio>
#include <string>

#include "targets/fuzz/seeds.hpp"
#include "targets/fuzz/targets.hpp"

namespace {

using sallyport::fuzz::Target;

int fail(std::string_view what) {
  std::fprintf(stderr, "sallyport: %.*s\n", static_cast<int>(what.size()), what.data());
  return 2;
}

int replay(const Target& target, const std::vector<std::filesystem::path>& files) {
  for (const std::filesystem::path& file : files) {
    const auto octets = sallyport::fuzz::input_for(target, file);
    if (!octets) return fail(octets.error());
    // In memory of its own size, so that AddressSanitizer sees a read behind its end.
    const std::vector<std::uint8_t> input(octets->begin(), octets->end());
    target.run(input.data(), input.size());
  }
  std::printf("%.*s: %zu inputs\n", static_cast<int>(target.name.size()), target.name.data(),
              files.size());
  return files.empty() ? fail("expected an input, found none") : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto targets = sallyport::fuzz::targets();
  if (argc < 2) {
    for (const Target& target : targets) std::puts(std::string(target.name).c_str());
    return 0;
  }
  const auto target = std::ranges::find(targets, std::string_view(argv[1]), &Target::name);
  if (target == targets.end()) {
    return fail(std::string(argv[1]) + ": expected the name of a fuzz target");
  }
  if (argc == 2) return replay(*target, sallyport::fuzz::seeds_of(*target, "corpora"));
  std::vector<std::filesystem::path> files;
  for (int i = 2; i < argc; ++i) {
    for (auto& file : sallyport::fuzz::files_in(argv[i])) files.push_back(std::move(file));
  }
  return replay(*target, files);
}
