// Commands and responses: what is read from a whole frame, and what is refused where.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "wire/imap.hpp"

namespace sallyport::wire::imap {
namespace {

using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;
using testing::ElementsAre;

TEST(ParseCommand, ReadsTagNameAndArguments) {
  struct Case {
    std::string_view frame;
    std::string_view tag;
    std::string_view name;
    std::string_view arguments;
  };
  for (const Case& c : {
           Case{"a NOOP\r\n", "a", "NOOP", ""},
           Case{"A.1]~! login alice secret\r\n", "A.1]~!", "login", "alice secret"},
           Case{"a UID FETCH 1:* (FLAGS)\r\n", "a", "UID", "FETCH 1:* (FLAGS)"},
           Case{"a LOGIN {5}\r\nalice {0}\r\n\r\n", "a", "LOGIN", "{5}\r\nalice {0}\r\n"},
           Case{"a X+Y z\r\n", "a", "X+Y", "z"},
           Case{"a X z \r\n", "a", "X", "z "},
       }) {
    const auto command = parse_command(c.frame);
    ASSERT_TRUE(command.has_value()) << c.frame;
    EXPECT_EQ(command->tag, c.tag) << c.frame;
    EXPECT_EQ(command->name, c.name) << c.frame;
    EXPECT_EQ(command->arguments, c.arguments) << c.frame;
  }
}

TEST(ParseCommand, RefusesTheRest) {
  struct Case {
    std::string_view frame;
    Error error;
  };
  for (const Case& c : {
           Case{"", {ErrorKind::truncated, 0}},
           Case{"a NOOP", {ErrorKind::truncated, 6}},
           Case{"a NOOP\n", {ErrorKind::truncated, 7}},
           Case{"\r\n", {ErrorKind::bad_tag, 0}},
           Case{" NOOP\r\n", {ErrorKind::bad_tag, 0}},
           Case{"* NOOP\r\n", {ErrorKind::bad_tag, 0}},
           Case{"+ NOOP\r\n", {ErrorKind::bad_tag, 0}},
           Case{"a+ NOOP\r\n", {ErrorKind::bad_tag, 1}},
           Case{"a{3}\r\nabc\r\n", {ErrorKind::bad_tag, 1}},
           Case{"a\0%n NOOP\r\n"sv, {ErrorKind::bad_tag, 1}},
           Case{"\xe9 NOOP\r\n", {ErrorKind::bad_tag, 0}},
           Case{"a\tNOOP\r\n", {ErrorKind::bad_tag, 1}},
           Case{"a\r\n", {ErrorKind::bad_command, 1}},
           Case{"a \r\n", {ErrorKind::bad_command, 2}},
           Case{"a  NOOP\r\n", {ErrorKind::bad_command, 2}},
           Case{"a \"NOOP\"\r\n", {ErrorKind::bad_command, 2}},
           Case{"a {4+}\r\nNOOP\r\n", {ErrorKind::bad_command, 2}},
           Case{"a NO(OP\r\n", {ErrorKind::bad_command, 4}},
           Case{"a NOOP]\r\n", {ErrorKind::bad_command, 6}},
           Case{"a NOOP \r\n", {ErrorKind::bad_argument, 7}},
           Case{"a LOGIN  u p\r\n", {ErrorKind::bad_argument, 8}},
       }) {
    const auto command = parse_command(c.frame);
    ASSERT_FALSE(command.has_value()) << c.frame;
    EXPECT_EQ(command.error(), c.error) << c.frame;
  }
}

TEST(SalvageTag, FindsTheTagOfARefusedCommand) {
  for (const auto& [frame, tag] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"a  NOOP\r\n", "a"},
           {"a\r\n", "a"},
           {"a\n", "a"},
           {"tag.1 \0\r\n"sv, "tag.1"},
           {"a", ""},  // more of it may have come
           {"", ""},
           {"\r\n", ""},
           {"* X\r\n", ""},
           {"a+ X\r\n", ""},
           {"a\0 X\r\n"sv, ""},
       }) {
    EXPECT_EQ(salvage_tag(frame), tag) << frame;
  }
}

TEST(TakeAstring, TakesOneAfterAnother) {
  std::string_view arguments = "INBOX \"a \\\"b\\\\\" {4}\r\n\r\n\"\xff {0+}\r\n ] \"\xc3\xa9\"";
  std::vector<std::string> values;
  while (!arguments.empty()) {
    const auto value = take_astring(arguments);
    ASSERT_TRUE(value.has_value()) << arguments;
    values.push_back(*value);
  }
  EXPECT_THAT(values, ElementsAre("INBOX", "a \"b\\", "\r\n\"\xff", "", "]", "\xc3\xa9"));
}

