// What the differential targets have in common: both readers are asked, and where they disagree a
// known reason must say why.
#pragma once

#include <algorithm>

#include "targets/differential/disagreements.hpp"
#include "targets/fuzz/input.hpp"

namespace sallyport::differential {

inline bool is_ascii(std::string_view octets) {
  return std::ranges::none_of(octets, [](char c) { return (c & 0x80) != 0; });
}

inline void ask(const fuzz::Input& input, const Question& question) {
  const Verdicts verdicts = question.read(input.octets());
  const bool explained = verdicts.ours == verdicts.theirs ||
                         explanation(question, input.octets(), verdicts) != nullptr;
  input.require(explained, {"Two readers take the same octets for the same", question.name},
                verdicts.theirs, verdicts.ours);
}

}  // namespace sallyport::differential
