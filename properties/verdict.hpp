// What an engine may say of a property. Five words, and none of them is "proved".
#pragma once

#include <cstdint>
#include <string_view>

namespace sallyport::properties {

enum class Verdict : std::uint8_t {
  holds,         // exercised, never violated, within the stated bound
  violated,      // with a witness
  vacuous,       // never exercised: this is not a pass
  unobservable,  // this engine can't see what the property needs
  inconclusive,  // the subject failed, or time ran out first
};

[[nodiscard]] constexpr std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::violated:
      return "violated";
    case Verdict::vacuous:
      return "vacuous";
    case Verdict::unobservable:
      return "unobservable";
    case Verdict::inconclusive:
      return "inconclusive";
  }
  return "inconclusive";
}

}  // namespace sallyport::properties
