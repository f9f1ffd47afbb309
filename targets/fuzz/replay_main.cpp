// Runs a fuzz target on files, in an ordinary build: fuzz targets are compiled and tested wherever
// everything else is, and an input from elsewhere can be run without a fuzzer.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  LLVMFuzzerInitialize(&argc, &argv);
  if (argc < 2) {
    std::fputs("sallyport: expected the names of input files\n", stderr);
    return 2;
  }
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "sallyport: %s: cannot be read\n", argv[i]);
      return 2;
    }
    std::ostringstream octets;
    octets << file.rdbuf();
    const std::string input = octets.str();
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  }
  return 0;
}
