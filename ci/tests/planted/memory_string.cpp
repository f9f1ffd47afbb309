// Decides on octets of a std::string that nobody wrote, when told so. With a C++ library that is
// not instrumented MemorySanitizer would not see who wrote into a string and who didn't, so this is
// the proof that ours is; and without the argument, that it raises no false alarm.
#include <cstddef>
#include <string>

int main(int argc, char**) {
  std::string line = "A1 LOGIN alice secret, and long enough to lie on the heap";
  const std::size_t known = line.size();
  line += " with more behind it";
  if (argc > 1) {
    const auto* const unwritten = new char[32];  // NOLINT: uninitialised on purpose
    line.replace(known, 32, unwritten, 32);
    delete[] unwritten;
  }
  return line.find("LOGOUT") != std::string::npos ? 3 : 0;
}
