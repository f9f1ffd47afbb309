// The framer against what a client may send: typical, hostile, and cut at every place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "wire/imap.hpp"

namespace sallyport::wire::imap {
namespace {

using State = Framer::State;
using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Limits small_limits{.line_octets = 40, .literal_octets = 20, .frame_octets = 100};

enum class Delivery : std::uint8_t { keeping, discarding };

/// A server's use of the framer: grants every literal, drops what is read, and writes down what it
/// was told with places in the whole input.
class Reader {
 public:
  Reader(Limits limits, bool server_side, Delivery delivery)
      : framer_(limits, server_side), delivery_(delivery) {}

  void take(std::string_view octets) {
    buffer_ += octets;
    while (!buffer_.empty() && step()) {
    }
  }
  std::vector<std::string> finish() {
    if (in_error_) log_.push_back(in_error_text_ + (framer_.lost() ? " lost" : " unfinished"));
    return log_;
  }
  [[nodiscard]] std::size_t held_max() const { return held_max_; }

 private:
  bool step() {
    held_max_ = std::max(held_max_, buffer_.size());
    const State state = framer_.scan(buffer_);
    switch (state) {
      case State::incomplete:
        return false;
      case State::continuation:
        log_.push_back("continuation " + std::to_string(dropped_ + framer_.size()));
        framer_.grant();
        return true;
      case State::complete:
        log_.push_back("frame " + buffer_.substr(0, framer_.size()));
        drop(framer_.size());
        start_ = dropped_;
        return true;
      case State::error:
        break;
    }
    in_error_ = true;
    in_error_text_ = std::string(describe(framer_.error().kind)) + " at " +
                     std::to_string(start_ + framer_.error().at);
    if (framer_.size() == 0) {
      if (delivery_ == Delivery::discarding) {
        framer_.discard();
        drop(buffer_.size());
      }
      return false;
    }
    drop(framer_.size());
    log_.push_back(in_error_text_ + ", on at " + std::to_string(dropped_));
    start_ = dropped_;
    in_error_ = false;
    return true;
  }
  void drop(std::size_t octets) {
    buffer_.erase(0, octets);
    dropped_ += octets;
  }

