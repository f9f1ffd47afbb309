#include "targets/explore/pass.hpp"

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

void Notebook::conclude(const MonitorGraph& graph, const std::vector<std::size_t>& members) {
  for (NotesId id = 0; id < counts_.size(); ++id) {
    for (const Note& note : graph.notes(id)) {
      findings.records[members[note.property]].exercised += note.exercised * counts_[id];
    }
  }
}

bool Notebook::uses(std::size_t memory) {
  const auto more = static_cast<std::ptrdiff_t>(memory) - static_cast<std::ptrdiff_t>(memory_said_);
  memory_said_ = memory;
  return common_.has_room(more);
}

Stop Notebook::watch(std::uint64_t states, std::size_t depth, std::size_t waiting,
                     std::size_t memory) {
  if (!uses(memory)) return Stop::memory;
  if (Clock::now() >= share_.until) return Stop::time;
  if (watched_ % 4096 == 0 && !common_.report(states, depth, waiting)) common_.stop();
  return Stop::exhausted;
}

std::vector<std::pair<std::uint16_t, std::uint16_t>> way_of(std::vector<std::uint32_t> labels,
                                                            std::optional<std::uint32_t> last) {
  if (last) labels.push_back(*last);
  std::vector<std::pair<std::uint16_t, std::uint16_t>> way;
  for (const std::uint32_t label : labels) {
    way.emplace_back(static_cast<std::uint16_t>(label >> 16U & 0x7fffU),
                     static_cast<std::uint16_t>(label & 0xffffU));
  }
  return way;
}

}  // namespace sallyport::explore
