// The observer's own splitting of lines and words. It shares nothing with the grammars under test.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

#include "trace/event.hpp"

namespace sallyport::observe {

[[nodiscard]] inline std::string_view without_cr(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

[[nodiscard]] inline std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  return without_cr(line);
}

/// Without spaces at its end.
[[nodiscard]] inline std::string_view without_spaces(std::string_view word) {
  while (word.ends_with(' ')) word.remove_suffix(1);
  return word;
}

/// Takes the part up to the next space off `rest`, and the space.
[[nodiscard]] inline std::string_view take_word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

/// `line` (without its LF) ends in CR, and neither CR nor NUL stands elsewhere in it.
[[nodiscard]] inline bool is_well_ended(std::string_view line) {
  constexpr std::string_view stray{"\r\0", 2};
  return line.ends_with('\r') && without_cr(line).find_first_of(stray) == std::string_view::npos;
}

/// Any ASCII but controls, space and `specials`, in a table: every word of a client is looked at.
class AtomOctets {
 public:
  consteval explicit AtomOctets(std::string_view specials) {
    for (std::size_t c = ' ' + 1; c < 0x7f; ++c) {
      allowed_[c] = specials.find(static_cast<char>(c)) == std::string_view::npos;
    }
  }
  [[nodiscard]] constexpr bool has(char c) const { return allowed_[static_cast<unsigned char>(c)]; }

 private:
  std::array<bool, 256> allowed_{};
};
inline constexpr AtomOctets printable("");
inline constexpr AtomOctets name_octets("(){%*\"\\]");
inline constexpr AtomOctets tag_octets("(){%*\"\\+");

/// 1*<one of `octets`> (RFC 3501 §9 atom, tag).
[[nodiscard]] inline bool is_atom(std::string_view word, const AtomOctets& octets) {
  return !word.empty() && std::ranges::all_of(word, [&](char c) { return octets.has(c); });
}
[[nodiscard]] inline bool is_tag(std::string_view word) { return is_atom(word, tag_octets); }

/// A command that presents an identity or a secret.
[[nodiscard]] inline bool is_login(trace::Verb verb) {
  using trace::Verb;
  return verb == Verb::login || verb == Verb::authenticate || verb == Verb::user ||
         verb == Verb::pass || verb == Verb::auth || verb == Verb::apop;
}

struct Literal {
  std::uint32_t octets = 0;
  bool synchronizing = true;
};

/// "{" number ["+"] "}" at the end of a line without its CRLF (RFC 3501 §9, RFC 7888 §4). A number
/// of more than 32 bits is none.
[[nodiscard]] inline std::optional<Literal> literal_at_end(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  const std::size_t open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  std::string_view count = line.substr(open + 1, line.size() - open - 2);
  Literal literal;
  if (count.ends_with('+')) {
    literal.synchronizing = false;
    count.remove_suffix(1);
  }
  const auto [end, error] =
      std::from_chars(count.data(), count.data() + count.size(), literal.octets);
  if (error != std::errc{} || end != count.data() + count.size()) return std::nullopt;
  return literal;
}

/// "{" ["-"] 1*DIGIT ["+"] "}" at the end of a line, where literal_at_end finds none: a count that
/// nothing can follow.
[[nodiscard]] inline bool has_impossible_count(std::string_view line) {
  if (!line.ends_with('}') || literal_at_end(line)) return false;
  line.remove_suffix(1);
  if (line.ends_with('+')) line.remove_suffix(1);
  const std::size_t digits = line.find_last_not_of("0123456789") + 1;
  if (digits == line.size()) return false;
  line = line.substr(0, digits);
  return line.ends_with('{') || line.ends_with("{-");
}

/// A browser's request line (CVE-2021-3618), where a command was expected. "GET" alone is a tag as
/// good as any, so the target tells.
[[nodiscard]] inline bool is_http_request(std::string_view line) {
  constexpr std::string_view methods[] = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                          "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  const std::string_view method = take_word(line);
  return std::ranges::find(methods, method) != std::end(methods) &&
         (line.starts_with('/') || line.starts_with("http") || line.starts_with("* HTTP"));
}

/// resp-text = ["[" code [SP argument] "]" SP] text (RFC 3501 §9; POP3: RFC 2449 §8)
[[nodiscard]] inline trace::Code code_of(std::string_view text) {
  using trace::Code;
  if (!text.starts_with('[') || !text.contains(']')) return Code::none;
  text.remove_prefix(1);
  const std::string_view name = text.substr(0, text.find_first_of(" ]"));
  const auto is = [name](std::string_view code) { return trace::equal_fold(name, code); };
  if (is("CAPABILITY")) return Code::capability;
  if (is("REFERRAL")) return Code::referral;
  if (is("UNAVAILABLE") || is("SYS/TEMP") || is("IN-USE")) return Code::unavailable;
  if (is("AUTHENTICATIONFAILED") || is("AUTH")) return Code::authentication_failed;
  return Code::other;
}

}  // namespace sallyport::observe