TEST(TakeAstring, LeavesTheArgumentsAfterAnError) {
  std::string_view arguments = " (x)";
  EXPECT_FALSE(take_astring(arguments).has_value());
  EXPECT_EQ(arguments, " (x)");
}

TEST(Astrings, RefusesWhatIsNone) {
  struct Case {
    std::string_view arguments;
    Error error;
  };
  for (const Case& c : {
           Case{" ", {ErrorKind::bad_argument, 1}},
           Case{"a ", {ErrorKind::bad_argument, 2}},
           Case{"a  b", {ErrorKind::bad_argument, 2}},
           Case{"(a)", {ErrorKind::bad_argument, 0}},
           Case{"a b*", {ErrorKind::bad_argument, 3}},
           Case{"a\"b\"", {ErrorKind::bad_argument, 1}},
           Case{"\"a\"b", {ErrorKind::bad_argument, 3}},
           Case{"\"a\"\"b\"", {ErrorKind::bad_argument, 3}},
           Case{"\xe9", {ErrorKind::bad_argument, 0}},
           Case{"a\0"sv, {ErrorKind::bad_argument, 1}},
           Case{"\"", {ErrorKind::unterminated_quote, 1}},
           Case{"u \"abc", {ErrorKind::unterminated_quote, 6}},
           Case{"\"abc\\", {ErrorKind::unterminated_quote, 5}},
           Case{"\"abc\\\"", {ErrorKind::unterminated_quote, 6}},
           Case{"\"a\r\nb\"", {ErrorKind::unterminated_quote, 2}},
           Case{"\"a\nb\"", {ErrorKind::unterminated_quote, 2}},
           Case{"\"a\0b\""sv, {ErrorKind::nul_octet, 2}},
           Case{"\"a\\n\"", {ErrorKind::bad_escape, 3}},
           Case{"\"a\\\r\"", {ErrorKind::bad_escape, 3}},
           Case{"{5}", {ErrorKind::bad_literal, 0}},
           Case{"{5}abcde", {ErrorKind::bad_literal, 0}},
           Case{"{}\r\n", {ErrorKind::bad_literal, 0}},
           Case{"{-1}\r\nabc", {ErrorKind::bad_literal, 0}},
           Case{"{4294967296}\r\nabc", {ErrorKind::bad_literal, 0}},
           Case{"{99999999999999999999}\r\nabc", {ErrorKind::bad_literal, 0}},
           Case{"{x{3}\r\nabc", {ErrorKind::bad_literal, 0}},
           Case{"{4294967295}\r\nabc", {ErrorKind::truncated, 17}},
           Case{"u {4}\r\nabc", {ErrorKind::truncated, 10}},
           Case{"{3}\r\nabcd", {ErrorKind::bad_argument, 8}},
           Case{"{3}\r\na\0c"sv, {ErrorKind::nul_octet, 6}},
       }) {
    const auto values = astrings(c.arguments);
    ASSERT_FALSE(values.has_value()) << testing::PrintToString(c.arguments);
    EXPECT_EQ(values.error().kind, c.error.kind) << testing::PrintToString(c.arguments);
    EXPECT_EQ(values.error().at, c.error.at) << testing::PrintToString(c.arguments);
  }
}

TEST(Astrings, ReadsNoneOfNothing) {
  const auto values = astrings("");
  ASSERT_TRUE(values.has_value());
  EXPECT_TRUE(values->empty());
}

TEST(AppendAstring, WritesTheShortestForm) {
  const auto written = [](std::string_view value, bool non_synchronizing = false) {
    std::string out = "a X ";
    append_astring(out, value, non_synchronizing);
    return out.substr(4);
  };
  EXPECT_EQ(written("alice"), "alice");
  EXPECT_EQ(written("a+b]@c"), "a+b]@c");
  EXPECT_EQ(written(""), "\"\"");
  EXPECT_EQ(written("nil"), "\"nil\"");
  EXPECT_EQ(written("a b"), "\"a b\"");
  EXPECT_EQ(written("a\"b\\"), "\"a\\\"b\\\\\"");
  EXPECT_EQ(written("\xe9"), "{1}\r\n\xe9");
  EXPECT_EQ(written("y\r\ny DELE 1", true), "{11+}\r\ny\r\ny DELE 1");
  EXPECT_EQ(written("\0"s), "{1}\r\n\0"s);
}

