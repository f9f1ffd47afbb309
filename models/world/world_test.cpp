// What the KB says of Exchange 2000, with and without Service Pack 1, on real bytes.
#include <random>

#include "world/played_for_test.hpp"

namespace sallyport::world {
namespace {

using frontend::Configuration;
using trace::Kind;
using trace::Point;
using trace::Protocol;

Configuration profile(std::string_view name) { return {.profile = *frontend::find_profile(name)}; }

Ran play(std::string_view profile_name, std::string_view text) {
  return play(profile(profile_name), parsed(text));
}

TEST(Kb306874, TelnetSeesNtlmOnExchange2000AndNotOnServicePack1) {
  EXPECT_TRUE(
      contains(play("exchange-2000", "protocol imap\n0 capability\n").dialogue, "AUTH=NTLM"));
  EXPECT_TRUE(
      contains(play("exchange-2000", "protocol pop3\n0 mechanisms\n").dialogue, "S: NTLM\n"));
  for (const std::string_view fixed : {"exchange-2000-sp1", "hardened"}) {
    EXPECT_FALSE(contains(play(fixed, "protocol imap\n0 capability\n").dialogue, "NTLM"));
    EXPECT_FALSE(contains(play(fixed, "protocol pop3\n0 mechanisms\n").dialogue, "NTLM"));
  }
}

TEST(Kb306874, BackEndsAdvertiseNtlmBehindEveryProfile) {
  for (const frontend::Profile& p : frontend::profiles()) {
    for (const Protocol protocol : {Protocol::imap, Protocol::pop3}) {
      const auto script =
          script_from_text(protocol == Protocol::imap ? "protocol imap\n0 login alice\n"
                                                      : "protocol pop3\n0 login alice\n");
      bool seen = false;
      for (const trace::Event& e : play({.profile = p}, *script).trace.events) {
        seen |= e.kind == Kind::offer && e.point == Point::backend &&
                e.mechanisms.has(trace::Mechanism::ntlm);
      }
      EXPECT_TRUE(seen) << p.name;
    }
  }
}

// The scheduler moves every relayed message to another connection: the user types the right
// password again and again, and it never helps.
TEST(Kb306874, OutlookExpressAsksAgainAndAgainOnExchange2000) {
  for (const std::string_view protocol : {"imap", "pop3"}) {
    const Ran ran = play("exchange-2000", "protocol " + std::string(protocol) +
                                              "\n0 outlook-express alice "
                                              "lease 0,1,1,1,1,1,1,1\n");
    EXPECT_EQ(ran.outlook, client::OutlookExpress::Phase::gave_up) << ran.dialogue;
    EXPECT_EQ(ran.prompts, 3u);
    EXPECT_TRUE(contains(ran.dialogue, "prompt 3")) << ran.dialogue;
  }
}

TEST(Kb306874, OutlookExpressLogsInWhereTheConnectionHappensToPersist) {
  for (const std::string_view protocol : {"imap", "pop3"}) {
    const Ran ran =
        play("exchange-2000", "protocol " + std::string(protocol) + "\n0 outlook-express alice\n");
    EXPECT_EQ(ran.outlook, client::OutlookExpress::Phase::logged_in) << ran.dialogue;
    EXPECT_EQ(ran.prompts, 0u);
  }
}

TEST(Kb306874, OutlookExpressIsToldAtOnceOnServicePack1) {
  const Ran pop3 = play("exchange-2000-sp1", "protocol pop3\n0 outlook-express alice\n");
  EXPECT_EQ(pop3.outlook, client::OutlookExpress::Phase::unsupported);
  EXPECT_EQ(pop3.prompts, 0u);
  EXPECT_TRUE(contains(pop3.dialogue, "Error Number: 0x800CCC18")) << pop3.dialogue;
  EXPECT_TRUE(contains(pop3.dialogue, "Server Response: '.'")) << pop3.dialogue;

  const Ran imap = play("exchange-2000-sp1", "protocol imap\n0 outlook-express alice\n");
  EXPECT_EQ(imap.outlook, client::OutlookExpress::Phase::unsupported);
  EXPECT_EQ(imap.prompts, 0u);
  EXPECT_TRUE(contains(imap.dialogue, "Error Number: 0x800CCCDF")) << imap.dialogue;
}

// "However, basic authentication is supported": on every schedule, in every profile.
TEST(Kb306874, BasicAuthenticationWorksOnEverySchedule) {
  std::mt19937 random(3);
  for (const frontend::Profile& p : frontend::profiles()) {
    for (int i = 0; i < 200; ++i) {
      std::string text = i % 2 == 0 ? "protocol imap\n" : "protocol pop3\n";
      // Some history first, so that the pool holds connections of all kinds.
      for (int past = 0; past < 3; ++past) {
        const std::string lease =
            " lease " + std::to_string(random() % 4) + "," + std::to_string(random() % 4) + "\n";
        text += past % 2 == 0 ? "1 login bob" : "1 login alice wrong";
        text += lease;
        text += random() % 2 == 0 ? "1 logout\n" : "1 close\n";
      }
      const std::string lease =
          " lease " + std::to_string(random() % 5) + "," + std::to_string(random() % 5) + "\n";
      const bool plain = random() % 2 == 0;
      text += plain ? "0 authenticate PLAIN alice" + lease + "0 respond" + lease
                    : "0 login alice" + lease;
      const Ran ran = play(p.name, text + "0 select\n");
      ASSERT_FALSE(outcomes(ran.trace.events).empty());
      EXPECT_EQ(outcomes(ran.trace.events).back(), trace::Status::ok) << p.name << "\n"
                                                                      << text << ran.dialogue;
      EXPECT_TRUE(contains(ran.dialogue, i % 2 == 0 ? "* 2 EXISTS" : "+OK 2 "))
          << p.name << "\n"
          << text << ran.dialogue;
    }
  }
}

// "CAPA" is base64, and relayed as a SASL message to a connection that has no exchange it is a
// command that succeeds. That success is nobody's login.
TEST(World, TakesNoOtherSuccessForALogin) {
  const Ran ran = play("exchange-2000",
                       "protocol pop3\n0 authenticate NTLM alice\n0 send \"CAPA\\r\\n\" lease 1\n");
  EXPECT_EQ(outcomes(ran.trace.events), std::vector{trace::Status::no}) << ran.dialogue;
}

// Octets that are no command, whatever they look like, are answered once and under no tag.
TEST(World, AnswersWhatIsNoCommandWithoutATag) {
  const Ran ran = play(
      "hardened", "protocol imap\n0 send \"g\\r\"\n0 send \"{5}\\n\"\n0 send \"a1 NOOP\\r\\n\"\n");
  EXPECT_TRUE(contains(ran.dialogue, "S: * BAD ")) << ran.dialogue;
  EXPECT_FALSE(contains(ran.dialogue, "S: g ")) << ran.dialogue;
  EXPECT_TRUE(contains(ran.dialogue, "S: a1 OK ")) << ran.dialogue;
}

TEST(World, RefusesTheWrongPassword) {
  for (const frontend::Profile& p : frontend::profiles()) {
    const Ran imap = play(p.name, "protocol imap\n0 login alice wrong\n");
    EXPECT_EQ(outcomes(imap.trace.events), std::vector{trace::Status::no}) << imap.dialogue;
    const Ran pop3 = play(p.name, "protocol pop3\n0 login alice wrong\n");
    EXPECT_EQ(outcomes(pop3.trace.events), std::vector{trace::Status::no}) << pop3.dialogue;
  }
}

TEST(World, GivesAnAuthenticatedConnectionBackToItsUserOnly) {
  const Ran ran = play("hardened",
                       "protocol imap\n0 login alice\n0 logout\n0 login bob\n0 select\n0 logout\n"
                       "0 login alice\n0 select\n");
  EXPECT_TRUE(contains(ran.dialogue, "* 3 EXISTS")) << ran.dialogue;
  std::size_t logins = 0;
  for (const trace::Event& e : ran.trace.events) {
    logins += e.kind == Kind::completion && e.point == Point::backend &&
              e.verb == trace::Verb::authenticate;
  }
  EXPECT_EQ(logins, 2u) << "alice's second session uses the connection of her first";
}

// The same run twice, and a copy that goes on alone, give the same events to the octet.
TEST(World, IsAValueAndRepeats) {
  std::mt19937 random(4);
  for (int i = 0; i < 300; ++i) {
    std::string bytes;
    for (std::size_t n = random() % 60; n > 0; --n) bytes += static_cast<char>(random());
    const Script script = script_from_bytes(bytes);
    const Setting setting(profile("exchange-2000"), script.protocol);
    trace::Trace first;
    run(setting, script, first);

    World world(setting);
    trace::Trace second;
    world.begin(second);
    for (const Step& step : script.steps) {
      World copy = world;
      trace::Trace ignored;
      copy.step(step, ignored);
      world.step(step, second);
      trace::Canonical a;
      trace::Canonical b;
      copy.canonical(a);
      world.canonical(b);
      EXPECT_EQ(a.bytes(), b.bytes());
    }
    EXPECT_EQ(first.events, second.events);
  }
}

TEST(World, ComesBackToAStateWhateverTheTagsAndChallengesWere) {
  const Setting setting(profile("exchange-2000"), Protocol::imap);
  World world(setting);
  trace::Trace trace;
  const auto canonical = [&] {
    trace::Canonical out;
    world.canonical(out);
    return std::string(out.bytes());
  };
  const auto steps =
      script_from_text("protocol imap\n0 authenticate NTLM alice\n0 respond\n0 cancel\n");
  for (const Step& step : steps->steps) world.step(step, trace);
  const std::string once = canonical();
  for (const Step& step : steps->steps) world.step(step, trace);
  EXPECT_EQ(once, canonical());
}

// The front-end survives whatever the script does to it, in every profile and with every fault.
TEST(World, ComesToRestOnAnyScript) {
  std::mt19937 random(5);
  for (int i = 0; i < 4000; ++i) {
    std::string bytes;
    for (std::size_t n = random() % 200; n > 0; --n) bytes += static_cast<char>(random());
    const Script script = script_from_bytes(bytes);
    Configuration configuration{.profile = frontend::profiles()[random() % 3]};
    const auto faults = frontend::faults();
    if (const std::size_t f = random() % (faults.size() + 1); f < faults.size()) {
      configuration.fault = faults[f].fault;
    }
    configuration.certificate = random() % 2 == 0;
    const Setting setting(configuration, script.protocol);
    World world(setting);
    trace::Trace trace;
    for (const Step& step : script.steps) world.step(step, trace);
    EXPECT_FALSE(world.runaway()) << to_text(script);
  }
}

}  // namespace
}  // namespace sallyport::world
