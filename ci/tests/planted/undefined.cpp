// Adds beyond the largest integer, when told so: UndefinedBehaviorSanitizer must say so.
#include <limits>

int main(int argc, char**) {
  const int sum = std::numeric_limits<int>::max() - 1 + argc;
  return sum > 0 ? 0 : 1;
}