  Framer framer_;
  Delivery delivery_;
  std::string buffer_;
  std::size_t dropped_ = 0;
  std::size_t start_ = 0;  // of the frame
  std::size_t held_max_ = 0;
  bool in_error_ = false;
  std::string in_error_text_;
  std::vector<std::string> log_;
};

std::vector<std::string> read_whole(std::string_view input, Limits limits = {},
                                    bool server_side = true) {
  Reader reader(limits, server_side, Delivery::keeping);
  reader.take(input);
  return reader.finish();
}

TEST(LiteralHeader, IsACountInBracesAtTheEnd) {
  struct Case {
    std::string_view line;
    std::uint32_t octets;
    bool synchronizing;
    std::size_t at;
  };
  for (const Case& c : {
           Case{"a LOGIN {5}", 5, true, 8},
           Case{"a LOGIN {5+}", 5, false, 8},
           Case{"{0}", 0, true, 0},
           Case{"{0+}", 0, false, 0},
           Case{"{4294967295}", 4294967295, true, 0},
           Case{"{00000000000000000000000000000000000000007}", 7, true, 0},
           Case{"a APPEND b ~{7}", 7, true, 12},
           Case{"a {1} {2+}", 2, false, 6},
       }) {
    const auto header = literal_header(c.line);
    ASSERT_TRUE(header.has_value() && header->has_value()) << c.line;
    EXPECT_EQ((*header)->octets, c.octets) << c.line;
    EXPECT_EQ((*header)->synchronizing, c.synchronizing) << c.line;
    EXPECT_EQ((*header)->at, c.at) << c.line;
  }
}

TEST(LiteralHeader, IsAbsentElsewhere) {
  for (const std::string_view line :
       {"", "}", "a NOOP", "a {5} ", "a {5", "5}", "a {x}", "a {x+}", "a { 5}", "* OK {see this}",
        "a LOGIN \"{5\" b}", "a LOGIN \"{\" 5}", "a LOGIN \"{-\" 5+}"}) {
    const auto header = literal_header(line);
    ASSERT_TRUE(header.has_value()) << line;
    EXPECT_FALSE(header->has_value()) << line;
  }
}

// CVE-2004-1035 and its kin: a count with a sign, one that wraps around, one that is none.
TEST(LiteralHeader, RefusesWhatIsNoCount) {
  for (const std::string_view line :
       {"{}", "{+}", "{-}", "{-1}", "{-1+}", "{+1}", "{4294967296}", "{4294967296+}",
        "{18446744073709551616}", "{99999999999999999999}", "{99999999999999999999+}", "{5++}",
        "{5-}", "{5 }", "{0x10}", "{1,000}", "{1.0}"}) {
    const auto header = literal_header(line);
    ASSERT_FALSE(header.has_value()) << line;
    EXPECT_EQ(header.error(), (Error{ErrorKind::bad_literal, 0})) << line;
  }
}

TEST(Framer, FindsCommandsOneAfterAnother) {
  EXPECT_THAT(read_whole("a NOOP\r\nb LOGOUT\r\n\r\nc"),
              ElementsAre("frame a NOOP\r\n", "frame b LOGOUT\r\n", "frame \r\n"));
}

TEST(Framer, SaysNothingOfAnEmptyBuffer) {
  Framer framer;
  EXPECT_EQ(framer.scan(""), State::incomplete);
  EXPECT_EQ(framer.size(), 0U);
}

TEST(Framer, StopsAtASynchronisingLiteralUntilItIsGranted) {
  Framer framer;
  std::string buffer = "a LOGIN {5}\r\n";
  ASSERT_EQ(framer.scan(buffer), State::continuation);
  EXPECT_EQ(framer.size(), buffer.size());
  EXPECT_EQ(framer.literal_octets(), 5U);
  buffer += "al";  // some clients don't wait
  EXPECT_EQ(framer.scan(buffer), State::continuation);
  framer.grant();
  EXPECT_EQ(framer.size(), 0U);
  EXPECT_EQ(framer.scan(buffer), State::incomplete);
  buffer += "ice {3}\r\n";
  ASSERT_EQ(framer.scan(buffer), State::continuation);
  EXPECT_EQ(framer.literal_octets(), 3U);
  framer.grant();
  buffer += "\r\n\n\r\nb NOOP\r\n";  // a literal may hold what no line may
  ASSERT_EQ(framer.scan(buffer), State::complete);
  EXPECT_EQ(buffer.substr(0, framer.size()), "a LOGIN {5}\r\nalice {3}\r\n\r\n\n\r\n");
}

TEST(Framer, ForgetsALiteralThatIsRefused) {
  Framer framer;
  const std::string line = "a LOGIN {5}\r\n";
  ASSERT_EQ(framer.scan(line), State::continuation);
  framer.reset();
  EXPECT_EQ(framer.scan("b NOOP\r\n"), State::complete);
  EXPECT_EQ(framer.size(), 8U);
}

TEST(Framer, GrantsNothingThatWasNotAsked) {
  Framer framer;
  framer.grant();
  framer.discard();
  EXPECT_EQ(framer.scan("a NOOP\r\n"), State::complete);
}

TEST(Framer, BeginsANewFrameWithOrWithoutReset) {
  Framer framer;
  ASSERT_EQ(framer.scan("a NOOP\r\n"), State::complete);
  ASSERT_EQ(framer.scan("b FETCH 1\r\n"), State::complete);
  EXPECT_EQ(framer.size(), 11U);
  framer.reset();
  EXPECT_EQ(framer.size(), 0U);
  EXPECT_EQ(framer.scan("c X\n"), State::error);
  EXPECT_EQ(framer.scan("d NOOP\r\n"), State::complete);
  EXPECT_EQ(framer.size(), 8U);
}

TEST(Framer, ReadsNonSynchronisingLiteralsAtOnce) {
  EXPECT_THAT(read_whole("a LOGIN {5+}\r\nalice {0+}\r\n\r\nb NOOP\r\n"),
              ElementsAre("frame a LOGIN {5+}\r\nalice {0+}\r\n\r\n", "frame b NOOP\r\n"));
}

TEST(Framer, ReadsEveryLiteralOfAResponseAtOnce) {
  EXPECT_THAT(read_whole("* 1 FETCH (BODY[] {3}\r\n)\r\n)\r\na OK\r\n", {}, false),
              ElementsAre("frame * 1 FETCH (BODY[] {3}\r\n)\r\n)\r\n", "frame a OK\r\n"));
}

// FRM-04: a bare LF, a bare CR and a NUL are errors, wherever they stand; the next line is read.
TEST(Framer, RefusesLinesThatAreNotStrict) {
  struct Case {
    std::string input;
    std::string error;
  };
  for (const Case& c : {
           Case{"a NOOP\nb LOGOUT\r\n", "a bare line feed or carriage return at 6, on at 7"},
           Case{"\nb LOGOUT\r\n", "a bare line feed or carriage return at 0, on at 1"},
           Case{"a NO\rOP\r\nb LOGOUT\r\n", "a bare line feed or carriage return at 4, on at 9"},
           Case{"a NOOP\r\r\nb LOGOUT\r\n", "a bare line feed or carriage return at 6, on at 9"},
           Case{"a\0%n NOOP\r\nb LOGOUT\r\n"s, "a NUL at 1, on at 11"},
           Case{"\0\nb LOGOUT\r\n"s, "a NUL at 0, on at 2"},
           Case{"a NOOP \r\0\nb LOGOUT\r\n"s, "a bare line feed or carriage return at 7, on at 10"},
           Case{"a {-1}\r\nb LOGOUT\r\n", "a bad literal count at 2, on at 8"},
           Case{"a {4294967296}\r\nb LOGOUT\r\n", "a bad literal count at 2, on at 16"},
       }) {
    EXPECT_THAT(read_whole(c.input), ElementsAre(c.error, "frame b LOGOUT\r\n")) << c.input;
  }
}

TEST(Framer, TakesTabsControlCharactersAndEightBits) {
  const std::string line = "a X \t\x01\x08\x0b\x0c\x0e\x7f\x80\x8d\x8a\xff\r\n";
  EXPECT_THAT(read_whole(line), ElementsAre("frame " + line));
}

TEST(Framer, CountsTheCrlfInALine) {
  const std::string fits = std::string(38, 'x') + "\r\n";
  EXPECT_THAT(read_whole(fits, small_limits), ElementsAre("frame " + fits));
  EXPECT_THAT(read_whole("x" + fits + "b NOOP\r\n", small_limits),
              ElementsAre("a line that is too long at 40, on at 41", "frame b NOOP\r\n"));
}

TEST(Framer, NoticesATooLongLineBeforeItEnds) {
  Framer framer(small_limits);
  const std::string line(40, 'x');
  EXPECT_EQ(framer.scan(line.substr(0, 39)), State::incomplete);
  EXPECT_EQ(framer.scan(line), State::error);
  EXPECT_EQ(framer.error(), (Error{ErrorKind::line_too_long, 40}));
  EXPECT_EQ(framer.size(), 0U);
}

// RES-01: what a client sends without a line's end, or in a literal that was refused, takes no
// memory.
TEST(Framer, DiscardsWithoutKeeping) {
  const std::string_view literal_line = "a APPEND b {4000+}\r\n";
  for (const std::string& input : {std::string(100'000, 'x') + "\r\nb NOOP\r\n",
                                   std::string(literal_line) + std::string(4000, 'y') +
                                       std::string(4000, 'z') + "\r\nb NOOP\r\n"}) {
    Reader reader(small_limits, true, Delivery::discarding);
    for (std::size_t at = 0; at < input.size(); at += 16) reader.take(input.substr(at, 16));
    EXPECT_LE(reader.held_max(), 64U);
    const auto log = reader.finish();
    ASSERT_EQ(log.size(), 2U);
    EXPECT_THAT(log[0], testing::EndsWith(", on at " + std::to_string(input.size() - 8)));
    EXPECT_EQ(log[1], "frame b NOOP\r\n");
  }
}

// FRM-02: the octets of a literal are never commands, even where the command is refused, whether
// for its line, its literal or anything before or after.
TEST(Framer, NeverReadsNonSynchronisingOctetsAsCommands) {
  const std::string inside = "b LOGOUT\r\n";  // 10 octets
  const std::string long_word(60, 'x');
  const std::string long_zeros(50, '0');
  struct Case {
    std::string refused;
    std::string kind;
  };
  for (const Case& c : {
           Case{"a \0 {10+}\r\n"s + inside + "\r\n", "a NUL"},
           Case{"a X {10+}\n" + inside + "\r\n", "a bare line feed or carriage return"},
           Case{"a \r X {10+}\r\n" + inside + "\r\n", "a bare line feed or carriage return"},
           Case{"a " + long_word + " {10+}\r\n" + inside + "\r\n", "a line that is too long"},
           Case{"a X {30+}\r\n" + inside + inside + inside + "\r\n", "a literal that is too long"},
           Case{"a X {30+}\r\n" + inside + inside + inside + " {10+}\r\n" + inside + "\r\n",
                "a literal that is too long"},
           Case{"a X {10+}\r\n" + inside + "\0 {10+}\r\n"s + inside + "\n", "a NUL"},
           // The refused command ends where its client waits for a "+":
           Case{"a \0 {10+}\r\n"s + inside + " {10}\r\n", "a NUL"},
           Case{"a X {30}\r\n", "a literal that is too long"},
           // More literals than a command may hold:
           Case{"a {20+}\r\n" + inside + inside + " {20+}\r\n" + inside + inside + " {20+}\r\n" +
                    inside + inside + " {20+}\r\n" + inside + inside + "\r\n",
                "a literal that is too long"},
       }) {
    const auto log = read_whole(c.refused + "c NOOP\r\n", small_limits);
    ASSERT_EQ(log.size(), 2U) << c.refused;
    EXPECT_THAT(log[0], testing::StartsWith(c.kind)) << c.refused;
    EXPECT_THAT(log[0], testing::EndsWith(", on at " + std::to_string(c.refused.size())));
    EXPECT_EQ(log[1], "frame c NOOP\r\n");
  }
}

TEST(Framer, IsLostWhereOctetsComeUncounted) {
  for (const std::string& line :
       {"a X {99999999999999999999+}"s, "a X {4294967296+}"s, "a X {-1+}"s, "a X {+}"s,
        "a \0 {99999999999999999999+}"s, std::string(60, 'x') + " {4294967296+}",
        std::string(60, 'x') + " {" + std::string(60, '0') + "8+}"}) {
    const auto log = read_whole(line + "\r\nb LOGOUT\r\n" + "c NOOP\r\n", small_limits);
    ASSERT_EQ(log.size(), 1U) << line;
    EXPECT_THAT(log[0], testing::EndsWith(" lost")) << line;
  }
}

TEST(Framer, LeavesALostStreamOnlyByReset) {
  Framer framer;
  ASSERT_EQ(framer.scan("a X {4294967296+}\r\n"), State::error);
  ASSERT_TRUE(framer.lost());
  framer.discard();
  EXPECT_EQ(framer.scan("b NOOP\r\n"), State::error);
  EXPECT_EQ(framer.size(), 0U);
  framer.reset();
  EXPECT_FALSE(framer.lost());
  EXPECT_EQ(framer.scan("b NOOP\r\n"), State::complete);
}

TEST(Framer, IsLostInAResponseWithoutACount) {
  const auto log = read_whole("* 1 FETCH {4294967296}\r\n* OK\r\n", {}, false);
  EXPECT_THAT(log, ElementsAre("a bad literal count at 10 lost"));
}

TEST(Framer, KeepsTheLimitOfAWholeCommand) {
  // 9 + 20 + … : the fourth literal would leave no room for the CRLF.
  Framer framer(small_limits);
  std::string command = "a {20+}\r\n";
  for (int i = 0; i < 3; ++i) command += std::string(20, 'x') + " {10+}\r\n";
  EXPECT_EQ(framer.scan(command), State::error);
  EXPECT_EQ(framer.error().kind, ErrorKind::literal_too_long);

  // Without a literal the last line is cut to what the command has left.
  framer.reset();
  command =
      "a {20+}\r\n" + std::string(20, 'x') + " {20+}\r\n" + std::string(20, 'x') + " {1+}\r\ny";
  ASSERT_EQ(command.size(), 65U);
  EXPECT_EQ(framer.scan(command + std::string(34, 'z')), State::incomplete);
  EXPECT_EQ(framer.scan(command + std::string(35, 'z')), State::error);
  EXPECT_EQ(framer.error(), (Error{ErrorKind::line_too_long, 100}));
}

TEST(Framer, TakesAnyLimits) {
  for (const std::size_t octets : {std::size_t{0}, std::size_t{1}, std::size_t{2}, SIZE_MAX}) {
    const Limits limits{.line_octets = octets, .literal_octets = octets, .frame_octets = octets};
    for (const std::string_view input : {"\r\n", "a {4294967295+}\r\nxx\r\n", "a NOOP\r\n"}) {
      for (const bool server_side : {true, false}) {
        EXPECT_EQ(read_whole(input, limits, server_side).empty(),
                  octets == SIZE_MAX && input.starts_with("a {"));
      }
    }
  }
}

// A literal that announces gigabytes costs nothing until they come.
TEST(Framer, WaitsForAHugeLiteralWithoutAllocating) {
  Framer framer({.line_octets = 100, .literal_octets = SIZE_MAX, .frame_octets = SIZE_MAX});
  EXPECT_EQ(framer.scan("a {4294967295+}\r\nabc"), State::incomplete);
}

// PER-04: what is found doesn't depend on how the octets were cut.
class Segmentation : public testing::TestWithParam<bool> {};

std::vector<std::string> corpus() {
  std::vector<std::string> inputs{
      "a NOOP\r\nb LOGOUT\r\n",
      "a LOGIN {5}\r\nalice {6+}\r\nsecret\r\nb NOOP\r\n",
      "a NOOP\nb NOOP\r\n",
      "a \r NOOP\r\nb NOOP\r\n",
      "a NOOP\r\r\nb\r\n",
      "a\0b\r\nc NOOP\r\n"s,
      "a \r\0\n\n\r\r\n\0"s,
      std::string(39, 'x') + "\r\nb NOOP\r\n",
      std::string(38, 'x') + "\r\nb NOOP\r\n",
      std::string(39, 'x') + "\nb NOOP\r\n",
      std::string(39, 'x') + "\r" + std::string(60, 'y') + "\r\nb NOOP\r\n",
      std::string(200, 'x') + " {12+}\r\nb LOGOUT\r\n\r\n\r\nc NOOP\r\n",
      std::string(200, 'x') + " {12}\r\nb LOGOUT\r\n\r\n\r\nc NOOP\r\n",
      std::string(200, 'x') + " {00000000000000000000000000012+}\r\nb LOGOUT\r\n\r\n\r\nc NOOP\r\n",
      std::string(200, 'x'),
      "a {30+}\r\n" + std::string(30, 'y') + " {4+}\r\nabcd {3}\r\nc NOOP\r\n",
      "a {30}\r\nb NOOP\r\n",
      "a {20+}\r\n" + std::string(20, 'y') + " {20+}\r\n" + std::string(20, 'z') + " {20+}\r\n" +
          std::string(20, 'q') + " {20+}\r\n" + std::string(20, 'r') + "\r\nb NOOP\r\n",
      "a {99999999999999999999+}\r\nb NOOP\r\n",
      "a {-1}\r\nb {}\r\nc {x}\r\n",
      "a {0+}\r\n{0+}\r\n{0}\r\n\r\n",
      "* 1 FETCH (BODY[] {8}\r\n+ {3}\r\n\r\n)\r\na OK done\r\n",
  };
  // And lines put together at random from what matters to a framer.
  constexpr std::array<std::string_view, 14> pieces{"\r\n",
                                                    "\r",
                                                    "\n",
                                                    "{3}\r\n",
                                                    "{3+}\r\n",
                                                    "{25+}\r\n",
                                                    "{4294967296+}\r\n",
                                                    "a NOOP",
                                                    "abc",
                                                    " ",
                                                    "{",
                                                    "+}",
                                                    "xxxxxxxxxxxxxxxxxxxx",
                                                    "}\r\n"};
  std::mt19937 random(1730);
  for (int i = 0; i < 3000; ++i) {
    std::string input;
    for (std::size_t n = 1 + random() % 16; n > 0; --n) {
      if (random() % 40 == 0) input += '\0';
      input += pieces[random() % pieces.size()];
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}

TEST_P(Segmentation, ChangesNothing) {
  std::mt19937 random(7888);
  for (const std::string& input : corpus()) {
    const auto whole = read_whole(input, small_limits, GetParam());
    for (const Delivery delivery : {Delivery::keeping, Delivery::discarding}) {
      Reader by_octet(small_limits, GetParam(), delivery);
      for (const char octet : input) by_octet.take({&octet, 1});
      ASSERT_EQ(by_octet.finish(), whole) << testing::PrintToString(input);

      Reader by_segment(small_limits, GetParam(), delivery);
      for (std::size_t at = 0; at < input.size();) {
        const std::size_t octets = 1 + random() % 9;
        by_segment.take(std::string_view(input).substr(at, octets));
        at += octets;
      }
      ASSERT_EQ(by_segment.finish(), whole) << testing::PrintToString(input);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Framer, Segmentation, testing::Bool(), [](const auto& instance) {
  return instance.param ? "commands" : "responses";
});

// Octet by octet through a megabyte: quadratic work would take hours.
TEST(Framer, ScansNoOctetTwice) {
  const std::string input(1 << 20, 'x');
  Framer framer({.line_octets = SIZE_MAX, .literal_octets = 0, .frame_octets = SIZE_MAX});
  for (std::size_t size = 0; size <= input.size(); ++size) {
    ASSERT_EQ(framer.scan(std::string_view(input).substr(0, size)), State::incomplete);
  }
  Framer skipping(small_limits);
  for (std::size_t size = 40; size <= input.size(); ++size) {
    ASSERT_EQ(skipping.scan(std::string_view(input).substr(0, size)), State::error);
  }
}

TEST(Framer, LeavesNothingBehindAnEmptyInput) { EXPECT_THAT(read_whole(""), IsEmpty()); }

}  // namespace
}  // namespace sallyport::wire::imap
