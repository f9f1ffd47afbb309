// The two runs of a 2-safety property: each variation changes what it says, and nothing else.
#include "world/played_for_test.hpp"

namespace sallyport::world {
namespace {

using trace::Variation;

constexpr Variation all[] = {
    Variation::schedule,           Variation::segmentation,        Variation::plaintext_before_tls,
    Variation::backend_before_tls, Variation::other_users_secrets, Variation::unknown_user};

constexpr std::string_view dialogue =
    "protocol imap\n"
    "0 starttls\n"
    "0 login alice wrong lease 1 split 1\n"
    "0 login alice lease 0,1\n"
    "0 fetch mishap slow\n"
    "0 wait 5\n";

frontend::Configuration hardened() {
  return frontend::configured(*frontend::find_profile("hardened"));
}

/// The second run of `variation`, in text.
std::string varied(Variation variation) {
  return to_text(runs(parsed(dialogue), variation).second);
}

TEST(Vary, ComparesWithTheCanonicalSchedule) {
  const auto script = script_from_text("protocol imap\n0 login alice\n0 noop lease 2,1\n");
  const Pair pair = runs(*script, trace::Variation::schedule);
  EXPECT_TRUE(pair.first.steps[1].leases.empty());
  EXPECT_EQ(pair.second, *script);

  const Script varied = with_vary(*script, trace::Variation::schedule);
  EXPECT_EQ(to_text(varied), "protocol imap\n0 login alice\n0 noop\nvary 1 lease 2,1\n");
  EXPECT_EQ(runs(varied, trace::Variation::schedule).first, pair.first);
  EXPECT_EQ(runs(varied, trace::Variation::schedule).second, pair.second);
  EXPECT_EQ(with_vary(varied, trace::Variation::schedule), varied);
}

TEST(Vary, CutsInputIntoOctets) {
  EXPECT_EQ(varied(Variation::segmentation),
            "protocol imap\n0 starttls split 1\n0 login alice wrong lease 1 split 1\n"
            "0 login alice lease 0,1 split 1\n0 fetch split 1 mishap slow\n0 wait 5\n");
}

TEST(Vary, PutsPlaintextBehindStarttls) {
  const Pair pair = runs(parsed(dialogue), Variation::plaintext_before_tls);
  for (std::size_t i = 0; i < pair.second.steps.size(); ++i) {
    EXPECT_EQ(pair.second.steps[i].plaintext_behind, i == 0) << i;
  }
  EXPECT_FALSE(contains(play(hardened(), pair.first).dialogue, "C: p1 NOOP"));
  EXPECT_TRUE(contains(play(hardened(), pair.second).dialogue, "C: p1 NOOP"));
}

TEST(Vary, InjectsAnswersWhereNothingElseGoesWrong) {
  const Pair pair = runs(parsed(dialogue), Variation::backend_before_tls);
  EXPECT_EQ(pair.second.steps[2].mishap, Mishap::inject_before_tls);
  EXPECT_EQ(pair.second.steps[3].mishap, Mishap::slow);
  EXPECT_FALSE(contains(play(hardened(), pair.first).behind, "injected"));
  EXPECT_TRUE(contains(play(hardened(), pair.second).behind, "injected"));
}

TEST(Vary, GivesTheFirstAccountOtherSecrets) {
  const Pair pair = runs(parsed(dialogue), Variation::other_users_secrets);
  EXPECT_FALSE(pair.first.other_secrets);
  EXPECT_TRUE(pair.second.other_secrets);
  EXPECT_EQ(pair.second.steps, pair.first.steps);
  const Settings settings(hardened(), trace::Protocol::imap);
  const backend::Directory& usual = settings.of(pair.first).directory;
  const backend::Directory& other = settings.of(pair.second).directory;
  EXPECT_NE(other.accounts[0].password, usual.accounts[0].password);
  EXPECT_NE(other.accounts[0].messages, usual.accounts[0].messages);
  EXPECT_EQ(other.accounts[1].password, usual.accounts[1].password);
  EXPECT_EQ(other.accounts[1].messages, usual.accounts[1].messages);
  const Ran ran = play(settings.of(pair.second), pair.second);
  EXPECT_EQ(outcomes(ran.trace.events).back(), trace::Status::ok)
      << "clients know the other password" << ran.dialogue;
}

TEST(Vary, PutsNobodyWhereTheLoginFailsAnyway) {
  const Pair pair = runs(parsed(dialogue), Variation::unknown_user);
  EXPECT_EQ(pair.second.steps[1].action.account, nobody);
  EXPECT_EQ(pair.second.steps[2].action.account, 0) << "one that succeeds stays";
  EXPECT_EQ(play(hardened(), pair.second).dialogue.find("S: * BYE"), std::string::npos);
}

// What a finding of each shows stands in its text, and the text gives both runs back.
TEST(Vary, StandsInAFindingsText) {
  const Script script = parsed(dialogue);
  for (const Variation variation : all) {
    const Script with = with_vary(script, variation);
    EXPECT_FALSE(with.vary.empty());
    const Script read = parsed(to_text(with));
    EXPECT_EQ(read, with) << to_text(with);
    EXPECT_EQ(runs(read, variation).first, runs(script, variation).first) << to_text(with);
    EXPECT_EQ(runs(read, variation).second, runs(script, variation).second) << to_text(with);
    EXPECT_EQ(with_vary(with, variation), with) << to_text(with);
  }
}

TEST(Vary, ComparesAScriptWithItselfWhereThereIsNothingToChange) {
  const Script script = parsed("protocol imap\n0 noop split 1 mishap slow\n");
  for (const Variation variation : all) {
    if (variation == Variation::other_users_secrets) continue;
    const Pair pair = runs(script, variation);
    EXPECT_EQ(pair.first, pair.second);
  }
}

}  // namespace
}  // namespace sallyport::world
