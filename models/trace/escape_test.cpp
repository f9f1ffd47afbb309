#include "trace/escape.hpp"

#include <gtest/gtest.h>

namespace sallyport::trace {
namespace {

TEST(Escape, QuotesWhatIsNotPrintable) {
  constexpr std::string_view octets{"a \"\\\r\n\0\x7f\xff", 9};
  std::string out;
  append_quoted(out, octets, false);
  EXPECT_EQ(out, R"("a \"\\\x0d\x0a\x00\x7f\xff")");
  out.clear();
  append_quoted(out, octets, true);
  EXPECT_EQ(out, R"("a \"\\\r\n\x00\x7f\xff")");
}

TEST(Escape, TakesEveryOctetThatItWrites) {
  for (int value = 0; value < 256; ++value) {
    for (const bool names_line_ends : {false, true}) {
      const std::string octet(1, static_cast<char>(value));
      std::string out;
      append_quoted(out, octet, names_line_ends);
      std::string_view rest = std::string_view(out).substr(1, out.size() - 2);
      if (rest == octet) continue;
      EXPECT_EQ(take_escaped(rest), octet[0]) << out;
      EXPECT_TRUE(rest.empty()) << out;
    }
  }
}

TEST(Escape, TakesNothingElse) {
  for (const std::string_view text : {"\\", "\\q", "\\x", "\\x0", "\\x0g", "\\x-1"}) {
    std::string_view rest = text;
    EXPECT_EQ(take_escaped(rest), std::nullopt) << text;
    EXPECT_EQ(rest, text);
  }
  std::string_view rest = "\\x41BC";
  EXPECT_EQ(take_escaped(rest), 'A');
  EXPECT_EQ(rest, "BC");
}

}  // namespace
}  // namespace sallyport::trace
