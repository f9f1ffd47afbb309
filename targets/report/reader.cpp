#include "targets/report/reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace sallyport::report {
namespace {

constexpr std::size_t quoted_max = 40;  // octets of somebody's text in a line of ours

std::string excerpt(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, quoted_max)) {
    out += c >= ' ' && c != 0x7f ? c : '?';
  }
  return text.size() > quoted_max ? out + "..." : out;
}

}  // namespace

void Reader::fail(std::string_view why) const {
  throw Malformed(path_.empty() ? std::string(why) : fmt::format("{}: {}", path_, why));
}

std::optional<Reader> Reader::maybe(std::string_view key) const {
  if (!json_->is_object()) fail("expected an object");
  const auto found = json_->find(key);
  if (found == json_->end()) return std::nullopt;
  return Reader(*found, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key));
}

Reader Reader::at(std::string_view key) const {
  auto found = maybe(key);
  if (!found) fail(fmt::format("there is no member '{}'", key));
  return *std::move(found);
}

std::vector<Reader> Reader::items() const {
  if (!json_->is_array()) fail("expected a list");
  std::vector<Reader> out;
  for (std::size_t i = 0; i < json_->size(); ++i) {
    out.emplace_back((*json_)[i], fmt::format("{}[{}]", path_, i));
  }
  return out;
}

std::vector<std::pair<std::string, Reader>> Reader::members() const {
  if (!json_->is_object()) fail("expected an object");
  std::vector<std::pair<std::string, Reader>> out;
  for (const auto& [key, value] : json_->items()) {
    out.emplace_back(key, Reader(value, fmt::format("{}.{}", path_, excerpt(key))));
  }
  return out;
}

std::string Reader::text() const {
  if (!json_->is_string()) fail("expected a text");
  return json_->get<std::string>();
}

std::string Reader::word() const {
  std::string out = text();
  const bool good = std::ranges::all_of(out, [](char c) { return c > ' ' && c < 0x7f; });
  if (out.empty() || !good) fail(fmt::format("expected one word, not '{}'", excerpt(out)));
  return out;
}

std::uint64_t Reader::count() const {
  if (!json_->is_number_unsigned()) fail("expected a whole number from 0");
  return json_->get<std::uint64_t>();
}

double Reader::number() const {
  if (!json_->is_number()) fail("expected a number");
  return json_->get<double>();
}

bool Reader::yes() const {
  if (!json_->is_boolean()) fail("expected true or false");
  return json_->get<bool>();
}

std::size_t Reader::one_of(const std::vector<std::string_view>& names) const {
  const std::string given = text();
  const auto found = std::ranges::find(names, given);
  if (found == names.end()) {
    fail(fmt::format("'{}' is none of {}", excerpt(given), fmt::join(names, ", ")));
  }
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace sallyport::report
