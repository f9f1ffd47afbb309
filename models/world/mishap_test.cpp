// Each mishap does what its summary says, and nothing that it doesn't say.
#include "world/mishap.hpp"

#include <algorithm>
#include <set>

#include "world/played_for_test.hpp"

namespace sallyport::world {
namespace {

using trace::Kind;
using trace::Point;
using trace::Protocol;
using trace::Status;

constexpr std::string_view fresh = "0 login alice";
constexpr std::string_view wrong = "0 login alice wrong";
constexpr std::string_view reading = "0 login alice\n0 select";
constexpr std::string_view pooled = "0 login bob wrong\n0 login alice";

struct Row {
  Mishap mishap{};
  std::string_view steps;       // the last is the one that it strikes
  bool tls = false;             // to back-ends
  Status outcome = Status::no;  // of the last login
  std::string_view imap = {};   // is said behind the front-end
  std::string_view pop3 = {};
};
constexpr Row table[] = {
    {Mishap::greet_preauth, fresh, false, Status::no, "B: * PREAUTH welcome back\n"},
    {Mishap::greet_bye, fresh, false, Status::no, "B: * BYE be1", "B: -ERR be1"},
    {Mishap::greet_garbage, fresh, false, Status::no, "B: 220 ", "B: 220 "},
    {Mishap::greet_format, fresh, false, Status::ok, "B: * OK be1 %n%s%d", "B: +OK be1 %n%s%d"},
    {Mishap::old_backend, fresh, false, Status::ok, "F: f1 LOGIN alice", "F: USER alice"},
    {Mishap::no_starttls, fresh, true},
    {Mishap::refuse_starttls, fresh, true, Status::no, "NO not today", "B: -ERR not today"},
    {Mishap::wrong_name, fresh, true, Status::no, "STARTTLS", "STLS"},
    {Mishap::weak_tls, fresh, true, Status::no, "STARTTLS", "STLS"},
    {Mishap::inject_before_tls, fresh, true, Status::ok, "OK injected", "OK injected"},
    {Mishap::login_disabled, fresh, false, Status::no, " LOGINDISABLED", "F: CAPA"},
    {Mishap::no_list, fresh, false, Status::no, "B: * CAPABILITY\n"},
    {Mishap::plus_at_login, fresh, false, Status::no, "B: + \nB: f1 OK", "B: + \nB: +OK"},
    {Mishap::untagged_at_login, fresh, false, Status::ok,
     "B: * OK [ALERT] be1.example is for rent"},
    {Mishap::bye_at_login, fresh, false, Status::no, "B: * BYE be1.example shuts down"},
    {Mishap::refuse_in_words, wrong, false, Status::no, "wrong password", "wrong password"},
    {Mishap::refer_at_login, fresh, false, Status::no, "[REFERRAL imap://alice@be2.example/]"},
    {Mishap::die_at_login, fresh},
    {Mishap::die_at_proof, fresh},
    {Mishap::hang_at_login, fresh},
    {Mishap::die_in_answer, reading, false, Status::ok},
    {Mishap::hang_in_answer, reading, false, Status::ok},
    {Mishap::slow, fresh, false, Status::none},
    {Mishap::dead_in_pool, pooled, false, Status::ok},
    {Mishap::database_dies, fresh},
    {Mishap::database_hangs, fresh},
};

Script script_of(const Row& row, Protocol protocol, bool with_mishap) {
  Script script = parsed("protocol " + std::string(trace::name(protocol)) + "\n" +
                         std::string(row.steps) + "\n");
  if (with_mishap) script.steps.back().mishap = row.mishap;
  return script;
}

Ran play_row(const Row& row, Protocol protocol, bool with_mishap = true) {
  frontend::Configuration configuration{.profile = *frontend::find_profile("hardened")};
  configuration.tls_to_backends = row.tls;
  return play(configuration, script_of(row, protocol, with_mishap));
}

bool given_failure(const trace::Event& event) {
  return event.kind == Kind::failure && event.point == Point::given;
}

class Mishaps : public testing::TestWithParam<Protocol> {
 protected:
  template <class Check>
  static void each(Check&& check) {
    for (const Row& row : table) {
      if (facts(row.mishap).imap_only && GetParam() == Protocol::pop3) continue;
      SCOPED_TRACE(facts(row.mishap).name);
      check(row, play_row(row, GetParam()));
    }
  }
};
INSTANTIATE_TEST_SUITE_P(, Mishaps, testing::Values(Protocol::imap, Protocol::pop3),
                         [](const auto& info) { return std::string(trace::name(info.param)); });

TEST(MishapFacts, AreNamedAndEachHasItsRow) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < mishap_count; ++i) {
    const auto mishap = static_cast<Mishap>(i);
    EXPECT_EQ(facts(mishap).mishap, mishap);
    EXPECT_TRUE(names.insert(facts(mishap).name).second) << facts(mishap).name;
    EXPECT_FALSE(facts(mishap).summary.empty()) << facts(mishap).name;
    EXPECT_TRUE(mishap == Mishap::none || std::ranges::count(table, mishap, &Row::mishap) == 1)
        << facts(mishap).name;
  }
}

