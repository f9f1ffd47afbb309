// The tags that literals would have if their octets were read as commands: what a server that lost
// its place answers (FRM-02).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "observe/text.hpp"
#include "trace/canonical.hpp"

namespace sallyport::observe {

/// The first words of the lines in the literals of one command, as far as they are tags: the first
/// two, since a server that reads them answers them in order.
class LiteralWords {
 public:
  /// The next octets of a literal.
  void read(std::string_view octets) {
    while (!octets.empty()) {
      if (past_word_) {  // until the line ends
        octets.remove_prefix(std::min(octets.find('\n'), octets.size()));
        if (octets.empty()) return;
      }
      const char c = octets.front();
      octets.remove_prefix(1);
      if (c == '\n') {
        end();
      } else if (c == ' ' || c == '\r' || word_.size() == word_octets_max) {
        take_word();
        past_word_ = true;
      } else {
        word_ += c;
      }
    }
  }
  /// The literal is over, or its line.
  void end() {
    if (!past_word_) take_word();
    past_word_ = false;
  }
  void clear() { *this = {}; }

  [[nodiscard]] bool empty() const { return words_.empty(); }
  [[nodiscard]] bool has(std::string_view tag) const {
    return std::ranges::find(words_, tag) != words_.end();
  }

  void canonical(trace::Canonical& out) const {
    for (const std::string& word : words_) out.name(word);
    out.name("");
    out.text(word_);
    out.flag(past_word_);
  }

 private:
  static constexpr std::size_t words_max = 2;
  static constexpr std::size_t word_octets_max = 64;

  void take_word() {
    if (words_.size() < words_max && is_tag(word_) && !has(word_)) words_.push_back(word_);
    word_.clear();
  }

  std::vector<std::string> words_;
  std::string word_;  // so far
  bool past_word_ = false;
};

}  // namespace sallyport::observe
