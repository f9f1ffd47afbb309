// The dialogue of a finding on a live server, from the trace in which it was seen.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "targets/live/play.hpp"
#include "trace/event.hpp"
#include "world/script.hpp"

namespace sallyport::live {

/// The last lines of `run` up to the one that `event` comes from, which is marked.
[[nodiscard]] std::vector<std::string> excerpt(const trace::Trace& trace, const Run& run,
                                               std::size_t event);

/// The lines of two runs, up to the end of `step`, under headings; where the server's come to
/// differ in that step is marked. `script` says in `vary` how the second one differs.
[[nodiscard]] std::vector<std::string> pair_dialogue(const trace::Trace& trace,
                                                     const world::Script& script, const Run& first,
                                                     const Run& second, std::size_t step);

/// All that was said, and who hung up on a client, in order.
[[nodiscard]] std::vector<std::string> transcript(const trace::Trace& trace);

}  // namespace sallyport::live
