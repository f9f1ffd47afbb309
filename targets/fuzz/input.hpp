// One input of a fuzz target that reads octets, and what the target requires of every input. A
// requirement that doesn't hold is reported as a violated property is, and ends the process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace sallyport::fuzz {

struct Claim {
  std::string_view requirement;  // a present-tense claim
  std::string_view source;       // "RFC 3501 §4.3"
};

/// `octets` as printf(1) and people can read them.
[[nodiscard]] std::string escaped(std::string_view octets);

/// What a reader needs: Requirement, Source, Expected, Actual, the input, a line that repeats it.
[[nodiscard]] std::string refutation(std::string_view target, const Claim& claim,
                                     std::string_view expected, std::string_view actual,
                                     std::string_view input);

class Input {
 public:
  /// `target` is the target's name, as sallyport-replay takes it.
  Input(std::string_view target, const std::uint8_t* data, std::size_t size)
      : target_(target), octets_(reinterpret_cast<const char*>(data), size) {}

  [[nodiscard]] std::string_view octets() const { return octets_; }

  /// `expected` and `actual` are looked at only where the claim is refuted.
  void require(bool holds, const Claim& claim, std::string_view expected,
               std::string_view actual) const {
    if (!holds) refuted(claim, expected, actual);
  }
  /// The two are equal; they are shown as text.
  template <class Expected, class Actual>
  void equal(const Claim& claim, const Expected& expected, const Actual& actual) const {
    if (!(expected == actual)) refuted(claim, shown(expected), shown(actual));
  }
  /// `part` is a view of `whole`, or empty.
  void within(const Claim& claim, std::string_view whole, std::string_view part) const {
    const bool inside = part.empty() || (part.data() >= whole.data() &&
                                         part.data() + part.size() <= whole.data() + whole.size());
    require(inside, claim, "a view of the input", "a view of something else");
  }

 private:
  template <class T>
  static std::string shown(const T& value) {
    if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      return escaped(value);
    } else {
      return to_text(value);
    }
  }
  [[noreturn]] void refuted(const Claim& claim, std::string_view expected,
                            std::string_view actual) const;

  std::string_view target_;
  std::string_view octets_;
};

}  // namespace sallyport::fuzz
