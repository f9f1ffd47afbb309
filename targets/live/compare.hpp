// Compares runs of a script with runs of the same script varied, on a server that isn't
// deterministic.
//
// What differs between two equal runs (a time in a greeting, a number of a session) is the server's
// own noise: the text of such a line is not compared, and where equal runs part in what kinds of
// things are said, nothing is compared from there on. Fractions ("0.001 secs") are noise by
// themselves, since those of two equal runs may agree by chance. So a difference that is left is
// the variation's doing, as far as a few runs can tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "targets/engine/panel.hpp"
#include "targets/live/play.hpp"
#include "trace/event.hpp"

namespace sallyport::live {

/// The events of a run, step by step; without fractions in what they are digests of.
using Steps = std::vector<trace::Events>;
[[nodiscard]] Steps steps_of(const trace::Trace& trace, const Run& run);

/// What the comparison showed of one property.
struct Compared {
  std::uint64_t exercised = 0;
  std::string_view violation;     // empty: none
  std::optional<std::size_t> at;  // the step after which the runs were seen to differ
};

/// One per member of `set`. All of `first` are runs of one script, all of `second` of the varied
/// one; neither is empty.
[[nodiscard]] std::vector<Compared> compare(const engine::Panel::Set& set, std::vector<Steps> first,
                                            std::vector<Steps> second);

}  // namespace sallyport::live
