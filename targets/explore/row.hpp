// A world as the search keeps it: the numbers of its pieces, and which names of different pieces
// are the same. A piece's names are its own (see pieces.hpp); here each gets a number of the
// world's, by first appearance, so that equal worlds have equal rows.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "targets/explore/pieces.hpp"

namespace sallyport::explore {

struct Row {
  static constexpr std::size_t pieces_max = 16;
  static constexpr std::size_t names_max = 250;

  std::size_t count = 0;  // of pieces
  std::array<PieceId, pieces_max> pieces{};
  std::array<std::uint8_t, pieces_max + 1> first{};  // of a piece's names in `names`
  std::array<std::uint8_t, names_max> names{};

  [[nodiscard]] std::span<const std::uint8_t> names_of(std::size_t piece) const {
    return std::span(names).subspan(first[piece],
                                    static_cast<std::size_t>(first[piece + 1] - first[piece]));
  }
  /// Behind all that are there. Names beyond names_max are dropped: no world has a tenth of that.
  void add(PieceId piece, std::span<const std::uint8_t> its_names) {
    assert(count < pieces_max && first[count] + its_names.size() <= names_max);
    pieces[count] = piece;
    std::ranges::copy(its_names, names.begin() + first[count]);
    first[count + 1] = static_cast<std::uint8_t>(first[count] + its_names.size());
    ++count;
  }
  /// Numbers its names by their first appearance.
  void number_names() {
    std::array<std::uint8_t, 256> known{};
    std::uint8_t next = 0;
    for (std::size_t i = 0; i < first[count]; ++i) {
      std::uint8_t& name = known[names[i]];
      if (name == 0) name = ++next;
      names[i] = name;
    }
  }

  /// What it is kept as: its pieces in seven bits an octet, then its names.
  void encode(std::string& out) const {
    out.clear();
    for (std::size_t i = 0; i < count; ++i) {
      PieceId rest = pieces[i];
      for (; rest >= 0x80; rest >>= 7U) out += static_cast<char>(rest | 0x80U);
      out += static_cast<char>(rest);
    }
    out.append(reinterpret_cast<const char*>(names.data()), first[count]);
  }
  static Row decode(std::string_view octets, std::size_t count, const Pieces& pieces) {
    Row row;
    row.count = count;
    std::size_t at = 0;
    for (std::size_t i = 0; i < count; ++i) {
      PieceId piece = 0;
      for (unsigned shift = 0;; shift += 7) {
        const auto octet = static_cast<std::uint8_t>(octets[at++]);
        piece |= (octet & 0x7fU) << shift;
        if (octet < 0x80) break;
      }
      row.pieces[i] = piece;
      row.first[i + 1] = static_cast<std::uint8_t>(row.first[i] + pieces.names(piece));
    }
    octets.remove_prefix(at);
    std::ranges::copy(octets, row.names.begin());
    return row;
  }
};

}  // namespace sallyport::explore
