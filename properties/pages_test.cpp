// The page of a property says what the code says, and its transcripts show what they claim to show.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "properties/judging_for_test.hpp"

namespace sallyport::properties {
namespace {

namespace fs = std::filesystem;

struct Block {
  std::string info;  // behind the fence: "transcript holds"
  std::string text;
  std::size_t line = 0;
};

struct Page {
  std::string text;
  std::vector<Block> blocks;
};

fs::path path_of(const Property& property) {
  std::string id(property.facts.id);
  for (char& c : id) {
    c = c == '-' ? '_' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  }
  return fs::path(SALLYPORT_PROPERTIES_DIR) / id.substr(0, id.find('_')) / (id + ".md");
}

Page read(const fs::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path << ": every property has a page";
  Page page;
  std::string line;
  bool inside = false;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    page.text += line + '\n';
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) page.blocks.push_back({.info = line.substr(3), .text = {}, .line = number});
    } else if (inside) {
      page.blocks.back().text += line + '\n';
    }
  }
  return page;
}

std::string_view protocols(const Property& property) {
  const bool imap = applies_to(property, trace::Protocol::imap);
  const bool pop3 = applies_to(property, trace::Protocol::pop3);
  return imap && pop3 ? "IMAP and POP3" : imap ? "IMAP" : "POP3";
}

/// The ids in a line `# also: STM-01, PER-05`: what else the run violates.
std::set<std::string> also(std::string_view text) {
  constexpr std::string_view mark = "# also: ";
  std::set<std::string> ids;
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return ids;
  std::istringstream words(
      std::string(text.substr(at + mark.size(), text.find('\n', at) - at - mark.size())));
  for (std::string id; words >> id;) {
    if (id.ends_with(',')) id.pop_back();
    EXPECT_NE(find(id), nullptr) << id;
    ids.insert(id);
  }
  return ids;
}

/// The runs of a block: one, or two about a line `--- varied`.
std::vector<trace::Events> runs_of(const Block& block) {
  constexpr std::string_view mark = "--- varied\n";
  const std::size_t at = block.text.find(mark);
  if (at == std::string::npos) return {events_of_transcript(block.text)};
  const std::string protocol = block.text.substr(0, block.text.find('\n') + 1);
  return {events_of_transcript(block.text.substr(0, at)),
          events_of_transcript(protocol + block.text.substr(at + mark.size()))};
}

class Pages : public testing::TestWithParam<const Property*> {};

TEST_P(Pages, SayWhatTheCodeSays) {
  const Facts& facts = GetParam()->facts;
  const Page page = read(path_of(*GetParam()));
  const auto says = [&](std::string_view what, std::string_view value) {
    const std::string row = "| " + std::string(what) + " | " + std::string(value) + " |\n";
    EXPECT_THAT(page.text, testing::HasSubstr(row));
  };
  EXPECT_THAT(page.text, testing::StartsWith("# " + std::string(facts.id) + ": "));
  says("Statement", facts.statement);
  says("Kind", name(facts.kind));
  says("Severity", name(facts.severity));
  says("Needs", name(facts.needs));
  says("Protocols", protocols(*GetParam()));
  says("Source", facts.source);
  EXPECT_THAT(page.text, testing::HasSubstr("\n## Why it matters\n"));
  EXPECT_THAT(page.text, testing::HasSubstr("\n## How it is judged\n"));
}

TEST_P(Pages, ShowWhatTheyClaim) {
  const Property& property = *GetParam();
  const std::string id(property.facts.id);
  const Page page = read(path_of(property));
  std::set<std::pair<std::string, trace::Protocol>> shown;
  for (const Block& block : page.blocks) {
    SCOPED_TRACE(id + ".md, line " + std::to_string(block.line) + ", " + block.info);
    const std::vector<trace::Events> runs = runs_of(block);
    ASSERT_FALSE(runs.front().empty());
    ASSERT_EQ(runs.size(), property.compare == nullptr ? 1U : 2U);
    shown.emplace(block.info, runs.front().front().protocol);
    const Tally tally =
        property.compare == nullptr ? tally_of(id, runs[0]) : tally_of(id, runs[0], runs[1]);
    const bool violated = block.info == "transcript violated";
    if (violated) {
      EXPECT_FALSE(tally.detail.empty());
    } else {
      EXPECT_EQ(tally.detail, "");
      if (block.info == "transcript holds") {
        EXPECT_GT(tally.exercised, 0U);
      } else {
        EXPECT_EQ(block.info, "transcript near-miss");
      }
    }
    std::set<std::string> expected = also(block.text);
    if (violated && property.compare == nullptr) expected.insert(id);
    std::set<std::string> found;
    for (const trace::Events& run : runs) found.merge(violated_by(run));
    EXPECT_EQ(found, expected)
        << "what the runs violate, with what the block says they violate also";
  }
  for (const trace::Protocol protocol : {trace::Protocol::imap, trace::Protocol::pop3}) {
    if (!applies_to(property, protocol)) continue;
    for (const char* const info : {"transcript holds", "transcript violated"}) {
      EXPECT_TRUE(shown.contains({info, protocol})) << info << ", " << name(protocol);
    }
  }
  EXPECT_TRUE(shown.contains({"transcript near-miss", trace::Protocol::imap}) ||
              shown.contains({"transcript near-miss", trace::Protocol::pop3}));
}

INSTANTIATE_TEST_SUITE_P(All, Pages, testing::ValuesIn(catalogue().begin(), catalogue().end()),
                         [](const auto& property) {
                           std::string id(property.param->facts.id);
                           std::erase(id, '-');
                           return id;
                         });

TEST(Pages, BelongToAProperty) {
  std::set<fs::path> pages;
  for (const Property* const property : catalogue()) pages.insert(path_of(*property));
  for (const auto& entry : fs::recursive_directory_iterator(SALLYPORT_PROPERTIES_DIR)) {
    if (entry.path().extension() == ".md") {
      EXPECT_TRUE(pages.contains(entry.path())) << entry.path() << " is the page of no property";
    }
  }
}

}  // namespace
}  // namespace sallyport::properties