// POP3's greeting makes no event, so the dialogue counts too.
TEST_P(Mishaps, ChangeTheTrace) {
  each([](const Row& row, const Ran& ran) {
    const Ran usual = play_row(row, GetParam(), false);
    EXPECT_TRUE(ran.trace.events != usual.trace.events || ran.behind != usual.behind);
  });
}

TEST_P(Mishaps, ArePlayedAsTheySay) {
  each([](const Row& row, const Ran& ran) {
    const std::string_view heard = GetParam() == Protocol::imap ? row.imap : row.pop3;
    EXPECT_TRUE(contains(ran.behind, heard)) << ran.behind;
    const auto ends = outcomes(ran.trace.events);
    EXPECT_EQ(ends.empty() ? Status::none : ends.back(), row.outcome) << ran.dialogue << ran.behind;
  });
}

// A valid user is refused only for what the trace has told.
TEST_P(Mishaps, AreToldWhereAUserMayBeRefusedForThem) {
  each([](const Row& row, const Ran& ran) {
    EXPECT_EQ(std::ranges::count_if(ran.trace.events, given_failure), facts(row.mishap).failure)
        << ran.behind;
  });
}

// Whatever goes wrong, the next client logs in.
TEST_P(Mishaps, LeaveNothingBehind) {
  each([](const Row& row, const Ran&) {
    Script script = script_of(row, GetParam(), true);
    const Script after = parsed("protocol imap\n0 close\n1 login alice\n1 fetch\n");
    script.steps.insert(script.steps.end(), after.steps.begin(), after.steps.end());
    frontend::Configuration configuration{.profile = *frontend::find_profile("hardened")};
    configuration.tls_to_backends = row.tls;
    const Ran ran = play(configuration, script);
    EXPECT_EQ(outcomes(ran.trace.events).back(), Status::ok) << ran.dialogue << ran.behind;
  });
}

TEST_P(Mishaps, ThatHangAreWaitedForAMinute) {
  for (const Mishap mishap :
       {Mishap::hang_at_login, Mishap::hang_in_answer, Mishap::database_hangs}) {
    const Row& row = *std::ranges::find(table, mishap, &Row::mishap);
    const Ran ran = play_row(row, GetParam());
    const auto elapsed = std::ranges::find(ran.trace.events, Kind::elapsed, &trace::Event::kind);
    ASSERT_NE(elapsed, ran.trace.events.end()) << facts(mishap).name;
    EXPECT_EQ(elapsed->amount, 60u) << facts(mishap).name;
  }
}

TEST_P(Mishaps, DeadConnectionsAreReplaced) {
  const Ran ran =
      play_row(*std::ranges::find(table, Mishap::dead_in_pool, &Row::mishap), GetParam());
  EXPECT_EQ(std::ranges::count_if(ran.trace.events,
                                  [](const trace::Event& e) {
                                    return e.kind == Kind::opened && e.point == Point::backend;
                                  }),
            2);
}

// What a slow back-end says comes a step later, and the login ends some steps later.
TEST_P(Mishaps, SlowAnswersComeInTheNextStep) {
  std::string text = "protocol " + std::string(trace::name(GetParam())) + "\n0 login alice";
  for (int i = 0; i < 4; ++i) text += " mishap slow\n1 noop";
  const Setting setting({.profile = *frontend::find_profile("hardened")}, GetParam());
  World world(setting);
  trace::Trace trace;
  std::size_t steps = 0;
  for (const Step& step : parsed(text + "\n1 noop\n1 noop\n").steps) {
    world.step(step, trace);
    steps += outcomes(trace.events).empty() ? 1U : 0U;
    EXPECT_EQ(world.at_rest(), step.mishap != Mishap::slow || !outcomes(trace.events).empty());
  }
  EXPECT_GE(steps, 3u);
  EXPECT_EQ(outcomes(trace.events), std::vector{Status::ok});
}

TEST(MishapsOfImap, DoNothingInPop3) {
  for (const Row& row : table) {
    if (!facts(row.mishap).imap_only) continue;
    EXPECT_EQ(play_row(row, Protocol::pop3).trace.events,
              play_row(row, Protocol::pop3, false).trace.events)
        << facts(row.mishap).name;
  }
}

// A literal of a client's may hold any octets, and goes over a connection that is logged in.
TEST(Mishap, StrikesNoStarttlsThatAClientSays) {
  EXPECT_EQ(place_of(trace::Verb::starttls, false, false), Strikes::starttls);
  EXPECT_EQ(place_of(trace::Verb::starttls, false, true), Strikes::command);
  EXPECT_EQ(place_of(trace::Verb::stls, false, true), Strikes::command);
}

}  // namespace
}  // namespace sallyport::world
