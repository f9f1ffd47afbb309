// POP3 lines: typical, hostile, and cut at every place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "wire/pop3.hpp"

namespace sallyport::wire::pop3 {
namespace {

using State = LineFramer::State;
using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;
using testing::ElementsAre;

constexpr std::size_t small_limit = 20;

/// A server's use of the framer; places are those in the whole input.
class Reader {
 public:
  explicit Reader(bool discarding) : discarding_(discarding) {}

  void take(std::string_view octets) {
    buffer_ += octets;
    while (!buffer_.empty() && step()) {
    }
  }
  std::vector<std::string> finish() {
    if (in_error_) log_.push_back(error_text_ + " unfinished");
    return log_;
  }
  [[nodiscard]] std::size_t held_max() const { return held_max_; }

 private:
  bool step() {
    held_max_ = std::max(held_max_, buffer_.size());
    const State state = framer_.scan(buffer_, small_limit);
    if (state == State::incomplete) return false;
    if (state == State::complete) {
      log_.push_back("line " + buffer_.substr(0, framer_.size()));
    } else {
      in_error_ = true;
      error_text_ = std::string(describe(framer_.error().kind)) + " at " +
                    std::to_string(start_ + framer_.error().at);
      if (framer_.size() == 0) {
        if (discarding_) {
          framer_.discard();
          drop(buffer_.size());
        }
        return false;
      }
      log_.push_back(error_text_ + ", on at " + std::to_string(dropped_ + framer_.size()));
      in_error_ = false;
    }
    drop(framer_.size());
    start_ = dropped_;
    return true;
  }
  void drop(std::size_t octets) {
    buffer_.erase(0, octets);
    dropped_ += octets;
  }

