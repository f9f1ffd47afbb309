// A witness as runs with links and directions. One of the simulated world is run once more, here
// and now: a diagram then shows leases as well, and the report can say that it repeats. One of a
// live server or of a recording can't be, and is read from the lines that were kept.
#pragma once

#include <cstdint>
#include <vector>

#include "targets/engine/dialogue.hpp"
#include "targets/report/rows.hpp"

namespace sallyport::report {

enum class Origin : std::uint8_t {
  repeated,  // run again, and the dialogue is the same to the octet
  differs,   // run again, and the dialogue is another one: drawn as recorded
  recorded,  // nothing to run
};

struct Shown {
  Origin origin{};
  std::vector<engine::Run> runs;
};
/// `row` has a witness.
[[nodiscard]] Shown shown(const Row& row);

}  // namespace sallyport::report
