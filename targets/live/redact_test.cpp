#include "targets/live/redact.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "wire/base64.hpp"
#include "wire/ntlm.hpp"
#include "wire/sasl.hpp"

namespace sallyport::live {
namespace {

using trace::Protocol;

std::string negotiate() {
  return wire::base64_encode(build(wire::ntlm::Negotiate{.flags = wire::ntlm::unicode}));
}
std::string authenticate() { return wire::base64_encode(build(wire::ntlm::Authenticate{})); }

/// "C: …" and "S: …", before and after.
struct Line {
  std::string said;
  std::string shown;
};

void expect_shown(Protocol protocol, const std::vector<Line>& lines) {
  trace::Dialogue dialogue;
  for (const Line& line : lines) {
    dialogue.push_back({.point = trace::Point::client,
                        .from_server = line.said.starts_with("S: "),
                        .octets = line.said.substr(3)});
  }
  redact(dialogue, 0, protocol, Secrets({}));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& shown = lines[i].shown.empty() ? lines[i].said : lines[i].shown;
    EXPECT_EQ(dialogue[i].octets, shown.substr(3)) << "of \"" << lines[i].said << '"';
  }
}

TEST(Redactor, HidesWhatFollowsImapLogin) {
  expect_shown(Protocol::imap, {{"C: a1 CAPABILITY", ""},
                                {"C: a2 LOGIN alice secret", "C: a2 LOGIN <redacted>"},
                                {"S: a2 OK done", ""},
                                {"C: a3 login \"alice\" \"se cret\"", "C: a3 login <redacted>"},
                                {"S: a3 NO", ""},
                                {"C: LOGIN alice secret", "C: LOGIN <redacted>"},
                                {"C: a4 LOGIN", ""},
                                {"C: a5 SELECT LOGIN", ""}});
}

TEST(Redactor, HidesLiteralsOfLogin) {
  expect_shown(Protocol::imap, {{"C: a1 LOGIN {5}", "C: a1 LOGIN <redacted>"},
                                {"S: + go ahead", ""},
                                {"C: alice", "C: <redacted>"},
                                {"C:  {6}", "C: <redacted>"},
                                {"S: + go ahead", ""},
                                {"C: secret", "C: <redacted>"},
                                {"C: ", ""},
                                {"S: * OK still here", ""},
                                {"S: a1 OK done", ""},
                                {"C: a2 NOOP", ""}});
}

TEST(Redactor, HidesResponsesButNotWhatTellsNothing) {
  expect_shown(Protocol::imap, {{"C: a1 AUTHENTICATE PLAIN", ""},
                                {"S: + ", ""},
                                {"C: AGFsaWNlAHNlY3JldA==", "C: <redacted>"},
                                {"S: a1 NO", ""},
                                {"C: a2 AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==",
                                 "C: a2 AUTHENTICATE PLAIN <redacted>"},
                                {"S: a2 NO", ""},
                                {"C: a3 AUTHENTICATE EXTERNAL =", ""},
                                {"S: a3 NO", ""},
                                {"C: a4 AUTHENTICATE NTLM", ""},
                                {"S: + ", ""},
                                {"C: " + negotiate(), ""},
                                {"S: + TlRMTVNTUAAC", ""},
                                {"C: " + authenticate(), "C: <redacted>"},
                                {"S: a4 NO", ""},
                                {"C: a5 AUTHENTICATE CRAM-MD5", ""},
                                {"S: + PDEuMUBleGFtcGxlPg==", ""},
                                {"C: *", ""},
                                {"S: a5 BAD cancelled", ""},
                                {"C: a6 NOOP", ""}});
}

TEST(Redactor, HidesPop3Secrets) {
  expect_shown(Protocol::pop3,
               {{"S: +OK ready <1.2@example>", ""},
                {"C: USER alice", ""},
                {"S: +OK", ""},
                {"C: PASS se cret", "C: PASS <redacted>"},
                {"S: +OK", ""},
                {"C: APOP alice c4c9334bac560ecc979e58001b3e22fb", "C: APOP <redacted>"},
                {"S: -ERR", ""},
                {"C: AUTH", ""},
                {"S: +OK", ""},
                {"S: PLAIN", ""},
                {"S: .", ""},
                {"C: STAT", ""},
                {"C: AUTH PLAIN", ""},
                {"S: + ", ""},
                {"C: AGFsaWNlAHNlY3JldA==", "C: <redacted>"},
                {"S: -ERR", ""},
                {"C: auth plain AGFsaWNlAHNlY3JldA==", "C: auth plain <redacted>"},
                {"S: +OK", ""},
                {"C: STAT", ""}});
}

TEST(Secrets, AreFoundInEveryFormWhereverTheyStand) {
  const std::string password = "correct horse";
  const Secrets secrets({{"alice", password}, {"bob", "pw"}});
  EXPECT_EQ(secrets.scrubbed("BAD unknown command \"correct horse\""),
            "BAD unknown command \"<redacted>\"");
  EXPECT_EQ(secrets.scrubbed("correct horse-not"), "<redacted>-not");
  EXPECT_EQ(secrets.scrubbed("pw pwd (pw)"), "<redacted> pwd (<redacted>)");
  EXPECT_EQ(secrets.scrubbed("nothing"), "nothing");
  EXPECT_EQ(secrets.scrubbed(""), "");
  EXPECT_EQ(Secrets({{"a", "pa\\ss\"1"}}).scrubbed("LOGIN a \"pa\\\\ss\\\"1\""),
            "LOGIN a \"<redacted>\"");
  // Wherever in a base64 text the password stands, what is left of it is too short to be of use.
  for (const char* before : {"", "x", "xy", "xyz", "alice"}) {
    for (const char* after : {"", "x", "xy", "xyz"}) {
      const std::string text = wire::base64_encode(before + password + after);
      const std::string shown = secrets.scrubbed(text);
      ASSERT_NE(shown.find(redacted), std::string::npos) << text;
      EXPECT_LE(shown.size(), text.size() - (password.size() * 8 / 6 - 2) + redacted.size());
    }
  }
  const std::string plain =
      wire::base64_encode(wire::sasl::build_plain({"", "alice", "correct horse"}));
  EXPECT_NE(secrets.scrubbed("a1 BAD " + plain).find(redacted), std::string::npos);
  EXPECT_EQ(secrets.scrubbed(wire::base64_encode("pw")), redacted);
}

TEST(Secrets, AnEmptyPasswordHidesNothing) {
  EXPECT_EQ(Secrets({{"alice", ""}}).scrubbed("a1 OK"), "a1 OK");
}

}  // namespace
}  // namespace sallyport::live
