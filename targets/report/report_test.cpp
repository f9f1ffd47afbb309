// The parts of a bundle that can be seen from inside; from outside, by tools that aren't ours, it
// is tests/bundle_test.py, and the page in a browser tests/page_test.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "targets/engine/judge.hpp"
#include "targets/report/diff.hpp"
#include "targets/report/evidence.hpp"
#include "targets/report/page.hpp"
#include "targets/report/standing.hpp"
#include "targets/report/svg.hpp"
#include "targets/report/witness.hpp"

namespace sallyport::report {
namespace {

using properties::Verdict;
using testing::HasSubstr;
using testing::Not;

Row row_of(std::string property, std::string engine, Verdict verdict) {
  Row row;
  row.result.property = std::move(property);
  row.result.engine = std::move(engine);
  row.result.subject = "exchange-2000/imap";
  row.result.verdict = verdict;
  row.result.exercised = verdict == Verdict::vacuous ? 0 : 3;
  return row;
}

// The bug of KB 306874, as PER-01 sees it.
Row relayed_over_two_connections() {
  constexpr std::string_view text =
      "property PER-01\nsubject exchange-2000\nprotocol imap\n0 authenticate NTLM alice\n0 "
      "respond\n0 respond\nvary 2 lease 1\n";
  Row row = row_of("PER-01", "explore", Verdict::violated);
  const auto finding = world::finding_from_text(text);
  EXPECT_TRUE(finding) << (finding ? "" : finding.error().message);
  const auto configuration = engine::configuration_from("exchange-2000");
  engine::Judge judge({.configuration = *configuration, .protocol = trace::Protocol::imap},
                      properties::catalogue());
  row.result.witness = {.finding = *finding, .dialogue = judge.dialogue(finding->script, "PER-01")};
  return row;
}

Evidence evidence_of(const Rows& rows) {
  Evidence evidence;
  EXPECT_TRUE(add(evidence, "x.json", dumped(document("verify", rows))));
  return evidence;
}

TEST(Rows, AreReadAsTheyWereWritten) {
  Row row = relayed_over_two_connections();
  row.deviation = "known";
  row.result.bound = {{"budget", std::string("20s")},
                      {"states", std::uint64_t{7}},
                      {"confusion", 0.0},
                      {"exhausted", true}};
  const Json json = to_json(row);
  EXPECT_EQ(to_json(row_from(Reader(json))), json);
  Row recorded = row_of("ADV-01", "audit", Verdict::violated);
  recorded.result.witness = {.finding = {}, .dialogue = {"> S0: a \xff"}};
  EXPECT_EQ(row_from(Reader(to_json(recorded))).result.witness->dialogue,
            recorded.result.witness->dialogue);
}

TEST(Rows, HoldNoTimes) {
  Row row = row_of("ADV-01", "rapid", Verdict::violated);
  row.result.bound = {{"seconds_to_violation", 0.5}, {"executions", std::uint64_t{1}}};
  EXPECT_EQ(to_json(row)["bound"], Json({{"executions", 1}}));
}

TEST(Loader, SaysWhatIsWrongAndWhere) {
  Json good = document("verify", {row_of("ADV-01", "rapid", Verdict::holds)});
  Evidence evidence;
  Json wrong = good;
  wrong["results"][0]["verdict"] = "fine";
  EXPECT_EQ(add(evidence, "x", wrong.dump()).error(),
            "results[0].verdict: 'fine' is none of holds, violated, vacuous, unobservable, "
            "inconclusive");
  wrong = good;
  wrong["results"][0]["witness"] = {{"script", "protocol imap\n0 dance\n"},
                                    {"dialogue", Json::array()}};
  EXPECT_THAT(add(evidence, "x", wrong.dump()).error(),
              HasSubstr("results[0].witness.script: line 2"));
  EXPECT_TRUE(evidence.empty()) << "what fails halfway leaves nothing behind";
  EXPECT_TRUE(evidence.sources.empty());
}

TEST(Standing, OneEnginesViolationOutweighsTheOthers) {
  Row deviation = row_of("ADV-02", "rapid", Verdict::violated);
  deviation.deviation = "known";
  const Evidence evidence = evidence_of({row_of("PER-01", "explore", Verdict::holds),
                                         row_of("PER-01", "rapid", Verdict::violated),
                                         row_of("ADV-01", "explore", Verdict::holds),
                                         row_of("ADV-01", "rapid", Verdict::inconclusive),
                                         row_of("ADV-02", "explore", Verdict::holds), deviation,
                                         row_of("ADV-03", "explore", Verdict::vacuous),
                                         row_of("ADV-03", "rapid", Verdict::unobservable),
                                         row_of("CRASH", "fuzz", Verdict::violated)});
  std::vector<std::pair<std::string, Status>> found;
  for (const Standing& each : standings(evidence)) found.emplace_back(each.property, each.status);
  EXPECT_THAT(found, testing::ElementsAre(std::pair("CRASH", Status::violated),
                                          std::pair("ADV-01", Status::inconclusive),
                                          std::pair("ADV-02", Status::deviation),
                                          std::pair("ADV-03", Status::vacuous),
                                          std::pair("PER-01", Status::violated)));
}

TEST(Standing, EveryPropertysPageSaysWhyItMatters) {
  for (const properties::Property* property : properties::catalogue()) {
    const std::string_view why = rationale_of(property->facts.id);
    EXPECT_GT(why.size(), 80u) << property->facts.id;
    EXPECT_THAT(std::string(why), Not(HasSubstr("##"))) << property->facts.id;
  }
}

TEST(Witness, IsRunOnceMoreAndShowsLeases) {
  const Row row = relayed_over_two_connections();
  const Shown again = shown(row);
  EXPECT_EQ(again.origin, Origin::repeated);
  ASSERT_EQ(again.runs.size(), 2u);
  const std::string drawing = sequence_diagram(again.runs[1], "x");
  EXPECT_THAT(drawing, HasSubstr(">connection 0<"));
  EXPECT_THAT(drawing, HasSubstr(">connection 1<"));
  EXPECT_THAT(drawing, HasSubstr("class=\"lease\""));
  EXPECT_THAT(drawing, HasSubstr("✗ violation"));
  EXPECT_THAT(drawing, HasSubstr("NTLM challenge")) << "base64 is read for people";
}

TEST(Witness, ThatComesOutOtherwiseIsDrawnAsRecordedAndSaysSo) {
  Row row = relayed_over_two_connections();
  row.result.witness->dialogue.back() += "!";
  const Shown again = shown(row);
  EXPECT_EQ(again.origin, Origin::differs);
  EXPECT_EQ(engine::lines_of(again.runs), row.result.witness->dialogue);
  row.result.subject = "mail.example.org:143/imap";
  EXPECT_EQ(shown(row).origin, Origin::recorded);
}

TEST(Drawing, EscapesWhatPeersSay) {
  engine::Run run;
  run.trace.dialogue.push_back({.point = trace::Point::client, .octets = "</text><script>&\"\x01"});
  const std::string drawing = sequence_diagram(run, "a \"title\"");
  EXPECT_THAT(drawing, Not(HasSubstr("<script>")));
  EXPECT_THAT(drawing, HasSubstr("&lt;script&gt;&amp;"));
  EXPECT_THAT(drawing, HasSubstr("a &quot;title&quot;"));
}

TEST(Drawing, OfAnEmptyRunIsADrawing) {
  EXPECT_THAT(sequence_diagram({}, "x"), testing::StartsWith("<svg"));
}

TEST(StateGraph, ShowsWhatStaysAndWhatChanges) {
  const std::string drawing =
      state_graph({{"not authenticated", "NOOP", "OK", "not authenticated"},
                   {"not authenticated", "FETCH", "BAD", "not authenticated"},
                   {"not authenticated", "LOGIN", "OK", "authenticated"},
                   {"authenticated", "<SELECT>", "NO", "ended"}},
                  "x");
  EXPECT_THAT(drawing, HasSubstr("accepted: NOOP"));
  EXPECT_THAT(drawing, HasSubstr("refused: FETCH"));
  EXPECT_THAT(drawing, HasSubstr(">LOGIN →"));
  EXPECT_THAT(drawing, HasSubstr("&lt;SELECT&gt; NO →"));
  EXPECT_LT(drawing.find(">not authenticated<"), drawing.find(">ended<"));
}

TEST(Plot, NeedsASeries) {
  EXPECT_EQ(growth_plot({.name = "x", .points = {}}), "");
  EXPECT_EQ(growth_plot({.name = "x", .points = {{5, 5}}}), "");
  EXPECT_THAT(growth_plot({.name = "x", .points = {{0, 0}, {0, 0}}}), Not(HasSubstr("nan")));
  EXPECT_THAT(growth_plot({.name = "x", .points = {{2, 5}, {100, 12}}}),
              HasSubstr("5 after 2 executions, 12 after 100"));
}

TEST(Page, NeverCallsAnUnexercisedRunAPass) {
  const auto headline = [](const Rows& rows) {
    const std::string html = page(evidence_of(rows), "0", "now");
    const std::size_t at = html.find("<h1>") + 4;
    return html.substr(at, html.find("</h1>") - at);
  };
  EXPECT_EQ(headline({row_of("ADV-01", "rapid", Verdict::vacuous)}), "Nothing was put to the test");
  EXPECT_EQ(headline({row_of("ADV-01", "rapid", Verdict::holds)}),
            "No violation was found within the bounds below");
  EXPECT_EQ(headline({row_of("ADV-01", "rapid", Verdict::holds),
                      row_of("ADV-02", "rapid", Verdict::inconclusive)}),
            "No violation was found, and not everything could be judged");
  EXPECT_EQ(headline({row_of("ADV-01", "rapid", Verdict::violated)}), "1 property is violated");
}

TEST(Page, SaysHowAWitnessOfAServerIsRepeatedThere) {
  Row row = relayed_over_two_connections();
  row.result.subject = "mail.example.org:143/imap";
  row.result.engine = "probe";
  Evidence evidence;
  ASSERT_TRUE(add(evidence, "x.json", dumped(document("probe", {row}))));
  EXPECT_THAT(page(evidence, "0", "now"),
              HasSubstr("sallyport replay traces/mail.example.org-143-imap-probe-PER-01.script "
                        "--live imap://mail.example.org:143<"));
}

TEST(Page, CountsWhatANightFound) {
  Evidence evidence = evidence_of({row_of("ADV-01", "explore", Verdict::holds)});
  Json night = {{"schema", 1}, {"command", "nightly"}, {"results", Json::array()}};
  night["results"].push_back({{"stage", "fast"},
                              {"verdict", "inconclusive"},
                              {"detail", ""},
                              {"seconds", 1.0},
                              {"findings", Json::array()}});
  ASSERT_TRUE(add(evidence, "n.json", night.dump()));
  EXPECT_THAT(page(evidence, "0", "now"), HasSubstr("not everything could be judged"));
  night["results"][0]["findings"].push_back(
      {{"property", "RSP-01"}, {"detail", "never completed"}, {"file", "crash-1"}});
  ASSERT_TRUE(add(evidence, "n.json", night.dump()));
  EXPECT_THAT(page(evidence, "0", "now"), HasSubstr("<h1>1 property is violated</h1>"));
}

TEST(Page, TellsASearchThatWasCutShort) {
  Row row = row_of("ADV-01", "explore", Verdict::holds);
  row.result.bound = {{"budget", std::string("20s")},
                      {"states", std::uint64_t{7}},
                      {"exhausted", false},
                      {"stopped", std::string("time")},
                      {"depth", std::uint64_t{2}}};
  EXPECT_THAT(page(evidence_of({row}), "0", "now"),
              HasSubstr("not exhausted, stopped by time; every script of up to 2 steps"));
  row.result.bound[2].second = true;
  EXPECT_THAT(page(evidence_of({row}), "0", "now"),
              HasSubstr("exhausted: no state within this bound was left out<"));
  row.result.bound.emplace_back("confusion", 1e-9);
  EXPECT_THAT(page(evidence_of({row}), "0", "now"), HasSubstr("a probability of at most 1e-09"));
}

TEST(Diff, SortsWhatChanged) {
  const Evidence before = evidence_of(
      {row_of("ADV-01", "rapid", Verdict::violated), row_of("ADV-02", "rapid", Verdict::holds),
       row_of("ADV-03", "rapid", Verdict::violated), row_of("ADV-04", "rapid", Verdict::holds),
       row_of("ADV-05", "rapid", Verdict::vacuous)});
  const Evidence after = evidence_of(
      {row_of("ADV-01", "rapid", Verdict::holds), row_of("ADV-02", "rapid", Verdict::violated),
       row_of("ADV-03", "rapid", Verdict::vacuous), row_of("ADV-05", "rapid", Verdict::holds)});
  const Difference found = difference(before, after);
  const auto ids = [](const std::vector<Change>& changes) {
    std::string out;
    for (const Change& change : changes) out += change.property + "=" + change.after + " ";
    return out;
  };
  EXPECT_EQ(ids(found.violated), "ADV-02=violated ");
  EXPECT_EQ(ids(found.fixed), "ADV-01=holds ");
  EXPECT_EQ(ids(found.lost), "ADV-03=vacuous ADV-04=absent ") << "never called fixed";
  EXPECT_EQ(ids(found.other), "ADV-05=holds ");
  EXPECT_EQ(found.compared, 4u);
}

}  // namespace
}  // namespace sallyport::report
