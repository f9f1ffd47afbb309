// 61 bits that stand for a string of octets, with a bound on the chance that two strings share
// them.
//
// The octets are the coefficients of a polynomial, evaluated modulo 2^61 - 1 at a point that the
// seed of the run picks (Carter and Wegman, Universal classes of hash functions, 1979). Two
// different strings of at most L words agree at a random point with probability at most L / 2^61,
// so among n strings some pair is confused with probability at most n²/2 · L / 2^61. A run with
// another seed draws another point.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "targets/engine/random.hpp"

namespace sallyport::explore {

class Fingerprints {
 public:
  explicit Fingerprints(std::uint64_t seed) : point_(engine::Random(seed).next() % modulus) {}

  [[nodiscard]] std::uint64_t operator()(std::string_view octets) const {
    // The length goes first: a string and the same with zeros behind it are different polynomials.
    std::uint64_t sum = octets.size() + 1;
    while (!octets.empty()) {
      const std::size_t count = octets.size() < word_octets ? octets.size() : word_octets;
      std::uint64_t word = 0;
      std::memcpy(&word, octets.data(), count);
      sum = reduced(product(sum, point_) + word);
      octets.remove_prefix(count);
    }
    return sum;
  }

  /// The bound above, for `count` strings of at most `octets` each.
  [[nodiscard]] static double confusion(double count, double octets) {
    return count * count / 2 * (octets / word_octets + 2) / static_cast<double>(modulus);
  }

 private:
  static constexpr std::uint64_t modulus = (std::uint64_t{1} << 61) - 1;
  static constexpr std::size_t word_octets = 7;  // below the modulus
  __extension__ using Wide = unsigned __int128;

  static std::uint64_t reduced(std::uint64_t value) {
    const std::uint64_t folded = (value & modulus) + (value >> 61);
    return folded >= modulus ? folded - modulus : folded;
  }
  static std::uint64_t product(std::uint64_t a, std::uint64_t b) {
    const Wide wide = Wide{a} * b;
    return reduced((static_cast<std::uint64_t>(wide) & modulus) +
                   static_cast<std::uint64_t>(wide >> 61));
  }

  std::uint64_t point_;
};

}  // namespace sallyport::explore
