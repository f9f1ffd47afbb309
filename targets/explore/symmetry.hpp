// Which client is called 0 and which connection 1 is of no account: rows that differ in that alone
// are one. A row is renamed so that its clients and its connections stand in the order of their
// pieces' shapes. Where two have one shape they stay as they are, which can leave two rows for one
// world, and never makes one row of two.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "targets/explore/pieces.hpp"
#include "targets/explore/row.hpp"
#include "trace/renaming.hpp"
#include "world/script.hpp"

namespace sallyport::explore {

/// A renaming by its place in Symmetry::renamings. 0 changes nothing.
using RenamingId = std::uint8_t;

class Symmetry {
 public:
  /// More connections have too many orders; then only clients are renamed.
  static constexpr std::size_t links_max = 4;

  /// `links`: connections of the pool. With neither there is one renaming.
  Symmetry(bool clients, std::size_t links) : links_(links <= links_max ? links : 0) {
    std::array<std::uint8_t, links_max> order{0, 1, 2, 3};
    do {
      for (std::uint8_t swap = 0; swap < (clients ? 2 : 1); ++swap) {
        trace::Renaming renaming;
        if (swap != 0) std::swap(renaming.sessions[0], renaming.sessions[1]);
        for (std::size_t k = 0; k < links_; ++k) renaming.links[k] = order[k];
        renamings_.push_back(renaming);
      }
    } while (std::next_permutation(order.begin(), order.begin() + static_cast<long>(links_)));
    clients_ = clients;
    for (const trace::Renaming& a : renamings_) inverses_.push_back(place_of(a.inverse()));
  }

  [[nodiscard]] std::span<const trace::Renaming> renamings() const { return renamings_; }
  /// The two clients change places; 0 where they can't.
  [[nodiscard]] RenamingId swap() const { return clients_ ? 1 : 0; }
  [[nodiscard]] RenamingId inverse(RenamingId renaming) const { return inverses_[renaming]; }
  /// First `first`, then `second`.
  [[nodiscard]] RenamingId both(RenamingId first, RenamingId second) const {
    return place_of(renamings_[first].then(renamings_[second]));
  }

  /// The renaming that puts `row` in order.
  [[nodiscard]] RenamingId ordering(const Row& row, const Pieces& pieces) const {
    trace::Renaming renaming;
    const auto shape = [&](std::size_t piece) { return pieces.shape(row.pieces[piece]); };
    if (clients_ && shape(0) > shape(1)) std::swap(renaming.sessions[0], renaming.sessions[1]);
    std::array<std::uint8_t, links_max> order{0, 1, 2, 3};
    std::sort(order.begin(), order.begin() + static_cast<long>(links_),
              [&](std::uint8_t a, std::uint8_t b) {
                const std::uint32_t one = shape(world::clients_max + a);
                const std::uint32_t two = shape(world::clients_max + b);
                return one != two ? one < two : a < b;
              });
    for (std::size_t k = 0; k < links_; ++k)
      renaming.links[order[k]] = static_cast<std::uint8_t>(k);
    return place_of(renaming);
  }

  [[nodiscard]] Row renamed(const Row& row, RenamingId renaming, Pieces& pieces) const {
    const trace::Renaming from = renamings_[inverses_[renaming]];
    Row out;
    for (std::size_t i = 0; i < row.count; ++i) {
      std::size_t old = i;
      if (i < world::clients_max) {
        old = from.sessions[i];
      } else if (i < world::clients_max + links_) {
        old = world::clients_max + from.links[i - world::clients_max];
      }
      out.add(pieces.renamed(row.pieces[old], renaming), row.names_of(old));
    }
    out.number_names();
    return out;
  }

 private:
  [[nodiscard]] RenamingId place_of(const trace::Renaming& renaming) const {
    return static_cast<RenamingId>(std::ranges::find(renamings_, renaming) - renamings_.begin());
  }

  std::size_t links_;
  bool clients_ = false;
  std::vector<trace::Renaming> renamings_;
  std::vector<RenamingId> inverses_;
};

}  // namespace sallyport::explore
