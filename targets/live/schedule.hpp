// Which of the free back-end connections a session gets. In a real front-end that is chance: load,
// time-outs, who came first. Here it is a choice, so that KB 306874 happens every time or never.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "trace/event.hpp"

namespace sallyport::live {

struct Schedule {
  enum class Kind : std::uint8_t {
    rotate,  // at each lease another connection than the session had before
    pinned,  // the canonical choice: the one that a front-end which persists would take
    seeded,  // pseudo-random, the same for the same seed and the same sequence of leases
  };
  Kind kind = Kind::rotate;
  std::uint64_t seed = 0;
  friend bool operator==(const Schedule&, const Schedule&) = default;
};

/// "rotate", "pinned", or a seed in decimal. The error is one line.
[[nodiscard]] std::expected<Schedule, std::string> schedule_from(std::string_view text);

class Scheduler {
 public:
  explicit Scheduler(Schedule schedule) : schedule_(schedule), random_(schedule.seed) {}

  /// An index into `eligible`, which is not empty. When it rotates: of the connections that this
  /// session did not have last, the one that was used longest ago; a connection that was never used
  /// comes before all others.
  [[nodiscard]] std::size_t choose(trace::SessionId session,
                                   std::span<const trace::LinkId> eligible);

  /// The number stands for another session or connection from now on.
  void forget_session(trace::SessionId session) { last_of_.erase(session); }
  void forget_link(trace::LinkId link);

 private:
  [[nodiscard]] std::size_t rotate(trace::SessionId session,
                                   std::span<const trace::LinkId> eligible);
  [[nodiscard]] std::uint64_t next_random();

  Schedule schedule_;
  std::uint64_t random_;
  std::uint64_t leases_ = 0;
  std::map<trace::LinkId, std::uint64_t> used_;  // by the count of leases; pools are small
  std::map<trace::SessionId, trace::LinkId> last_of_;
};

}  // namespace sallyport::live
