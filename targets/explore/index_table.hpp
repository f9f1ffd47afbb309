// A hash table of indices: it tells whether something that lies in a vector elsewhere is already
// there. Eight octets a slot, linear probing, at most three quarters full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace sallyport::explore {

/// The finalizer of SplitMix64: a bijection that spreads every bit over all others.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

class IndexTable {
 public:
  /// The index for which `same(index)`, else `next`, which is remembered from now on.
  template <class Same>
  std::uint32_t find_or_add(std::uint64_t hash, std::uint32_t next, Same&& same) {
    if ((used_ + 1) * 4 > slots_.size() * 3) grow();
    const auto key = static_cast<std::uint32_t>(hash >> 32);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = key & mask;; at = (at + 1) & mask) {
      Slot& slot = slots_[at];
      if (slot.index_plus_one == 0) {
        slot = {.index_plus_one = next + 1, .key = key};
        ++used_;
        return next;
      }
      if (slot.key == key && same(slot.index_plus_one - 1)) return slot.index_plus_one - 1;
    }
  }
  /// The index for which `same(index)`, if there is one.
  template <class Same>
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t hash, Same&& same) const {
    const auto key = static_cast<std::uint32_t>(hash >> 32);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = key & mask; !slots_.empty(); at = (at + 1) & mask) {
      const Slot& slot = slots_[at];
      if (slot.index_plus_one == 0) return std::nullopt;
      if (slot.key == key && same(slot.index_plus_one - 1)) return slot.index_plus_one - 1;
    }
    return std::nullopt;
  }
  template <class Archive>
  void archive(Archive& archive) {
    archive(slots_, used_);
  }
  [[nodiscard]] std::size_t octets() const { return slots_.size() * sizeof(Slot); }

 private:
  struct Slot {
    std::uint32_t index_plus_one = 0;
    std::uint32_t key = 0;
  };

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 1024 : slots_.size() * 2);
    old.swap(slots_);
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.index_plus_one == 0) continue;
      std::size_t at = slot.key & mask;
      while (slots_[at].index_plus_one != 0) at = (at + 1) & mask;
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace sallyport::explore
