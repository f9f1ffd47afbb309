#include "targets/cli/deviations.hpp"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <array>

#include "targets/cli/failure.hpp"
#include "targets/cli/options.hpp"

namespace sallyport::cli {
namespace {

[[noreturn]] void fail(const std::string& label, const toml::source_region& where,
                       std::string_view what) {
  throw Failure(fmt::format("{}:{}: {}", label, where.begin.line, what));
}

std::string text_of(const toml::node& node, std::string_view key, const std::string& label) {
  const auto* text = node.as_string();
  if (text == nullptr || text->get().empty()) {
    fail(label, node.source(), fmt::format("{} is a text that isn't empty", key));
  }
  return text->get();
}

Deviation deviation_from(const toml::table& table, const std::string& label) {
  constexpr std::array<std::string_view, 12> keys{
      "property", "subject", "reason",   "server",  "protocol",   "version",
      "source",   "date",    "dialogue", "finding", "transports", "disclosure"};
  constexpr std::array<std::string_view, 2> protocols{"imap", "pop3"};
  Deviation deviation;
  for (const auto& [key, node] : table) {
    try {
      expect_one_of("member of a deviation", key.str(), keys);
      if (key == "date" || key == "transports") continue;
      const std::string text = text_of(node, key.str(), label);
      if (key == "server") deviation.server = text;
      if (key == "protocol") {
        expect_one_of("protocol", text, protocols);
        deviation.subject = "*/" + text;
      }
      if (key == "property") deviation.property = property_named(text).facts.id;
      if (key == "subject") deviation.subject = text;
      if (key == "reason") deviation.reason = text;
    } catch (const Failure& failure) {
      if (std::string_view(failure.what()).starts_with(label)) throw;
      fail(label, node.source(), failure.what());
    }
  }
  if (deviation.property.empty()) fail(label, table.source(), "a deviation names its property");
  if (deviation.reason.empty()) fail(label, table.source(), "a deviation gives its reason");
  return deviation;
}

// `*` stands for any octets, `?` for one. A bracket is itself: IPv6 addresses have them.
bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip) {
      if (matches(pattern.substr(1), text.substr(skip))) return true;
    }
    return false;
  }
  if (text.empty() || (pattern.front() != '?' && pattern.front() != text.front())) return false;
  return matches(pattern.substr(1), text.substr(1));
}

}  // namespace

std::vector<Deviation> deviations_from(std::string_view text, const std::string& label,
                                       std::string_view server) {
  toml::table document;
  try {
    document = toml::parse(text);
  } catch (const toml::parse_error& error) {
    fail(label, error.source(), error.description());
  }
  std::vector<Deviation> listed;
  for (const auto& [key, node] : document) {
    const toml::array* tables = node.as_array();
    if (key != "deviation" || tables == nullptr || !tables->is_homogeneous<toml::table>()) {
      fail(label, node.source(), "only [[deviation]] tables are expected here");
    }
    for (const toml::node& table : *tables) {
      Deviation deviation = deviation_from(*table.as_table(), label);
      const bool counts = deviation.server.empty() || deviation.server == server;
      if (counts) listed.push_back(std::move(deviation));
    }
  }
  return listed;
}

std::vector<Deviation> mark(Rows& rows, const std::vector<Deviation>& listed) {
  std::vector<Deviation> absent;
  for (const Deviation& deviation : listed) {
    bool happened = false;
    for (Row& row : rows) {
      if (row.result.verdict != properties::Verdict::violated) continue;
      if (row.result.property != deviation.property) continue;
      if (!matches(deviation.subject, row.result.subject)) continue;
      if (row.deviation.empty()) row.deviation = deviation.reason;
      happened = true;
    }
    if (!happened) absent.push_back(deviation);
  }
  return absent;
}

}  // namespace sallyport::cli
