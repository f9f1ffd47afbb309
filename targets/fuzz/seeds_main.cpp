// Writes the seed scripts in their byte form into a directory: a corpus for a fuzzer to start from.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "targets/engine/seeds.hpp"
#include "world/script.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("sallyport: expected the name of a directory\n", stderr);
    return 2;
  }
  const std::filesystem::path directory(argv[1]);
  std::error_code ignored;
  std::filesystem::create_directories(directory, ignored);
  for (const sallyport::engine::Seed& seed : sallyport::engine::seeds()) {
    const auto script = sallyport::world::script_from_text(seed.text);
    std::ofstream file(directory / seed.name, std::ios::binary);
    if (!script || !(file << sallyport::world::to_bytes(*script))) {
      std::fprintf(stderr, "sallyport: %s: cannot be written\n", argv[1]);
      return 2;
    }
  }
  return 0;
}
