// Strings of octets, each kept once and numbered in the order in which they first came: what is
// large about a state is kept here, and a state is a few numbers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "targets/explore/index_table.hpp"

namespace sallyport::explore {

/// Canonical forms are zeros for the most part: here each row of up to 255 of them is one zero and
/// their count.
inline void squeeze(std::string_view octets, std::string& out) {
  out.resize_and_overwrite(2 * octets.size(), [&](char* const to, std::size_t) {
    char* end = to;
    const char* at = octets.data();
    const char* const last = at + octets.size();
    const auto are_zeros = [&] {
      std::uint64_t eight = 1;
      if (last - at >= 8) std::memcpy(&eight, at, 8);
      return eight == 0;
    };
    while (at != last) {
      *end++ = *at;
      if (*at++ != 0) continue;
      const char* const most = at + std::min<std::ptrdiff_t>(254, last - at);
      const char* const first = at - 1;
      while (most - at >= 8 && are_zeros()) at += 8;
      while (at != most && *at == 0) ++at;
      *end++ = static_cast<char>(at - first);
    }
    return static_cast<std::size_t>(end - to);
  });
}
[[nodiscard]] inline std::string unsqueezed(std::string_view octets) {
  std::string out;
  for (std::size_t at = 0; at < octets.size(); ++at) {
    if (octets[at] != 0) {
      out += octets[at];
    } else {
      out.append(static_cast<std::uint8_t>(octets[++at]), '\0');
    }
  }
  return out;
}

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
