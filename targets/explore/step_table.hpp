// What steps do, found once: a step that was run from one world does the same from every world
// whose pieces under its footprint (world::Taken) are the same.
//
// Which pieces those are, the pieces themselves say: the table is a tree that begins with the step
// and the client's own piece; each node names the next piece to look at, and the end says what
// happens. Names are numbered here as they are met on the way, so that only their being the same or
// not decides.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "targets/explore/index_table.hpp"
#include "targets/explore/row.hpp"

namespace sallyport::explore {

using EventsId = std::uint32_t;

/// What a step does to a world.
struct Outcome {
  static constexpr std::size_t leases_max = 12;

  bool possible = true;
  bool quiet = true;  // World::quiet, ::at_rest and ::runaway behind it
  bool at_rest = true;
  bool runaway = false;
  bool struck = false;  // World::struck
  EventsId events = 0;
  std::uint8_t leases = 0;
  std::array<std::uint8_t, leases_max> arities{};
  std::uint16_t openings = 0;   // see world::Taken
  std::uint32_t footprint = 0;  // a bit for each piece that stands in `pieces`
  std::uint32_t first = 0;      // their new ones, see StepTable::pieces
};

/// A new piece. Its names are the numbers of names met on the way, 0, 1, …; higher ones are new.
struct NewPiece {
  PieceId piece = 0;
  std::uint32_t first_name = 0;  // see StepTable::names
};

/// The names met on the way to an outcome, by their numbers in the row that it was looked up for.
struct Met {
  std::size_t count = 0;
  std::array<std::uint8_t, Row::names_max> names{};
  /// The place of `name`, which is added if it isn't there.
  std::uint8_t place(std::uint8_t name) {
    for (std::size_t i = 0; i < count; ++i) {
      if (names[i] == name) return static_cast<std::uint8_t>(i);
    }
    names[count] = name;
    return static_cast<std::uint8_t>(count++);
  }
};

class StepTable {
 public:
  /// The outcome of step `label` from `row`, where it is known. `mover` is the client's piece.
  /// `met` holds the names met on the way then.
  const Outcome* find(std::uint32_t label, std::size_t mover, const Row& row, Met& met) const {
    met.count = 0;
    std::uint32_t at = known(root(label, mover, row, met));
    while (at != none && nodes_[at].piece != leaf) at = known(edge(at, row, met));
    return at == none ? nullptr : &outcomes_[nodes_[at].outcome];
  }

  /// Notes that it has `outcome`, whose footprint contains the mover's piece. Gives the outcome
  /// and, in `met`, the names in the order in which find() meets them. The caller then adds the new
  /// pieces, lowest first.
  Outcome& add(std::uint32_t label, std::size_t mover, const Row& row, const Outcome& outcome,
               Met& met) {
    met.count = 0;
    std::uint32_t left = outcome.footprint & ~(std::uint32_t{1} << mover);
    std::uint32_t at = node(root(label, mover, row, met));
    while (true) {
      Node& here = nodes_[at];
      if (here.piece == unknown) here.piece = left == 0 ? leaf : lowest(left);
      if (here.piece == leaf) break;
      left &= ~(std::uint32_t{1} << here.piece);
      at = node(edge(at, row, met));
    }
    nodes_[at].outcome = static_cast<std::uint32_t>(outcomes_.size());
    outcomes_.push_back(outcome);
    outcomes_.back().first = static_cast<std::uint32_t>(pieces_.size());
    return outcomes_.back();
  }
  /// Keeps nothing but `outcome`.
  Outcome& only(const Outcome& outcome) {
    pieces_.clear();
    names_.clear();
    outcomes_.assign(1, outcome);
    outcomes_.front().first = 0;
    return outcomes_.front();
  }
  void add_piece(PieceId piece, std::span<const std::uint8_t> names) {
    pieces_.push_back({.piece = piece, .first_name = static_cast<std::uint32_t>(names_.size())});
    names_.insert(names_.end(), names.begin(), names.end());
  }

  [[nodiscard]] const NewPiece& piece(std::uint32_t i) const { return pieces_[i]; }
  [[nodiscard]] std::span<const std::uint8_t> names(const NewPiece& piece,
                                                    std::size_t count) const {
    return std::span(names_).subspan(piece.first_name, count);
  }
  [[nodiscard]] std::size_t size() const { return outcomes_.size(); }
  [[nodiscard]] std::size_t memory() const {
    return keys_.capacity() * sizeof(Key) + table_.octets() + nodes_.capacity() * sizeof(Node) +
           outcomes_.capacity() * sizeof(Outcome) + pieces_.capacity() * sizeof(NewPiece) +
           names_.capacity();
  }

  template <class Archive>
  void archive(Archive& archive) {
    archive(keys_, nodes_, table_, outcomes_, pieces_, names_);
  }

 private:
  static constexpr std::uint32_t none = 0xffffffff;
  static constexpr std::uint8_t leaf = 0xff;
  static constexpr std::uint8_t unknown = 0xfe;

  struct Node {
    std::uint8_t piece = unknown;  // to look at next
    std::uint32_t outcome = 0;
  };
  /// From a node, or from a step, over a piece with these names.
  struct Key {
    std::uint64_t names = 0;
    std::uint32_t from = 0;
    PieceId piece = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };

  static std::uint8_t lowest(std::uint32_t bits) {
    std::uint8_t at = 0;
    for (; (bits & 1U) == 0; bits >>= 1U) ++at;
    return at;
  }
  static Key key(std::uint32_t from, std::size_t piece, const Row& row, Met& met) {
    Key key{.names = 1, .from = from, .piece = row.pieces[piece]};
    // Exact for up to twelve names below 32; beyond that a hash of them.
    for (const std::uint8_t name : row.names_of(piece)) {
      const std::uint8_t place = met.place(name);
      const bool exact = key.names < (std::uint64_t{1} << 59U) && place < 32;
      key.names =
          exact ? key.names << 5U | place : mixed(key.names + place) | std::uint64_t{1} << 63U;
    }
    return key;
  }
  static Key root(std::uint32_t label, std::size_t mover, const Row& row, Met& met) {
    Key first = key(label, mover, row, met);
    first.names = 0;  // they are 0, 1, …; no node's key has this
    return first;
  }
  [[nodiscard]] Key edge(std::uint32_t node, const Row& row, Met& met) const {
    return key(node, nodes_[node].piece, row, met);
  }
  static std::uint64_t hash(const Key& key) {
    return mixed(mixed(key.names ^ (std::uint64_t{key.from} << 32U | key.piece)));
  }
  [[nodiscard]] std::uint32_t known(const Key& key) const {
    return table_.find(hash(key), [&](std::uint32_t i) { return keys_[i] == key; }).value_or(none);
  }
  /// A key's place is its node's.
  std::uint32_t node(const Key& key) {
    const auto next = static_cast<std::uint32_t>(nodes_.size());
    const std::uint32_t found =
        table_.find_or_add(hash(key), next, [&](std::uint32_t i) { return keys_[i] == key; });
    if (found == next) {
      keys_.push_back(key);
      nodes_.emplace_back();
    }
    return found;
  }

  std::vector<Key> keys_;
  std::vector<Node> nodes_;
  IndexTable table_;
  std::vector<Outcome> outcomes_;
  std::vector<NewPiece> pieces_;
  std::vector<std::uint8_t> names_;
};

}  // namespace sallyport::explore
