// Strings of octets, each kept once and numbered in the order in which they first came: what is
// large about a state is kept here, and a state is a few numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "targets/explore/index_table.hpp"

namespace sallyport::explore {

class Octets {
 public:
  std::uint32_t number(std::string_view octets) {
    const auto next = static_cast<std::uint32_t>(size());
    const std::uint32_t found = table_.find_or_add(
        hash(octets), next, [&](std::uint32_t i) { return (*this)[i] == octets; });
    if (found == next) {
      all_.append(octets);
      ends_.push_back(all_.size());
    }
    return found;
  }
  [[nodiscard]] std::string_view operator[](std::uint32_t number) const {
    const std::size_t begin = number == 0 ? 0 : ends_[number - 1];
    return std::string_view(all_).substr(begin, ends_[number] - begin);
  }
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  /// Memory, in octets.
  [[nodiscard]] std::size_t memory() const {
    return all_.capacity() + ends_.capacity() * sizeof(std::size_t) + table_.octets();
  }

  template <class Archive>
  void archive(Archive& archive) {
    archive(all_, ends_, table_);
  }

 private:
  static std::uint64_t hash(std::string_view octets) {
    return mixed(std::hash<std::string_view>{}(octets));
  }

  std::string all_;
  std::vector<std::size_t> ends_;
  IndexTable table_;
};

}  // namespace sallyport::explore
