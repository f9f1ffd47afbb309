// The pieces that worlds are made of (world::World::canonical), each kept once.
//
// A piece's names are its own: 1, 2, … in the order in which they stand in it. Which of them are
// the same as names of other pieces is the world's to say, not the piece's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "targets/explore/octets.hpp"
#include "trace/canonical.hpp"
#include "trace/event.hpp"
#include "trace/renaming.hpp"

namespace sallyport::explore {

using PieceId = std::uint32_t;

class Pieces {
 public:
  explicit Pieces(std::span<const trace::Renaming> renamings) : renamings_(renamings) {
    renamed_.resize(renamings.size());
  }

  PieceId number(const trace::Canonical& piece) {
    squeeze(piece.bytes(), squeezed_);
    const PieceId id = octets_.number(squeezed_);
    if (id < facts_.size()) return id;
    std::string places;
    for (const trace::Canonical::Place& place : piece.places()) {
      const std::uint32_t packed = place.at << 1U | (place.link ? 1U : 0U);
      places.append(reinterpret_cast<const char*>(&packed), sizeof packed);
    }
    add_facts(piece.bytes(), places_.number(places),
              static_cast<std::uint8_t>(piece.names().size()));
    return id;
  }
  /// The same piece once clients and connections have other numbers.
  PieceId renamed(PieceId piece, std::size_t renaming) {
    std::vector<PieceId>& known = renamed_[renaming];
    if (known.size() <= piece) known.resize(octets_.size(), unknown);
    if (known[piece] != unknown) return known[piece];
    std::string bytes = octets(piece);
    const Facts facts = facts_[piece];
    each_place(facts.places, [&](std::size_t at, bool link) {
      const auto old = static_cast<std::uint8_t>(bytes[at]);
      const trace::Renaming& names = renamings_[renaming];
      bytes[at] = static_cast<char>(link ? names.link(old) : names.session(old));
    });
    squeeze(bytes, squeezed_);
    const PieceId found = octets_.number(squeezed_);
    if (found == facts_.size()) add_facts(bytes, facts.places, facts.names);
    return renamed_[renaming][piece] = found;
  }

  [[nodiscard]] std::uint8_t names(PieceId piece) const { return facts_[piece].names; }
  /// Equal for pieces that differ in the numbers of clients and connections at most, and for two
  /// others with a probability of 2^-64.
  [[nodiscard]] std::uint32_t shape(PieceId piece) const { return facts_[piece].shape; }
  [[nodiscard]] std::string octets(PieceId piece) const { return unsqueezed(octets_[piece]); }
  [[nodiscard]] std::size_t size() const { return octets_.size(); }
  [[nodiscard]] std::size_t memory() const {
    std::size_t sum =
        octets_.memory() + shapes_.memory() + places_.memory() + facts_.capacity() * sizeof(Facts);
    for (const auto& each : renamed_) sum += each.capacity() * sizeof(PieceId);
    return sum;
  }

  template <class Archive>
  void archive(Archive& archive) {
    archive(octets_, shapes_, places_, facts_, renamed_);
  }

 private:
  struct Facts {
    std::uint32_t places = 0;  // see places_
    std::uint32_t shape = 0;
    std::uint8_t names = 0;
  };
  static constexpr PieceId unknown = 0xffffffff;

  template <class Each>
  void each_place(std::uint32_t places, Each&& each) const {
    const std::string_view list = places_[places];
    std::uint32_t packed = 0;
    for (std::size_t i = 0; i < list.size(); i += sizeof packed) {
      std::memcpy(&packed, list.data() + i, sizeof packed);
      each(packed >> 1U, (packed & 1U) != 0);
    }
  }

  void add_facts(std::string_view bytes, std::uint32_t places, std::uint8_t names) {
    std::string shape(bytes);
    each_place(places, [&](std::size_t at, bool) { shape[at] = 0; });
    const std::uint64_t digest = trace::digest_of(shape);
    const auto number = shapes_.number({reinterpret_cast<const char*>(&digest), sizeof digest});
    facts_.push_back({.places = places, .shape = number, .names = names});
  }

  std::span<const trace::Renaming> renamings_;
  Octets octets_;  // squeezed
  Octets shapes_;  // digests; two shapes that shared one would only not be put in order
  Octets places_;  // lists of them, each 4 octets: where, and whether a link stands there
  std::vector<Facts> facts_;
  std::vector<std::vector<PieceId>> renamed_;
  std::string squeezed_;
};

}  // namespace sallyport::explore
