#include "targets/live/tap_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "trace/escape.hpp"

namespace sallyport::live {

namespace {

constexpr std::array<std::string_view, 5> records{"opened", "tls", "failure", "said", "closed"};
constexpr std::array<std::string_view, 6> verdicts{"pass", "say",      "answer",
                                                   "end",  "impostor", "weak"};

std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(word.size() + 1, line.size()));
  return word;
}

template <class What, std::size_t N>
std::optional<What> named(const std::array<std::string_view, N>& names, std::string_view word) {
  const auto found = std::ranges::find(names, word);
  if (found == names.end()) return std::nullopt;
  return static_cast<What>(found - names.begin());
}

std::optional<std::string> quoted(std::string_view text) {
  if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::string out;
  while (!text.empty()) {
    if (text.front() != '\\') {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto octet = trace::take_escaped(text);
    if (!octet) return std::nullopt;
    out += *octet;
  }
  return out;
}

}  // namespace

std::string to_text(const TapRecord& record) {
  using What = TapRecord::What;
  std::string out(records[static_cast<std::size_t>(record.what)]);
  out += ' ' + std::to_string(record.link);
  if (record.what != What::said && record.what != What::closed) return out;
  out += record.from_backend ? " B" : " F";
  if (record.what == What::closed) return out;
  out += ' ';
  trace::append_quoted(out, record.octets, true);
  return out;
}

std::optional<TapRecord> record_from(std::string_view line) {
  using What = TapRecord::What;
  const auto what = named<What>(records, take_word(line));
  if (!what) return std::nullopt;
  TapRecord record{.what = *what};
  const std::string_view digits = take_word(line);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), record.link);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (*what != What::said && *what != What::closed) {
    return line.empty() ? std::optional(record) : std::nullopt;
  }
  const std::string_view side = take_word(line);
  if (side != "F" && side != "B") return std::nullopt;
  record.from_backend = side == "B";
  if (*what == What::closed) return line.empty() ? std::optional(record) : std::nullopt;
  auto octets = quoted(line);
  if (!octets) return std::nullopt;
  record.octets = *std::move(octets);
  return record;
}

std::string to_text(const TapVerdict& verdict) {
  std::string out(verdicts[static_cast<std::size_t>(verdict.what)]);
  if (!verdict.has_octets()) return out;
  out += ' ';
  trace::append_quoted(out, verdict.octets, true);
  return out;
}

std::optional<TapVerdict> verdict_from(std::string_view line) {
  const auto what = named<TapVerdict::What>(verdicts, take_word(line));
  if (!what) return std::nullopt;
  if (!TapVerdict{.what = *what}.has_octets()) {
    return line.empty() ? std::optional(TapVerdict{.what = *what}) : std::nullopt;
  }
  auto octets = quoted(line);
  if (!octets) return std::nullopt;
  return TapVerdict{.what = *what, .octets = *std::move(octets)};
}

}  // namespace sallyport::live
