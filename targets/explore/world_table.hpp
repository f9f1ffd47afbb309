// Which rows are known, and how each was reached first: exactly, or by fingerprints. Exactly, a row
// is kept as it is. By fingerprints it is found again where it came from, so that a world takes
// some thirty octets, and two worlds may be taken for one with the probability that `confusion`
// bounds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "targets/explore/fingerprint.hpp"
#include "targets/explore/index_table.hpp"
#include "targets/explore/octets.hpp"
#include "targets/explore/symmetry.hpp"

namespace sallyport::explore {

using WorldId = std::uint32_t;

/// How a world was reached first: by this step, and put in order by this renaming.
struct From {
  WorldId world = 0;
  std::uint16_t action = 0;
  std::uint16_t schedule = 0;
};

class WorldTable {
 public:
  WorldTable(bool compact, std::uint64_t seed) : compact_(compact), fingerprint_(seed) {}

  /// `row` as Row::encode writes it.
  WorldId number(std::string_view row, std::uint8_t flags, const From& from, RenamingId renaming) {
    const WorldId id = compact_ ? by_fingerprint(row) : rows_.number(row);
    if (id < from_.size()) return id;
    from_.push_back(from);
    flags_.push_back(flags);
    renamings_.push_back(renaming);
    row_octets_max_ = std::max(row_octets_max_, row.size());
    return id;
  }
  [[nodiscard]] bool is_compact() const { return compact_; }
  /// Only where it isn't compact.
  [[nodiscard]] std::string_view row(WorldId world) const { return rows_[world]; }
  [[nodiscard]] const From& from(WorldId world) const { return from_[world]; }
  [[nodiscard]] std::uint8_t flags(WorldId world) const { return flags_[world]; }
  [[nodiscard]] RenamingId renaming(WorldId world) const { return renamings_[world]; }

  [[nodiscard]] std::size_t size() const { return from_.size(); }
  /// The most probable it is that two of the worlds were taken for one; 0 where they are exact.
  [[nodiscard]] double confusion() const {
    if (!compact_) return 0;
    return Fingerprints::confusion(static_cast<double>(size()),
                                   static_cast<double>(row_octets_max_));
  }
  [[nodiscard]] std::size_t memory() const {
    return rows_.memory() + prints_.capacity() * sizeof(std::uint64_t) + table_.octets() +
           from_.capacity() * sizeof(From) + flags_.capacity() + renamings_.capacity();
  }

  template <class Archive>
  void archive(Archive& archive) {
    archive(rows_, prints_, table_, from_, flags_, renamings_, row_octets_max_);
  }

 private:
  WorldId by_fingerprint(std::string_view row) {
    const std::uint64_t print = fingerprint_(row);
    const auto next = static_cast<WorldId>(prints_.size());
    const WorldId found =
        table_.find_or_add(mixed(print), next, [&](WorldId i) { return prints_[i] == print; });
    if (found == next) prints_.push_back(print);
    return found;
  }

  bool compact_;
  Fingerprints fingerprint_;
  Octets rows_;
  std::vector<std::uint64_t> prints_;
  IndexTable table_;
  std::vector<From> from_;
  std::vector<std::uint8_t> flags_;
  std::vector<RenamingId> renamings_;
  std::size_t row_octets_max_ = 0;
};

}  // namespace sallyport::explore
