#include "targets/explore/common.hpp"

namespace sallyport::explore {

bool Common::report(std::uint64_t states, std::size_t depth, std::size_t waiting) {
  if (request_.on_progress == nullptr) return true;
  const std::scoped_lock lock(reporting_);
  const engine::Progress progress{.engine = "explore",
                                  .done = states_ + states,
                                  .seconds = seconds(),
                                  .unit = "states",
                                  .depth = depth,
                                  .frontier = waiting};
  return request_.on_progress(request_.progress_context, progress);
}

bool Common::has_room(std::ptrdiff_t more) {
  const auto now = static_cast<std::size_t>(memory_ += more);
  std::size_t peak = memory_peak_;
  while (now > peak && !memory_peak_.compare_exchange_weak(peak, now)) {
  }
  return now <= bound_.memory_octets_max;
}

}  // namespace sallyport::explore
