// Searches the abstract model and says in one line of JSON how far it came and what it took: our
// side of the comparison with SPIN.
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "targets/abstract/searched.hpp"
#include "targets/abstract/shape.hpp"

namespace {

std::string or_null(const std::optional<std::size_t>& number) {
  return number ? std::to_string(*number) : "null";
}

}  // namespace

int main(int argc, char** argv) {
  using namespace sallyport;
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  const auto shape = abstract::shape_from(words);
  if (!shape) {
    std::fprintf(stderr, "sallyport-search-model: %s\n", shape.error().c_str());
    return 2;
  }
  const auto begun = std::chrono::steady_clock::now();
  const abstract::Searched found = abstract::search(*shape);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::printf(
      "{\"stop\": \"%s\", \"states\": %zu, \"transitions\": %zu, \"depth\": %zu, \"octets\": %zu, "
      "\"seconds\": %.6f, \"ADV-01\": %s, \"PER-01\": %s}\n",
      std::string(explore::name(found.stop)).c_str(), found.states, found.transitions, found.depth,
      found.octets, took.count(), or_null(found.adv_01).c_str(), or_null(found.per_01).c_str());
  return 0;
}
