// Two threads count without asking each other, when told so: ThreadSanitizer must say so.
#include <mutex>
#include <thread>

namespace {
int counted = 0;
std::mutex guard;

void count(bool guarded) {
  for (int i = 0; i < 1000; ++i) {
    if (guarded) {
      const std::lock_guard lock(guard);
      ++counted;
    } else {
      ++counted;
    }
  }
}
}  // namespace

int main(int argc, char**) {
  const bool guarded = argc == 1;
  std::thread first(count, guarded);
  std::thread second(count, guarded);
  first.join();
  second.join();
  return counted > 2000 ? 3 : 0;
}
