// A value's canonical bytes: two states that no future can tell apart give the same bytes.
//
// Tags and nonces are opaque names: no component looks inside them, it only compares them. So a
// state is written with each name replaced by the order of its first appearance, and counters that
// only serve to make fresh names are left out. Without this no run would ever come back to a state,
// and an exhaustive search could not end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trace/event.hpp"

namespace sallyport::trace {

class Canonical {
 public:
  void u8(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  template <class E>
  void enumerator(E value) {
    u8(static_cast<std::uint8_t>(value));
  }
  void flag(bool value) { u8(value ? 1 : 0); }
  void u16(std::uint16_t value) { number(value, 2); }
  void u32(std::uint32_t value) { number(value, 4); }
  void u64(std::uint64_t value) { number(value, 8); }
  void text(std::string_view value) {
    u32(static_cast<std::uint32_t>(value.size()));
    bytes_.append(value);
  }
  /// A tag or nonce: only equality within one state matters. Empty stays empty.
  void name(std::string_view value) {
    if (value.empty()) return u8(0);
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == value) return u8(static_cast<std::uint8_t>(i + 1));
    }
    names_.emplace_back(value);
    u8(static_cast<std::uint8_t>(names_.size()));
  }
  /// The number of a client or of a connection of the pool, in one octet: see `places`.
  void session(SessionId value) { number_of(value, false); }
  void link(LinkId value) { number_of(value, true); }
  /// IMAP's lines that somebody hasn't read yet: whatever their tags are called, the state is the
  /// same. Only the first of several is looked at where there are literals, in which anything may
  /// stand.
  void lines(std::string_view octets) {
    const bool literals = octets.find('{') != std::string_view::npos;
    do {
      const std::size_t space = octets.find(' ');
      const bool named =
          space != std::string_view::npos && looks_like_a_tag(octets.substr(0, space));
      flag(named);
      if (named) {
        name(octets.substr(0, space));
        octets.remove_prefix(space);
      }
      const std::size_t newline = literals ? std::string_view::npos : octets.find('\n');
      const std::size_t length = newline == std::string_view::npos ? octets.size() : newline + 1;
      text(octets.substr(0, length));
      octets.remove_prefix(length);
    } while (!octets.empty());
  }
  void raw(std::string_view octets) { bytes_.append(octets); }

  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  /// In the order of their numbers, which begin with 1.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// Where in `bytes` numbers of sessions and links stand, so that they can be renamed.
  struct Place {
    std::uint32_t at = 0;
    bool link = false;
  };
  [[nodiscard]] const std::vector<Place>& places() const { return places_; }
  void clear() {
    bytes_.clear();
    names_.clear();
    places_.clear();
  }

 private:
  /// Letters and then digits, as everybody here makes them.
  static bool looks_like_a_tag(std::string_view word) {
    std::size_t letters = 0;
    while (letters < word.size() && is_letter(word[letters])) ++letters;
    std::size_t digits = letters;
    while (digits < word.size() && word[digits] >= '0' && word[digits] <= '9') ++digits;
    return letters > 0 && digits > letters && digits == word.size();
  }
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  void number_of(std::uint16_t value, bool link) {
    places_.push_back({.at = static_cast<std::uint32_t>(bytes_.size()), .link = link});
    u8(static_cast<std::uint8_t>(value));
  }
  void number(std::uint64_t value, std::size_t octets) {
    char little_endian[8];
    for (std::size_t i = 0; i < octets; ++i) {
      little_endian[i] = static_cast<char>(value >> (8 * i));
    }
    bytes_.append(little_endian, octets);
  }
  std::string bytes_;
  std::vector<std::string> names_;
  std::vector<Place> places_;
};

}  // namespace sallyport::trace
