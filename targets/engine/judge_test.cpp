// One script judged, on what KB 306874 tells of Exchange 2000.
#include "targets/engine/judge.hpp"

#include <gtest/gtest.h>

#include "targets/engine/dialogue.hpp"
#include "targets/engine/engine_for_test.hpp"
#include "targets/engine/reduce.hpp"

namespace sallyport::engine {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

world::Script script_of(std::string_view text) {
  const auto script = world::script_from_text(text);
  EXPECT_TRUE(script) << (script ? "" : script.error().message);
  return script.value_or(world::Script{});
}

// A message of the NTLM exchange goes to another connection than the one before it.
constexpr std::string_view over_two_connections =
    "protocol imap\n1 login bob\n1 logout\n0 authenticate NTLM alice\n0 respond\n0 respond lease "
    "1\n";

TEST(Escaped, KeepsToPrintableAscii) {
  EXPECT_EQ(escaped("a\\b\r\n\t\x01\xff~"), "a\\\\b\\r\\n\\t\\x01\\xff~");
}

TEST(DialogueText, NamesWhoSpeaksToWhom) {
  const auto text = [](trace::Point point, std::uint16_t id, bool from_server) {
    return to_text({.point = point,
                    .id = id,
                    .from_server = from_server,
                    .octets = "a1 NOOP",
                    .first_event = 0});
  };
  EXPECT_EQ(text(trace::Point::client, 0, false), "C0: a1 NOOP");
  EXPECT_EQ(text(trace::Point::client, 1, true), "S1: a1 NOOP");
  EXPECT_EQ(text(trace::Point::backend, 2, false), "F2: a1 NOOP");
  EXPECT_EQ(text(trace::Point::backend, 2, true), "B2: a1 NOOP");
  EXPECT_EQ(text(trace::Point::given, 0, false), " (a1 NOOP)");
}

TEST(Judge, OneCapabilityCommandShowsWhatServicePack1Fixed) {
  for (const trace::Protocol protocol : both_protocols) {
    const world::Script script = protocol == trace::Protocol::imap
                                     ? script_of("protocol imap\n0 capability\n")
                                     : script_of("protocol pop3\n0 mechanisms\n");
    Judge before(subject_of("exchange-2000", protocol), properties::catalogue());
    Judge after(subject_of("exchange-2000-sp1", protocol), properties::catalogue());
    EXPECT_TRUE(before.violates(script, "ADV-01"));
    EXPECT_FALSE(after.violates(script, "ADV-01"));
    EXPECT_GT(after.tally("ADV-01")->exercised, 0u);
  }
}

TEST(Judge, MarksTheLineThatOffersNtlm) {
  Judge imap(subject_of("exchange-2000", trace::Protocol::imap), properties::catalogue());
  EXPECT_THAT(imap.dialogue(script_of("protocol imap\n0 capability\n"), "ADV-01"),
              Contains(testing::AllOf(StartsWith("> S0: * "), HasSubstr("AUTH=NTLM"))));
  Judge pop3(subject_of("exchange-2000", trace::Protocol::pop3), properties::catalogue());
  const auto lines = pop3.dialogue(script_of("protocol pop3\n0 mechanisms\n"), "ADV-01");
  EXPECT_THAT(lines, Contains(StartsWith("> S0: ")));
  EXPECT_THAT(lines, Contains(HasSubstr("S0: NTLM")));
}

TEST(Judge, ComparesAScriptWithItsCanonicalSchedule) {
  Judge judge(subject_of("exchange-2000", trace::Protocol::imap), properties::catalogue());
  const world::Script script = script_of(over_two_connections);
  ASSERT_TRUE(judge.violates(script, "PER-01"));
  const world::Finding finding = finding_of(judge, "PER-01", script);
  EXPECT_EQ(finding.script.vary.size(), 1u) << world::to_text(finding);
  EXPECT_TRUE(judge.violates(finding.script, "PER-01")) << "the form with vary is the same finding";
  EXPECT_EQ(judge.dialogue(script, "PER-01"), judge.dialogue(finding.script, "PER-01"));
}

TEST(Judge, ShowsBothRunsAndWhereTheyPart) {
  Judge judge(subject_of("exchange-2000", trace::Protocol::imap), properties::catalogue());
  const auto lines = judge.dialogue(script_of(over_two_connections), "PER-01");
  EXPECT_THAT(lines, Contains("first run, canonical schedule:"));
  EXPECT_THAT(lines, Contains("second run, vary 4 lease 1:"));
  EXPECT_THAT(lines, Contains(testing::AllOf(StartsWith("> S0: "), HasSubstr(" OK"))));
  EXPECT_THAT(lines, Contains(testing::AllOf(StartsWith("> S0: "), HasSubstr(" NO"))));
}

TEST(DialogueText, IsReadAgainAsItWasPrinted) {
  Judge judge(subject_of("exchange-2000", trace::Protocol::imap), properties::catalogue());
  const auto lines = judge.dialogue(script_of(over_two_connections), "PER-01");
  const auto runs = runs_from(lines);
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(lines_of(runs), lines);
  EXPECT_TRUE(runs[0].marked && runs[1].marked);
}

TEST(DialogueText, KeepsOctetsAndTakesTheRestForRemarks) {
  const std::vector<std::string> lines{R"(  C0: a\\b\r\x01\xff)", "   (told (twice))", "  ...",
                                       "> S12: * OK: x",          "  C: no number",    "  F1: "};
  const auto runs = runs_from(lines);
  ASSERT_EQ(runs.size(), 1u);
  const trace::Dialogue& dialogue = runs[0].trace.dialogue;
  ASSERT_EQ(dialogue.size(), lines.size());
  EXPECT_EQ(dialogue[0].octets, "a\\b\r\x01\xff");
  EXPECT_EQ(dialogue[1].octets, "told (twice)");
  EXPECT_EQ(dialogue[2].point, trace::Point::given);
  EXPECT_EQ(dialogue[3].id, 12u);
  EXPECT_EQ(runs[0].marked, 3u);
  EXPECT_EQ(dialogue[4].point, trace::Point::given);
  EXPECT_EQ(dialogue[5].point, trace::Point::backend);
  EXPECT_TRUE(runs_from({}).empty());
}

TEST(Judge, AScriptWithoutAnotherScheduleExercisesNo2Safety) {
  Judge judge(subject_of("hardened", trace::Protocol::imap), properties::catalogue());
  judge.run(script_of("protocol imap\n0 login alice\n0 fetch\n"));
  EXPECT_EQ(judge.tally("PER-01")->exercised, 0u);
}

TEST(Judge, IsTheSameAfterAnyOtherScript) {
  Judge fresh(subject_of("exchange-2000", trace::Protocol::imap), properties::catalogue());
  Judge used(subject_of("exchange-2000", trace::Protocol::imap), properties::catalogue());
  (void)used.violates(script_of("protocol imap\n0 outlook-express alice\n1 login bob\n"), "ADV-01");
  const world::Script script = script_of(over_two_connections);
  fresh.run(script);
  used.run(script);
  for (std::size_t i = 0; i < fresh.panel().size(); ++i) {
    EXPECT_EQ(fresh.tallies()[i].exercised, used.tallies()[i].exercised);
    EXPECT_EQ(fresh.tallies()[i].violations, used.tallies()[i].violations);
  }
}

TEST(Reduce, TakesARealFindingToItsCore) {
  Judge judge(subject_of("exchange-2000", trace::Protocol::imap), properties::catalogue());
  const world::Script long_one = script_of(
      "protocol imap\n0 noop\n0 login alice\n1 capability split 2\n0 fetch lease 1\n1 login bob\n");
  const world::Script reduced = reduce(judge, long_one, "ADV-01");
  EXPECT_EQ(world::to_text(reduced), "protocol imap\n0 capability\n");
}

}  // namespace
}  // namespace sallyport::engine
