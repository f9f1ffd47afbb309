// The pieces that worlds are made of (world::World::canonical), each kept once.
//
// A piece's names are its own: 1, 2, … in the order in which they stand in it. Which of them are
// the same as names of other pieces is the world's to say, not the piece's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "targets/explore/octets.hpp"
#include "trace/canonical.hpp"
#include "trace/renaming.hpp"

namespace sallyport::explore {

using PieceId = std::uint32_t;

class Pieces {
 public:
  explicit Pieces(std::span<const trace::Renaming> renamings) : renamings_(renamings) {
    renamed_.resize(renamings.size());
  }

  PieceId number(const trace::Canonical& piece) {
    return number(piece.bytes(), piece.places(), static_cast<std::uint8_t>(piece.names().size()));
  }
  /// The same piece once clients and connections have other numbers.
  PieceId renamed(PieceId piece, std::size_t renaming) {
    std::vector<PieceId>& known = renamed_[renaming];
    if (known.size() <= piece) known.resize(octets_.size(), unknown);
    if (known[piece] != unknown) return known[piece];
    std::string bytes(octets_[piece]);
    for (const trace::Canonical::Place& place : facts_[piece].places) {
      const auto old = static_cast<std::uint8_t>(bytes[place.at]);
      const trace::Renaming& names = renamings_[renaming];
      bytes[place.at] = static_cast<char>(place.link ? names.link(old) : names.session(old));
    }
    const PieceId found = number(bytes, facts_[piece].places, facts_[piece].names);
    return renamed_[renaming][piece] = found;
  }

  [[nodiscard]] std::uint8_t names(PieceId piece) const { return facts_[piece].names; }
  /// Equal for pieces that differ in the numbers of clients and connections at most.
  [[nodiscard]] std::uint32_t shape(PieceId piece) const { return facts_[piece].shape; }
  [[nodiscard]] std::string_view octets(PieceId piece) const { return octets_[piece]; }
  [[nodiscard]] std::size_t size() const { return octets_.size(); }
  [[nodiscard]] std::size_t memory() const {
    std::size_t sum = octets_.memory() + shapes_.memory() + facts_.capacity() * sizeof(Facts);
    for (const Facts& each : facts_) sum += each.places.capacity() * sizeof(each.places[0]);
    for (const auto& each : renamed_) sum += each.capacity() * sizeof(PieceId);
    return sum;
  }

  template <class Archive>
  void archive(Archive& archive) {
    archive(octets_, shapes_, facts_, renamed_);
  }

 private:
  struct Facts {
    std::vector<trace::Canonical::Place> places;
    std::uint32_t shape = 0;
    std::uint8_t names = 0;
    template <class Archive>
    void archive(Archive& archive) {
      archive(places, shape, names);
    }
  };
  static constexpr PieceId unknown = 0xffffffff;

  PieceId number(std::string_view bytes, const std::vector<trace::Canonical::Place>& places,
                 std::uint8_t names) {
    const PieceId id = octets_.number(bytes);
    if (id < facts_.size()) return id;
    std::string shape(bytes);
    for (const trace::Canonical::Place& place : places) shape[place.at] = 0;
    facts_.push_back({.places = places, .shape = shapes_.number(shape), .names = names});
    return id;
  }

  std::span<const trace::Renaming> renamings_;
  Octets octets_;
  Octets shapes_;
  std::vector<Facts> facts_;
  std::vector<std::vector<PieceId>> renamed_;
};

}  // namespace sallyport::explore
