#include "world/script.hpp"

#include <random>

#include "client/phrases.hpp"
#include "world/played_for_test.hpp"

namespace sallyport::world {
namespace {

TEST(ScriptText, ReadsAndWritesEveryForm) {
  const std::string text =
      "protocol imap\n"
      "0 capability\n"
      "0 authenticate NTLM alice\n"
      "0 respond lease 1,0\n"
      "1 login bob wrong split 3\n"
      "0 send \"a1 NOOP \\x00\\\"\\\\\\r\\n\" lease 2 split 1\n"
      "1 outlook-express alice\n"
      "vary 2 lease 1\n";
  const auto script = script_from_text(text);
  ASSERT_TRUE(script) << script.error().message;
  EXPECT_EQ(to_text(*script), text);
  ASSERT_EQ(script->steps.size(), 6u);
  EXPECT_EQ(script->steps[4].action.octets, std::string("a1 NOOP \0\"\\\r\n", 13));
  EXPECT_FALSE(script->steps[3].action.right);
  EXPECT_EQ(script_from_bytes(to_bytes(*script)), *script);
}

TEST(ScriptText, ReadsAndWritesWhatGoesWrongAndTheTimeBetween) {
  const std::string text =
      "protocol pop3\n"
      "0 starttls-certificate admin-as-bob\n"
      "0 authenticate SCRAM-SHA-256-PLUS alice misbound\n"
      "0 authenticate SCRAM-SHA-256-PLUS alice wrong misbound\n"
      "0 respond-long mishap die-at-login\n"
      "1 say pipelined-login bob wrong lease 1 split 2 mishap dead-in-pool\n"
      "0 wait 7200\n"
      "vary 4 unknown-user\n"
      "vary 0 unknown-user\n";
  const Script script = parsed(text);
  EXPECT_EQ(to_text(script), text);
  ASSERT_EQ(script.steps.size(), 6u);
  EXPECT_EQ(script.steps[0].action.account, 4);
  EXPECT_FALSE(script.steps[1].action.bound);
  EXPECT_TRUE(script.steps[1].action.right);
  EXPECT_EQ(script.steps[4].mishap, Mishap::dead_in_pool);
  EXPECT_EQ(script.steps[5].wait, 7200);
  EXPECT_EQ(script_from_bytes(to_bytes(script)), script);
}

// Every action, phrase, mishap and variation, by its name and in bytes.
TEST(Script, BothFormsKnowEveryName) {
  const auto both = [](const Script& script) {
    EXPECT_EQ(script_from_text(to_text(script)), script) << to_text(script);
    EXPECT_EQ(script_from_bytes(to_bytes(script)), script) << to_text(script);
  };
  Script script;
  for (std::size_t verb = 0; verb < client::verb_count; ++verb) {
    Step step;
    step.action.verb = static_cast<client::Verb>(verb);
    if (client::facts(step.action.verb).mechanism) step.action.mechanism = trace::Mechanism::plain;
    script.steps.push_back(step);
  }
  both(script);
  for (std::size_t phrase = 0; phrase < client::phrases().size(); ++phrase) {
    script.steps = {
        {.action = {.verb = client::Verb::say, .phrase = static_cast<std::uint8_t>(phrase)}}};
    both(script);
  }
  for (std::size_t mishap = 0; mishap < mishap_count; ++mishap) {
    script.steps = {
        {.action = {.verb = client::Verb::noop}, .mishap = static_cast<Mishap>(mishap)}};
    both(script);
  }
  for (const char* const change :
       {"lease 1,2", "split 3", "plaintext", "inject", "secrets", "unknown-user"}) {
    both(parsed("protocol imap\n0 noop\nvary 0 " + std::string(change) + "\n"));
  }
}

TEST(ScriptText, SkipsCommentsAndTakesAFindingsHead) {
  const auto finding = finding_from_text(
      "# found by hand\n\nproperty ADV-01\nsubject hardened+advertise-ntlm\nprotocol pop3\n"
      "0 mechanisms\r\n");
  ASSERT_TRUE(finding) << finding.error().message;
  EXPECT_EQ(finding->property, "ADV-01");
  EXPECT_EQ(finding->subject, "hardened+advertise-ntlm");
  EXPECT_EQ(finding->script.protocol, trace::Protocol::pop3);
  EXPECT_EQ(to_text(*finding),
            "property ADV-01\nsubject hardened+advertise-ntlm\nprotocol pop3\n0 mechanisms\n");
}

struct BadText {
  std::string_view text;
  std::size_t line;
  std::string_view says;
};

TEST(ScriptText, SaysWhatWhereAndWhatWasExpected) {
  const BadText table[] = {
      {"", 0, "expected"},
      {"0 capability\n", 1, "must come first"},
      {"protocol smtp\n", 1, "imap or pop3"},
      {"protocol imap pop3\n", 1, "end of the line"},
      {"protocol imap\n2 noop\n", 2, "a client (0 or 1)"},
      {"protocol imap\n0 dance\n", 2, "an action"},
      {"protocol imap\n0 login dave\n", 2, "alice or bob"},
      {"protocol imap\n0 login\n", 2, "the line ends"},
      {"protocol imap\n0 authenticate NTML alice\n", 2, "a mechanism"},
      {"protocol imap\n0 send NOOP\n", 2, "octets"},
      {"protocol imap\n0 send \"NOOP\n", 2, "without end"},
      {"protocol imap\n0 send \"\\q\"\n", 2, "escape"},
      {"protocol imap\n0 send \"\\x0\"\n", 2, "escape"},
      {"protocol imap\n0 noop lease\n", 2, "numbers"},
      {"protocol imap\n0 noop lease 256\n", 2, "numbers"},
      {"protocol imap\n0 noop lease 1,,2\n", 2, "numbers"},
      {"protocol imap\n0 noop split 0\n", 2, "octets"},
      {"protocol imap\n0 noop\nvary 1 lease 1\n", 3, "number of a step"},
      {"protocol imap\n0 noop\nvary 0\n", 3, "\"lease\""},
      {"protocol imap\n0 noop\nvary 0 sideways\n", 3, "\"lease\""},
      {"protocol imap\n0 noop\nvary 0 inject\nvary 0 secrets\n", 4, "of one kind"},
      {"protocol imap\n0 wait 0\n", 2, "number of seconds"},
      {"protocol imap\n0 wait 7201\n", 2, "number of seconds"},
      {"protocol imap\n0 wait\n", 2, "number of seconds"},
      {"protocol imap\n0 wait 5 alice\n", 2, "end of the line"},
      {"protocol imap\n0 say sorry alice\n", 2, "a phrase"},
      {"protocol imap\n0 noop mishap earthquake\n", 2, "a mishap"},
      {"protocol imap\n0 noop mishap none\n", 2, "a mishap"},
      {"protocol imap\n0 login alice misbound\n", 2, "end of the line"},
  };
  for (const BadText& bad : table) {
    const auto script = script_from_text(bad.text);
    ASSERT_FALSE(script) << bad.text;
    EXPECT_EQ(script.error().line, bad.line) << bad.text;
    EXPECT_NE(script.error().message.find(bad.says), std::string::npos)
        << bad.text << " -> " << script.error().message;
  }
}

TEST(ScriptText, NoTextCrashesTheReader) {
  std::mt19937 random(1);
  const std::string alphabet = "protocol imap\n01 login alice\"\\x,vary lease split\r#";
  for (int i = 0; i < 20000; ++i) {
    std::string text = i % 2 == 0 ? "protocol imap\n" : "";
    for (std::size_t n = random() % 40; n > 0; --n) text += alphabet[random() % alphabet.size()];
    if (const auto script = script_from_text(text)) {
      EXPECT_EQ(script_from_text(to_text(*script)), *script);
    }
  }
}

// Every string of bytes is a script, and both forms give it back.
TEST(ScriptBytes, RoundTripExactly) {
  std::mt19937 random(2);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes;
    for (std::size_t n = random() % 80; n > 0; --n) bytes += static_cast<char>(random());
    const Script script = script_from_bytes(bytes);
    EXPECT_EQ(script_from_bytes(to_bytes(script)), script);
    const std::string text = to_text(script);
    const auto read = script_from_text(text);
    ASSERT_TRUE(read) << text << read.error().line << ": " << read.error().message;
    EXPECT_EQ(*read, script) << text;
  }
}

TEST(ScriptBytes, StaysWithinItsBounds) {
  const std::string flood(100000, '\x08');
  EXPECT_EQ(script_from_bytes(flood).steps.size(), steps_max);
  EXPECT_TRUE(script_from_bytes("").steps.empty());
}

}  // namespace
}  // namespace sallyport::world