// FRM-05: whatever a user's name or password holds, it can't end the string or the line that it is
// written in.
TEST(AppendAstring, IsReadBackAsItWas) {
  std::mt19937 random(3501);
  constexpr std::string_view alphabet = "ab \"\\\r\n{}()*%]+\x01\x7f\x80\xff{5+}";
  for (int i = 0; i < 5000; ++i) {
    std::vector<std::string> values;
    std::string frame = "a LOGIN";
    for (std::size_t n = 1 + random() % 3; n > 0; --n) {
      std::string value;
      for (std::size_t octets = random() % 12; octets > 0; --octets) {
        value += alphabet[random() % alphabet.size()];
      }
      frame += ' ';
      append_astring(frame, value, random() % 2 == 0);
      values.push_back(std::move(value));
    }
    frame += "\r\n";

    Framer framer;
    Framer::State state = framer.scan(frame);
    while (state == Framer::State::continuation) {
      framer.grant();
      state = framer.scan(frame);
    }
    ASSERT_EQ(state, Framer::State::complete) << frame;
    ASSERT_EQ(framer.size(), frame.size()) << frame;
    const auto command = parse_command(frame);
    ASSERT_TRUE(command.has_value()) << frame;
    const auto read = astrings(command->arguments);
    ASSERT_TRUE(read.has_value()) << frame;
    EXPECT_EQ(*read, values);
  }
}

TEST(ParseResponse, ReadsEveryKind) {
  struct Case {
    std::string_view frame;
    Response expected;
  };
  constexpr auto tagged = ResponseKind::tagged;
  constexpr auto untagged = ResponseKind::untagged;
  constexpr auto continuation = ResponseKind::continuation;
  for (const Case& c : {
           Case{"a OK done\r\n", {tagged, "a", "OK", "", "", "done"}},
           Case{"a no [AUTHENTICATIONFAILED] x\r\n",
                {tagged, "a", "no", "", "AUTHENTICATIONFAILED", "x"}},
           Case{"a BAD\r\n", {tagged, "a", "BAD", "", "", ""}},
           Case{"a OK \r\n", {tagged, "a", "OK", "", "", ""}},
           Case{"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n",
                {untagged, "", "OK", "", "CAPABILITY IMAP4rev1 AUTH=PLAIN", "ready"}},
           Case{"* PREAUTH [X]\r\n", {untagged, "", "PREAUTH", "", "X", ""}},
           Case{"* BYE later\r\n", {untagged, "", "BYE", "", "", "later"}},
           Case{"* OK see [1]\r\n", {untagged, "", "OK", "", "", "see [1]"}},
           Case{"* CAPABILITY IMAP4rev1 STARTTLS\r\n",
                {untagged, "", "CAPABILITY", "", "", "IMAP4rev1 STARTTLS"}},
           Case{"* SEARCH\r\n", {untagged, "", "SEARCH", "", "", ""}},
           Case{"* LIST () \"/\" [x]\r\n", {untagged, "", "LIST", "", "", "() \"/\" [x]"}},
           Case{"* 3 EXISTS\r\n", {untagged, "", "EXISTS", "3", "", ""}},
           Case{"* 4294967295 FETCH (BODY[] {3}\r\nabc)\r\n",
                {untagged, "", "FETCH", "4294967295", "", "(BODY[] {3}\r\nabc)"}},
           Case{"* 3com x\r\n", {untagged, "", "3com", "", "", "x"}},
           Case{"+ dGV4dA==\r\n", {continuation, "", "", "", "", "dGV4dA=="}},
           Case{"+ \r\n", {continuation, "", "", "", "", ""}},
           Case{"+\r\n", {continuation, "", "", "", "", ""}},
       }) {
    const auto response = parse_response(c.frame);
    ASSERT_TRUE(response.has_value()) << c.frame;
    EXPECT_EQ(response->kind, c.expected.kind) << c.frame;
    EXPECT_EQ(response->tag, c.expected.tag) << c.frame;
    EXPECT_EQ(response->name, c.expected.name) << c.frame;
    EXPECT_EQ(response->number, c.expected.number) << c.frame;
    EXPECT_EQ(response->code, c.expected.code) << c.frame;
    EXPECT_EQ(response->text, c.expected.text) << c.frame;
  }
}

