// Reads one octet behind a buffer on the heap, when told so: AddressSanitizer must say so.
#include <cstddef>
#include <vector>

int main(int argc, char**) {
  std::vector<char> buffer(16);
  const char* const octets = buffer.data();
  const std::size_t at = argc > 1 ? buffer.size() : 0;
  return octets[at] == 'x' ? 1 : 0;
}
