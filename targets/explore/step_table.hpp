// What steps do, found once: a step that was run from one world does the same from every world
// whose pieces under its footprint (world::Taken) are the same.
//
// Which pieces those are, the pieces themselves say: the table is a tree that begins with the step
// and the client's own piece; each branch names the next piece to look at, and a leaf says what
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

  bool possible : 1 = true;
  bool quiet : 1 = true;  // World::quiet, ::at_rest and ::runaway behind it
  bool at_rest : 1 = true;
  bool runaway : 1 = false;
  bool struck : 1 = false;  // World::struck
  std::uint8_t leases = 0;
  std::uint16_t openings = 0;  // see world::Taken
  std::array<std::uint8_t, leases_max> arities{};
  EventsId events = 0;
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
  /// `actions`: in the alphabet.
  explicit StepTable(std::size_t actions) : actions_(actions) {}

  /// The outcome of the step from `row`, where it is known. `mover` is the client's piece. `met`
  /// holds the names met on the way then.
  const Outcome* find(std::uint16_t action, std::uint16_t schedule, std::size_t mover,
                      const Row& row, Met& met) const {
    Ref at = known_root(action, schedule, meet(mover, row, met));
    while (at < first_leaf) at = known(key(at, row, met));
    return at == none ? nullptr : &outcomes_[at - first_leaf];
  }

  /// Notes that it has `outcome`, whose footprint contains the mover's piece. Gives the outcome
  /// and, in `met`, the names in the order in which find() meets them. The caller then adds the new
  /// pieces, lowest first.
  Outcome& add(std::uint16_t action, std::uint16_t schedule, std::size_t mover, const Row& row,
               const Outcome& outcome, Met& met) {
    std::uint32_t left = outcome.footprint & ~(std::uint32_t{1} << mover);
    const auto leaf = static_cast<Ref>(first_leaf + outcomes_.size());
    Ref* at = &root(action, schedule, meet(mover, row, met));
    while (true) {
      if (*at == none && left != 0) {
        *at = static_cast<Ref>(branches_.size());
        branches_.push_back(lowest(left));
      }
      if (*at >= first_leaf) break;
      left &= ~(std::uint32_t{1} << branches_[*at]);
      at = &edge(key(*at, row, met)).to;
    }
    *at = leaf;
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
    return (roots_.capacity() + first_roots_.capacity()) * sizeof(Ref) + branches_.capacity() +
           edges_.capacity() * sizeof(Edge) + table_.octets() +
           outcomes_.capacity() * sizeof(Outcome) + pieces_.capacity() * sizeof(NewPiece) +
           names_.capacity();
  }

  template <class Archive>
  void archive(Archive& archive) {
    archive(first_roots_, roots_, branches_, edges_, table_, outcomes_, pieces_, names_);
  }

 private:
  /// What stands at a place of the tree: nothing yet, a branch (its place in branches_), or a leaf
  /// (an outcome's place behind first_leaf).
  using Ref = std::uint32_t;
  static constexpr Ref first_leaf = Ref{1} << 31U;
  static constexpr Ref none = 0xffffffff;

  /// From a branch over a piece with these names; or from a step over the mover's piece.
  struct Key {
    std::uint64_t names = 0;
    std::uint32_t from = 0;
    PieceId piece = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Edge {
    Key key;
    Ref to = none;
    std::uint32_t unused = 0;  // so that every octet has a value
  };

  static std::uint8_t lowest(std::uint32_t bits) {
    std::uint8_t at = 0;
    for (; (bits & 1U) == 0; bits >>= 1U) ++at;
    return at;
  }
  /// The mover's piece; its names are met first.
  static PieceId meet(std::size_t mover, const Row& row, Met& met) {
    met.count = 0;
    for (const std::uint8_t name : row.names_of(mover)) (void)met.place(name);
    return row.pieces[mover];
  }
  Key key(Ref branch, const Row& row, Met& met) const {
    const std::size_t piece = branches_[branch];
    Key key{.names = 1, .from = branch, .piece = row.pieces[piece]};
    // Exact for up to twelve names below 32; beyond that a hash of them.
    for (const std::uint8_t name : row.names_of(piece)) {
      const std::uint8_t place = met.place(name);
      const bool exact = key.names < (std::uint64_t{1} << 59U) && place < 32;
      key.names =
          exact ? key.names << 5U | place : mixed(key.names + place) | std::uint64_t{1} << 63U;
    }
    return key;
  }
  /// Of a step on another than the canonical schedule; no branch's key has these names.
  static Key key(std::uint16_t action, std::uint16_t schedule, PieceId piece) {
    return {.names = 0, .from = std::uint32_t{action} << 16U | schedule, .piece = piece};
  }
  static std::uint64_t hash(const Key& key) {
    return mixed(mixed(key.names ^ (std::uint64_t{key.from} << 32U | key.piece)));
  }

  [[nodiscard]] Ref known(const Key& key) const {
    const auto found =
        table_.find(hash(key), [&](std::uint32_t i) { return edges_[i].key == key; });
    return found ? edges_[*found].to : none;
  }
  Edge& edge(const Key& key) {
    const auto next = static_cast<std::uint32_t>(edges_.size());
    const std::uint32_t found =
        table_.find_or_add(hash(key), next, [&](std::uint32_t i) { return edges_[i].key == key; });
    if (found == next) edges_.push_back({.key = key});
    return edges_[found];
  }
  // Those on the canonical schedule stand side by side for each piece: they are asked for in a row.
  [[nodiscard]] Ref known_root(std::uint16_t action, std::uint16_t schedule, PieceId piece) const {
    if (schedule != 0) return known(key(action, schedule, piece));
    const bool known = piece < first_roots_.size() && first_roots_[piece] != none;
    return known ? roots_[first_roots_[piece] + action] : none;
  }
  Ref& root(std::uint16_t action, std::uint16_t schedule, PieceId piece) {
    if (schedule != 0) return edge(key(action, schedule, piece)).to;
    if (first_roots_.size() <= piece) first_roots_.resize(piece + std::size_t{1}, none);
    if (first_roots_[piece] == none) {
      first_roots_[piece] = static_cast<std::uint32_t>(roots_.size());
      roots_.resize(roots_.size() + actions_, none);
    }
    return roots_[first_roots_[piece] + action];
  }

  std::size_t actions_;
  std::vector<std::uint32_t> first_roots_;  // by piece: where its roots begin
  std::vector<Ref> roots_;                  // by action
  std::vector<std::uint8_t> branches_;      // the piece to look at next
  std::vector<Edge> edges_;
  IndexTable table_;  // of edges_
  std::vector<Outcome> outcomes_;
  std::vector<NewPiece> pieces_;
  std::vector<std::uint8_t> names_;
};

}  // namespace sallyport::explore