TEST(ParseResponse, RefusesTheRest) {
  struct Case {
    std::string_view frame;
    Error error;
  };
  for (const Case& c : {
           Case{"", {ErrorKind::truncated, 0}},
           Case{"* OK", {ErrorKind::truncated, 4}},
           Case{"\r\n", {ErrorKind::bad_tag, 0}},
           Case{" OK\r\n", {ErrorKind::bad_tag, 0}},
           Case{"a\0 OK\r\n"sv, {ErrorKind::bad_tag, 1}},
           Case{"a\r\n", {ErrorKind::bad_response, 1}},
           Case{"a \r\n", {ErrorKind::bad_response, 2}},
           Case{"a BYE x\r\n", {ErrorKind::bad_response, 2}},
           Case{"a 3 OK x\r\n", {ErrorKind::bad_response, 2}},
           Case{"*\r\n", {ErrorKind::bad_response, 1}},
           Case{"*OK\r\n", {ErrorKind::bad_response, 1}},
           Case{"* \r\n", {ErrorKind::bad_response, 2}},
           Case{"*  OK\r\n", {ErrorKind::bad_response, 2}},
           Case{"* (x)\r\n", {ErrorKind::bad_response, 2}},
           Case{"* OK(x)\r\n", {ErrorKind::bad_response, 4}},
           Case{"* 3\r\n", {ErrorKind::bad_response, 3}},
           Case{"* 3 \r\n", {ErrorKind::bad_response, 4}},
           Case{"* 4294967296 EXISTS\r\n", {ErrorKind::bad_response, 2}},
           Case{"* OK [CAPABILITY\r\n", {ErrorKind::bad_response, 16}},
           Case{"* OK [] x\r\n", {ErrorKind::bad_response, 6}},
           Case{"* OK [X]x\r\n", {ErrorKind::bad_response, 8}},
           Case{"+OK\r\n", {ErrorKind::bad_response, 1}},
       }) {
    const auto response = parse_response(c.frame);
    ASSERT_FALSE(response.has_value()) << c.frame;
    EXPECT_EQ(response.error(), c.error) << c.frame;
  }
}

TEST(ForEachWord, SkipsNothingButSpaces) {
  std::vector<std::string_view> words;
  for_each_word(" IMAP4rev1  AUTH=PLAIN STARTTLS ",
                [&](std::string_view w) { words.push_back(w); });
  EXPECT_THAT(words, ElementsAre("IMAP4rev1", "AUTH=PLAIN", "STARTTLS"));
}

// No octets, framed or not, do more than give an error.
TEST(ImapGrammar, SurvivesAnything) {
  std::mt19937 random(9051);
  constexpr std::string_view alphabet = "a1 *+[]{}()\"\\\r\n\r\n\0\xff{3}"sv;
  for (int i = 0; i < 50'000; ++i) {
    std::string input;
    for (std::size_t octets = random() % 24; octets > 0; --octets) {
      input += alphabet[random() % alphabet.size()];
    }
    if (i % 2 == 0) input = "a X " + input + "\r\n";
    if (const auto command = parse_command(input)) (void)astrings(command->arguments);
    (void)astrings(input);
    (void)parse_response(input);
    (void)salvage_tag(input);
    (void)literal_header(input);
  }
}

// Two passwords that differ by a plus sign aren't the same command.
TEST(WithSynchronizingLiterals, LeavesTheOctetsOfALiteralAlone) {
  EXPECT_EQ(with_synchronizing_literals("LOGIN a {6+}\r\n{1+}\r\n"), "LOGIN a {6}\r\n{1+}\r\n");
  EXPECT_EQ(with_synchronizing_literals("LOGIN a {6}\r\n{1+}\r\n"), "LOGIN a {6}\r\n{1+}\r\n");
  EXPECT_EQ(with_synchronizing_literals("LOGIN a {9+}\r\n{1+}"), "LOGIN a {9}\r\n{1+}");
}

TEST(WithSynchronizingLiterals, ChangesNothingElse) {
  EXPECT_EQ(with_synchronizing_literals("LOGIN {2+}\r\nab {1}\r\nc"), "LOGIN {2}\r\nab {1}\r\nc");
  EXPECT_EQ(with_synchronizing_literals("LOGIN {0+}\r\n {0+}\r\n"), "LOGIN {0}\r\n {0}\r\n");
  EXPECT_EQ(with_synchronizing_literals("NOOP a+}"), "NOOP a+}");
  EXPECT_EQ(with_synchronizing_literals("NOOP a+}\r\n"), "NOOP a+}\r\n");
  EXPECT_EQ(with_synchronizing_literals(""), "");
}

}  // namespace
}  // namespace sallyport::wire::imap
