// The plan is a table of scripts: each row is one, for both protocols, and what it promises not to
// do stands in none.
#include "targets/live/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "client/phrases.hpp"

namespace sallyport::live {
namespace {

using client::Verb;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using trace::Capability;
using trace::Mechanism;
using trace::Protocol;

Known knowing_all(Protocol protocol) {
  return {.protocol = protocol,
          .exposes_password = true,
          .accounts = 3,
          .silence_seconds = 300,
          .offered = trace::MechanismSet::from_bits(0xffffffff),
          .capabilities =
              trace::CapabilitySet(Capability::starttls, Capability::sasl_ir, Capability::user)};
}

std::vector<std::string> purposes(const Known& known) {
  std::vector<std::string> out;
  for (const Visit& each : further_visits(known)) out.emplace_back(each.purpose);
  return out;
}

TEST(Plan, EveryRowIsAScript) {
  for (const Protocol protocol : {Protocol::imap, Protocol::pop3}) {
    for (const bool starttls : {false, true}) {
      Known known = knowing_all(protocol);
      known.starttls = starttls;
      for (const Visit& each : further_visits(known)) {
        EXPECT_FALSE(each.script.steps.empty()) << each.purpose;
        EXPECT_EQ(each.script.protocol, protocol) << each.purpose;
        if (starttls) EXPECT_EQ(each.script.steps.front().action.verb, Verb::starttls);
      }
      EXPECT_FALSE(first_visit(protocol, starttls).script.steps.empty());
    }
  }
}

TEST(Plan, NoMailboxIsChangedAndNoMessageRead) {
  for (const Protocol protocol : {Protocol::imap, Protocol::pop3}) {
    for (const Visit& each : further_visits(knowing_all(protocol))) {
      const bool logs_in = std::ranges::any_of(each.script.steps, [](const world::Step& step) {
        const Verb verb = step.action.verb;
        return verb == Verb::login || (verb == Verb::authenticate && step.action.right);
      });
      for (const world::Step& step : each.script.steps) {
        if (logs_in) EXPECT_NE(step.action.verb, Verb::fetch) << each.purpose;
        if (step.action.verb != Verb::say) continue;
        const client::Phrase& phrase = client::phrases()[step.action.phrase];
        for (const char* harm : {"FETCH", "RETR", "TOP", "DELE ", "APPEND", "STORE"}) {
          const std::string_view words = protocol == Protocol::imap ? phrase.imap : phrase.pop3;
          // POP3's RETR of a message that isn't there is only said in IMAP's form.
          EXPECT_THAT(std::string(words), Not(HasSubstr(harm))) << each.purpose;
        }
      }
    }
  }
}

TEST(Plan, LoginsFailOnlyWhereTheyAreCounted) {
  for (const Protocol protocol : {Protocol::imap, Protocol::pop3}) {
    for (const Visit& each : further_visits(knowing_all(protocol))) {
      if (each.failed_logins > 0) continue;
      for (std::size_t i = 0; i < each.script.steps.size(); ++i) {
        const client::Action& action = each.script.steps[i].action;
        const bool may_fail = action.verb == Verb::replay || action.verb == Verb::respond_endless ||
                              (action.verb == Verb::login && !action.right);
        EXPECT_FALSE(may_fail) << each.purpose;
        if (action.verb != Verb::authenticate || action.right) continue;
        ASSERT_LT(i + 1, each.script.steps.size());  // begun for nothing but this
        EXPECT_EQ(each.script.steps[i + 1].action.verb, Verb::cancel) << each.purpose;
      }
    }
  }
}

TEST(Plan, FollowsWhatIsOfferedAndGiven) {
  Known known = knowing_all(Protocol::imap);
  EXPECT_THAT(purposes(known), Contains("a proof once more"));
  EXPECT_THAT(purposes(known), Contains("commands in plaintext behind STARTTLS"));
  EXPECT_THAT(purposes(known), Contains("two users in turn"));
  known.offered = trace::MechanismSet(Mechanism::plain);
  known.capabilities = trace::CapabilitySet(Capability::login_disabled);
  known.silence_seconds = 0;
  known.accounts = 1;
  const auto fewer = purposes(known);
  for (const char* purpose : {"a proof once more", "commands in plaintext behind STARTTLS",
                              "two users in turn", "a log-in", "a long silence"}) {
    EXPECT_THAT(fewer, Not(Contains(purpose)));
  }
  EXPECT_THAT(fewer, Contains("a password in the clear where none may be"));
  known.exposes_password = false;
  EXPECT_THAT(purposes(known), Not(Contains("a password in the clear where none may be")));
}

TEST(Plan, ACertificateIsShownUnderEitherTls) {
  for (const bool implicit_tls : {false, true}) {
    Known known = knowing_all(Protocol::imap);
    EXPECT_THAT(purposes(known), Not(Contains("EXTERNAL by a certificate")));
    known.certificate = true;
    known.implicit_tls = implicit_tls;
    EXPECT_THAT(purposes(known), Contains("EXTERNAL by a certificate"));
    for (const Visit& each : further_visits(known)) {
      const auto begins = [](const world::Step& step) {
        return step.action.verb == Verb::starttls;
      };
      if (implicit_tls) EXPECT_TRUE(std::ranges::none_of(each.script.steps, begins));
    }
    known.implicit_tls = false;
    known.capabilities = {};
    EXPECT_THAT(purposes(known), Not(Contains("EXTERNAL by a certificate")));
  }
}

TEST(Plan, IntentionsNameTheirConditions) {
  Known known{.protocol = Protocol::imap, .accounts = 1};
  bool seen = false;
  for (const Intention& each : intentions(known)) {
    EXPECT_NE(each.purpose, "two users in turn");  // there is no second account
    EXPECT_FALSE(each.script.empty()) << each.purpose;
    if (each.purpose != "a proof once more") continue;
    seen = true;
    EXPECT_THAT(each.when, HasSubstr("with an account"));
    EXPECT_THAT(each.when, HasSubstr("--failed-logins"));
  }
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace sallyport::live