  LineFramer framer_;
  bool discarding_;
  std::string buffer_;
  std::size_t dropped_ = 0;
  std::size_t start_ = 0;
  std::size_t held_max_ = 0;
  bool in_error_ = false;
  std::string error_text_;
  std::vector<std::string> log_;
};

std::vector<std::string> read_whole(std::string_view input) {
  Reader reader(false);
  reader.take(input);
  return reader.finish();
}

TEST(LineFramer, FindsLinesOneAfterAnother) {
  EXPECT_THAT(read_whole("USER a\r\nPASS  b \r\n\r\nQU"),
              ElementsAre("line USER a\r\n", "line PASS  b \r\n", "line \r\n"));
}

TEST(LineFramer, RefusesLinesThatAreNotStrict) {
  struct Case {
    std::string input;
    std::string error;
  };
  for (const Case& c : {
           Case{"STAT\nQUIT\r\n", "a bare line feed or carriage return at 4, on at 5"},
           Case{"ST\rAT\r\nQUIT\r\n", "a bare line feed or carriage return at 2, on at 7"},
           Case{"STAT\r\r\nQUIT\r\n", "a bare line feed or carriage return at 4, on at 7"},
           Case{"ST\0AT\r\nQUIT\r\n"s, "a NUL at 2, on at 7"},
           Case{"STAT\r\0\nQUIT\r\n"s, "a bare line feed or carriage return at 4, on at 7"},
           Case{std::string(19, 'x') + "\r\nQUIT\r\n", "a line that is too long at 20, on at 21"},
       }) {
    EXPECT_THAT(read_whole(c.input), ElementsAre(c.error, "line QUIT\r\n")) << c.input;
  }
}

TEST(LineFramer, CountsTheCrlf) {
  LineFramer framer;
  const std::string line = std::string(253, 'x') + "\r\n";
  EXPECT_EQ(framer.scan(line, Limits{}.command_octets), State::complete);
  EXPECT_EQ(framer.scan("x" + line, Limits{}.command_octets), State::error);
  EXPECT_EQ(framer.error(), (Error{ErrorKind::line_too_long, 255}));
  EXPECT_EQ(framer.size(), 256U);
}

TEST(LineFramer, TakesAnyLimit) {
  LineFramer framer;
  EXPECT_EQ(framer.scan("\r\n", SIZE_MAX), State::complete);
  EXPECT_EQ(framer.scan("\r\n", 2), State::complete);
  EXPECT_EQ(framer.scan("\r\n", 1), State::error);
  EXPECT_EQ(framer.scan("\r\n", 0), State::error);
  framer.reset();
  EXPECT_EQ(framer.scan("", 1), State::incomplete);
}

TEST(LineFramer, DiscardsWithoutKeeping) {
  Reader reader(true);
  const std::string input = std::string(100'000, 'x') + "\r\nQUIT\r\n";
  for (std::size_t at = 0; at < input.size(); at += 16) reader.take(input.substr(at, 16));
  EXPECT_LE(reader.held_max(), 48U);
  EXPECT_THAT(reader.finish(),
              ElementsAre("a line that is too long at 20, on at 100002", "line QUIT\r\n"));
}

TEST(LineFramer, FindsTheSameHoweverTheInputIsCut) {
  std::vector<std::string> inputs{"USER a\r\nPASS b\r\n", "STAT\nQUIT\r\n", "A\rB\r\nC\r\n",
                                  "A\0\r\nB\r\n"s, "A\r\0\n\r\r\n\n\0"s};
  for (std::size_t octets = 17; octets < 23; ++octets) {
    for (const std::string_view end : {"\r\n", "\n", "\r", "\r\r\n", "\r\n\r\n"}) {
      inputs.push_back(std::string(octets, 'x') + std::string(end) + "QUIT\r\n");
    }
  }
  std::mt19937 random(1939);
  constexpr std::string_view alphabet = "ab \r\n\r\n\r\n\0\t"sv;
  for (int i = 0; i < 3000; ++i) {
    std::string input;
    for (std::size_t n = random() % 60; n > 0; --n) input += alphabet[random() % alphabet.size()];
    inputs.push_back(std::move(input));
  }
  for (const std::string& input : inputs) {
    const auto whole = read_whole(input);
    for (const bool discarding : {false, true}) {
      Reader by_octet(discarding);
      for (const char octet : input) by_octet.take({&octet, 1});
      ASSERT_EQ(by_octet.finish(), whole) << testing::PrintToString(input);
    }
  }
}

TEST(ParsePop3Command, ReadsKeywordAndArguments) {
  struct Case {
    std::string_view line;
    std::string_view keyword;
    std::string_view arguments;
  };
  for (const Case& c : {
           Case{"STAT\r\n", "STAT", ""},
           Case{"user alice\r\n", "user", "alice"},
           Case{"PASS  two  spaces \r\n", "PASS", " two  spaces "},
           Case{"AUTH \r\n", "AUTH", ""},  // MS-POP3's request for the list
           Case{"AUTH PLAIN =\r\n", "AUTH", "PLAIN ="},
           Case{"XCLIENT a=b\r\n", "XCLIENT", "a=b"},
       }) {
    const auto command = parse_command(c.line);
    ASSERT_TRUE(command.has_value()) << c.line;
    EXPECT_EQ(command->keyword, c.keyword);
    EXPECT_EQ(command->arguments, c.arguments);
  }
}

TEST(ParsePop3Command, RefusesTheRest) {
  struct Case {
    std::string_view line;
    Error error;
  };
  for (const Case& c : {
           Case{"", {ErrorKind::truncated, 0}},
           Case{"STAT", {ErrorKind::truncated, 4}},
           Case{"STAT\n", {ErrorKind::truncated, 5}},
           Case{"\r\n", {ErrorKind::bad_command, 0}},
           Case{" STAT\r\n", {ErrorKind::bad_command, 0}},
           Case{"ST\tAT\r\n", {ErrorKind::bad_command, 2}},
           Case{"ST\0AT\r\n"sv, {ErrorKind::bad_command, 2}},
           Case{"\xff\r\n", {ErrorKind::bad_command, 0}},
       }) {
    const auto command = parse_command(c.line);
    ASSERT_FALSE(command.has_value()) << c.line;
    EXPECT_EQ(command.error(), c.error) << c.line;
  }
}

TEST(ParseReply, ReadsEveryKind) {
  struct Case {
    std::string_view line;
    ReplyKind kind;
    std::string_view text;
  };
  for (const Case& c : {
           Case{"+OK ready\r\n", ReplyKind::ok, "ready"},
           Case{"+OK\r\n", ReplyKind::ok, ""},
           Case{"+OK \r\n", ReplyKind::ok, ""},
           Case{"-ERR [AUTH] no\r\n", ReplyKind::err, "[AUTH] no"},
           Case{"-ERR\r\n", ReplyKind::err, ""},
           Case{"+ TlRMTVNTUAAC\r\n", ReplyKind::continuation, "TlRMTVNTUAAC"},
           Case{"+ \r\n", ReplyKind::continuation, ""},
           Case{"+\r\n", ReplyKind::continuation, ""},
       }) {
    const auto reply = parse_reply(c.line);
    ASSERT_TRUE(reply.has_value()) << c.line;
    EXPECT_EQ(reply->kind, c.kind) << c.line;
    EXPECT_EQ(reply->text, c.text) << c.line;
  }
}

TEST(ParseReply, RefusesTheRest) {
  struct Case {
    std::string_view line;
    Error error;
  };
  for (const Case& c : {
           Case{"", {ErrorKind::truncated, 0}},
           Case{"+OK", {ErrorKind::truncated, 3}},
           Case{"\r\n", {ErrorKind::bad_response, 0}},
           Case{"OK\r\n", {ErrorKind::bad_response, 0}},
           Case{"-err x\r\n", {ErrorKind::bad_response, 0}},
           Case{"-\r\n", {ErrorKind::bad_response, 0}},
           Case{"+OKAY\r\n", {ErrorKind::bad_response, 3}},
           Case{"-ERR:x\r\n", {ErrorKind::bad_response, 4}},
           Case{"+dGV4dA==\r\n", {ErrorKind::bad_response, 1}},
       }) {
    const auto reply = parse_reply(c.line);
    ASSERT_FALSE(reply.has_value()) << c.line;
    EXPECT_EQ(reply.error(), c.error) << c.line;
  }
}

TEST(Stuffing, IsTakenOffAsItWasPutOn) {
  for (const std::string_view line : {"", ".", "..", "...", "text", ".text", "a.b"}) {
    std::string out;
    append_stuffed(out, line);
    EXPECT_TRUE(out.ends_with("\r\n"));
    EXPECT_FALSE(is_terminator(out)) << line;
    EXPECT_EQ(unstuff(out), line);
    EXPECT_EQ(unstuff(std::string_view(out).substr(0, out.size() - 2)), line);
  }
  EXPECT_TRUE(is_terminator("."));
  EXPECT_TRUE(is_terminator(".\r\n"));
  EXPECT_FALSE(is_terminator(""));
  EXPECT_FALSE(is_terminator(".."));
}

TEST(Stuffing, CoversEveryLineOfAText) {
  std::string out;
  append_stuffed(out, "a\r\n.\r\n..b\n.");
  EXPECT_EQ(out, "a\r\n..\r\n...b\n..\r\n");
}

}  // namespace
}  // namespace sallyport::wire::pop3
