// What the passes of a search, which may run at once, know of each other.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "targets/engine/result.hpp"
#include "targets/explore/explore.hpp"

namespace sallyport::explore {

using Clock = std::chrono::steady_clock;

class Common {
 public:
  Common(const engine::Request& request, const Bound& bound) : request_(request), bound_(bound) {}

  [[nodiscard]] const engine::Request& request() const { return request_; }
  [[nodiscard]] const Bound& bound() const { return bound_; }
  [[nodiscard]] Clock::time_point began() const { return began_; }
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(Clock::now() - began_).count();
  }
  /// A pass has ended with so many states.
  void ended(std::uint64_t states) { states_ += states; }
  void stop() { stopped_ = true; }
  [[nodiscard]] bool stopped() const { return stopped_; }
  /// A pass has this much more memory than when it last said so, or less. False where all passes
  /// together have too much.
  bool has_room(std::ptrdiff_t more);
  /// The most that they had at once, in octets.
  [[nodiscard]] std::size_t memory_peak() const { return memory_peak_; }
  /// False where whoever watches wants it to stop.
  [[nodiscard]] bool report(std::uint64_t states, std::size_t depth, std::size_t waiting);

 private:
  const engine::Request& request_;
  const Bound& bound_;
  const Clock::time_point began_ = Clock::now();
  std::atomic<std::uint64_t> states_ = 0;
  std::atomic<std::ptrdiff_t> memory_ = 0;
  std::atomic<std::size_t> memory_peak_ = 0;
  std::atomic<bool> stopped_ = false;
  std::mutex reporting_;
};

}  // namespace sallyport::explore
