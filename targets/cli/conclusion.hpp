// From rows to an exit status. Where several apply: violated (1), then failed (2), then nothing
// exercised (3).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "targets/report/rows.hpp"

namespace sallyport::cli {

enum class Exit : std::uint8_t { holds = 0, violated = 1, failed = 2, vacuous = 3 };

using report::Row;
using report::Rows;

struct Conclusion {
  Exit exit = Exit::holds;
  std::string remark;  // one line for stderr where `exit` is 2 or 3
};

/// `required` are the ids that must have been exercised somewhere. `not_run` counts what was left
/// out when the run was interrupted; `interrupted` says that it was.
[[nodiscard]] Conclusion conclude(const Rows& rows, const std::vector<std::string>& required,
                                  bool interrupted = false, std::size_t not_run = 0);

}  // namespace sallyport::cli
