// Random numbers that are the same everywhere: SplitMix64 (Steele, Lea, Flood: Fast splittable
// pseudorandom number generators, 2014). The standard library's distributions differ from one
// implementation to the next, and a seed must mean one run.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sallyport::engine {

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// 0 … bound - 1; `bound` is small and not 0, so that the bias of a remainder doesn't matter.
  constexpr std::size_t below(std::size_t bound) {
    return static_cast<std::size_t>(next() % bound);
  }
  constexpr bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace sallyport::engine
