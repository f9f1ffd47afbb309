#include "targets/explore/pass.hpp"

namespace sallyport::explore {

namespace {

/// As its octets, from which it can be read again.
void archive_script(std::optional<world::Script>& script, Archive& archive) {
  std::string octets = script ? world::to_bytes(*script) : "";
  bool is_there = script.has_value();
  archive(is_there, octets);
  if (archive.reads()) script.reset();
  if (archive.reads() && is_there) script = world::script_from_bytes(octets);
}

}  // namespace

std::string_view name_of(const engine::Panel::Set& set) {
  switch (set.variation) {
    case trace::Variation::none:
      return "single-runs";
    case trace::Variation::schedule:
      return "schedule";
    case trace::Variation::segmentation:
      return "segmentation";
    case trace::Variation::plaintext_before_tls:
      return "plaintext-before-tls";
    case trace::Variation::backend_before_tls:
      return "backend-before-tls";
    case trace::Variation::other_users_secrets:
      return "other-users-secrets";
    case trace::Variation::unknown_user:
      return "unknown-user";
  }
  return "";
}

void Notebook::conclude(const MonitorGraph& graph) {
  for (NotesId id = 0; id < counts_.size(); ++id) {
    for (const Note& note : graph.notes(id)) {
      records[members_[note.property]].exercised += note.exercised * counts_[id].times;
    }
  }
}

void Notebook::archive(Archive& archive) {
  archive(counts_);
  for (engine::Record& record : records) {
    archive(record.done_before, record.seconds_before);
    archive_script(record.script, archive);
  }
  archive_script(runaway, archive);
  if (archive.reads()) pending_.clear();
}

bool Watch::uses(std::size_t memory) {
  const auto more = static_cast<std::ptrdiff_t>(memory) - static_cast<std::ptrdiff_t>(memory_said_);
  memory_said_ = memory;
  return common_.has_room(more);
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
