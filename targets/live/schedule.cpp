#include "targets/live/schedule.hpp"

#include <fmt/format.h>

#include <charconv>
#include <tuple>

namespace sallyport::live {

std::expected<Schedule, std::string> schedule_from(std::string_view text) {
  if (text == "rotate") return Schedule{.kind = Schedule::Kind::rotate};
  if (text == "pinned") return Schedule{.kind = Schedule::Kind::pinned};
  Schedule schedule{.kind = Schedule::Kind::seeded};
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, schedule.seed);
  if (error != std::errc{} || stopped != end) {
    return std::unexpected(
        fmt::format("schedule \"{}\": expected rotate, pinned or a seed, a whole number", text));
  }
  return schedule;
}

std::size_t Scheduler::choose(trace::SessionId session, std::span<const trace::LinkId> eligible) {
  switch (schedule_.kind) {
    case Schedule::Kind::rotate:
      return rotate(session, eligible);
    case Schedule::Kind::pinned:
      return 0;
    case Schedule::Kind::seeded:
      return static_cast<std::size_t>(next_random() % eligible.size());
  }
  return 0;
}

std::size_t Scheduler::rotate(trace::SessionId session, std::span<const trace::LinkId> eligible) {
  const auto had = last_of_.find(session);
  const auto rank = [&](std::size_t i) {
    const auto use = used_.find(eligible[i]);
    return std::tuple(had != last_of_.end() && had->second == eligible[i],
                      use == used_.end() ? std::uint64_t{0} : use->second);
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < eligible.size(); ++i) {
    if (rank(i) < rank(best)) best = i;
  }
  used_[eligible[best]] = ++leases_;
  last_of_[session] = eligible[best];
  return best;
}

void Scheduler::forget_link(trace::LinkId link) {
  used_.erase(link);
  std::erase_if(last_of_, [link](const auto& entry) { return entry.second == link; });
}

// SplitMix64: a few lines, and the same sequence with every standard library.
std::uint64_t Scheduler::next_random() {
  random_ += 0x9e3779b97f4a7c15;
  std::uint64_t mixed = random_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

}  // namespace sallyport::live
