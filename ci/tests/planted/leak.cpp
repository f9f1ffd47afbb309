// Forgets what it allocated, when told so: LeakSanitizer must say so.
#include <memory>
#include <utility>

namespace {
int* volatile kept = nullptr;
}

int main(int argc, char**) {
  auto held = std::make_unique<int>(argc);
  kept = held.get();
  if (argc > 1) {
    kept = held.release();
    kept = nullptr;
  }
  return 0;
}
