// The command's helpers: names that were meant, tables that fit, secrets that stay secret, exit
// statuses in their order, deviations that are excused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "targets/cli/conclusion.hpp"
#include "targets/cli/deviations.hpp"
#include "targets/cli/failure.hpp"
#include "targets/cli/options.hpp"
#include "targets/cli/output/json.hpp"
#include "targets/cli/output/table.hpp"
#include "targets/cli/output/text.hpp"
#include "targets/cli/output/violation.hpp"
#include "targets/cli/secrets.hpp"

namespace sallyport::cli {
namespace {

using properties::Verdict;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// What the Failure that `f` ends with says.
template <class F>
std::string failure_of(F&& f) {
  try {
    f();
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "(no failure)";
}

TEST(Nearest, FindsASlipAndNothingElse) {
  const std::vector<std::string_view> names{"exchange-2000", "exchange-2000-sp1", "hardened"};
  EXPECT_EQ(nearest("exchange2000", names), "exchange-2000");
  EXPECT_EQ(nearest("Hardend", names), "hardened");
  EXPECT_EQ(nearest("hard", names), "hardened");
  EXPECT_EQ(nearest("dovecot", names), "");
  EXPECT_EQ(nearest("", names), "");
}

TEST(Options, AnUnknownNameSaysWhatWasGivenAndWhatIsExpected) {
  EXPECT_THAT(failure_of([] { (void)front_end_named("hardend"); }),
              AllOf(HasSubstr("'hardend'"), HasSubstr("did you mean hardened?"),
                    HasSubstr("exchange-2000-sp1")));
  EXPECT_THAT(failure_of([] { (void)front_end_named("hardened+pool-key-omits-usr"); }),
              HasSubstr("did you mean pool-key-omits-user?"));
  EXPECT_THAT(failure_of([] { (void)property_named("ADV-99\n"); }),
              AllOf(HasSubstr("'ADV-99'"), HasSubstr("ADV-01"), Not(HasSubstr("\n"))));
  EXPECT_THAT(failure_of([] { (void)protocols_named({"smtp"}); }), HasSubstr("imap, pop3"));
}

TEST(Options, NumbersAreWholeAndWithinTheirBounds) {
  EXPECT_EQ(number_named("--clients", "2", 1, 2), 2u);
  for (const char* wrong : {"", "0", "3", "-1", "+1", "1.5", "one", "2 ", "99999999999999999999"}) {
    EXPECT_THAT(failure_of([&] { (void)number_named("--clients", wrong, 1, 2); }),
                HasSubstr("--clients takes a whole number from 1 to 2"))
        << wrong;
  }
}

TEST(Options, FrontEndsAreTheKbsUnlessNamed) {
  const auto names = [](const std::vector<std::string>& profiles,
                        const std::vector<std::string>& faults) {
    std::vector<std::string> out;
    for (const auto& configuration : front_ends(profiles, faults)) {
      out.push_back(engine::Subject{configuration, trace::Protocol::imap}.front_end());
    }
    return out;
  };
  EXPECT_THAT(names({}, {}), ElementsAre("exchange-2000", "exchange-2000-sp1"));
  EXPECT_THAT(names({}, {"advertise-ntlm"}), ElementsAre("hardened+advertise-ntlm"));
  EXPECT_THAT(names({"exchange-2000-sp1"}, {"advertise-ntlm"}),
              ElementsAre("exchange-2000-sp1+advertise-ntlm"));
  EXPECT_THAT(names({"hardened", "hardened"}, {}), ElementsAre("hardened"));
}

TEST(Text, WrapsAtSpacesAndCutsWhatIsTooLong) {
  EXPECT_THAT(wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("§ §§ §§§", 4), ElementsAre("§ §§", "§§§"));
  EXPECT_THAT(wrap("abcdefgh i", 3), ElementsAre("abc", "def", "gh", "i"));
  EXPECT_THAT(wrap("a\n\nb", 9), ElementsAre("a", "", "b"));
  EXPECT_THAT(wrap("", 9), ElementsAre(""));
  EXPECT_EQ(one_line(" a\r\n\tb\x01 c\n"), "a b c");
  EXPECT_EQ(grouped(1234567), "1 234 567");
  EXPECT_EQ(counted(1, "step"), "1 step");
  EXPECT_EQ(clipped("§§§§", 4), "§§§§");
  EXPECT_EQ(clipped("§§§§§", 4), "§§§…");
}

Table example_table() {
  Table table({{.heading = "id"},
               {.heading = "statement", .wraps = true},
               {.heading = "source", .wraps = true, .spared = true}});
  table.add({{"ADV-01"},
             {"No list offers a mechanism that needs a connection of its own, in any state."},
             {"KB 306874, and RFC 3501 §6.2.2 for what a list is"}});
  table.add({{"PER-01"}, {"short"}, {"KB 306874"}});
  return table;
}

TEST(Table, FitsEveryWidth) {
  for (std::size_t columns = 34; columns <= 200; ++columns) {
    Terminal terminal;
    terminal.columns = columns;
    const std::string text = example_table().fitted(terminal);
    for (const std::string& line : wrap(text, 1000)) {
      EXPECT_LE(width_of(line), columns) << columns << ": " << line;
      EXPECT_FALSE(line.ends_with(' ')) << columns << ": " << line;
    }
    EXPECT_THAT(text, AllOf(HasSubstr("ADV-01"), HasSubstr("PER-01"))) << columns;
  }
}

TEST(Table, SparesColumnsOnNarrowPagesOnly) {
  Terminal narrow;
  narrow.columns = 40;
  Terminal wide;
  wide.columns = 200;
  EXPECT_THAT(example_table().fitted(narrow), Not(HasSubstr("source")));
  EXPECT_THAT(example_table().fitted(wide), HasSubstr("RFC 3501 §6.2.2 for what a list is\n"));
}

TEST(Terminal, NoColoursUnlessAskedFor) {
  Terminal terminal;
  EXPECT_EQ(terminal.styled("x", Style::violated), "x");
  terminal.colour = true;
  EXPECT_THAT(terminal.styled("x", Style::violated), AllOf(HasSubstr("x"), HasSubstr("\x1b[")));
  EXPECT_EQ(terminal.styled("x", Style::plain), "x");
}

class Secrets : public ::testing::Test {
 protected:
  void SetUp() override {
    directory =
        std::filesystem::temp_directory_path() / ("sallyport-secrets-" + std::to_string(getpid()));
    std::filesystem::create_directories(directory);
    unsetenv("SALLYPORT_PASSWORD");
  }
  void TearDown() override { std::filesystem::remove_all(directory); }

  std::string file(const std::string& content) { return file("password", content); }
  std::string file(const std::string& name, const std::string& content) {
    const auto path = directory / name;
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }

  std::filesystem::path directory;
};

TEST_F(Secrets, LoseOneLineEndAndNothingElse) {
  EXPECT_EQ(password_from(file("wonder land \n"), "f"), "wonder land ");
  EXPECT_EQ(password_from(file("wonderland\r\n"), "f"), "wonderland");
  EXPECT_EQ(password_from(file("wonderland"), "f"), "wonderland");
}

TEST_F(Secrets, FailInOneLineThatDoesNotQuoteThem) {
  EXPECT_THAT(failure_of([&] { (void)password_from(file("hunter2\nhunter3\n"), "f"); }),
              AllOf(HasSubstr("f: "), Not(HasSubstr("hunter")), Not(HasSubstr("\n"))));
  EXPECT_THAT(failure_of([&] { (void)password_from(file("\n"), "f"); }), HasSubstr("no password"));
  EXPECT_THAT(failure_of([&] { (void)password_from(directory / "absent", "f"); }),
              HasSubstr("f: No such file"));
  // A password given where its file belongs isn't repeated.
  EXPECT_THAT(failure_of([&] { (void)accounts_from({"", "", {"alice=hunter2"}}); }),
              AllOf(HasSubstr("--account alice"), Not(HasSubstr("hunter2"))));
}

TEST_F(Secrets, ComeFromTheFileOrElseTheEnvironment) {
  setenv("SALLYPORT_PASSWORD", "builder", 1);
  const auto environment = accounts_from({"bob", "", {}});
  ASSERT_EQ(environment.size(), 1u);
  EXPECT_EQ(environment[0].password, "builder");
  const auto both =
      accounts_from({"bob", file("bob", "wall\n"), {"carol=" + file("carol", "rope\n")}});
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[1].user, "carol");
  EXPECT_EQ(both[1].password, "rope");
  unsetenv("SALLYPORT_PASSWORD");
  EXPECT_THAT(failure_of([&] { (void)accounts_from({"bob", "", {}}); }),
              HasSubstr("--password-file"));
  EXPECT_THAT(failure_of([&] { (void)accounts_from({"", "x", {}}); }), HasSubstr("--user"));
}

Row row_with(std::string property, Verdict verdict, std::uint64_t exercised) {
  Row row;
  row.result.property = std::move(property);
  row.result.subject = "mail.example:143/imap";
  row.result.engine = "probe";
  row.result.verdict = verdict;
  row.result.exercised = exercised;
  return row;
}

TEST(Conclusion, ViolatedBeforeFailedBeforeVacuous) {
  const Row holds = row_with("ADV-01", Verdict::holds, 3);
  const Row broken = row_with("ADV-02", Verdict::violated, 1);
  const Row open = row_with("ADV-03", Verdict::inconclusive, 1);
  const Row unused = row_with("PER-01", Verdict::vacuous, 0);
  EXPECT_EQ(conclude({holds}, {}).exit, Exit::holds);
  EXPECT_EQ(conclude({holds, unused}, {}).exit, Exit::holds);
  EXPECT_EQ(conclude({holds, broken, open}, {"PER-01"}).exit, Exit::violated);
  EXPECT_EQ(conclude({holds, open, unused}, {"PER-01"}).exit, Exit::failed);
  EXPECT_EQ(conclude({holds, unused}, {"per-01"}).exit, Exit::vacuous);
  EXPECT_EQ(conclude({unused}, {}).exit, Exit::vacuous);
  EXPECT_EQ(conclude({}, {}).exit, Exit::vacuous);
  EXPECT_EQ(conclude({holds}, {}, true, 2).exit, Exit::failed);
  EXPECT_EQ(conclude({broken}, {}, true, 2).exit, Exit::violated);
}

constexpr std::string_view deviations = R"([[deviation]]
property = "adv-01"
subject = "mail.*/imap"
reason = "its NTLM is terminated here"

[[deviation]]
property = "ADV-02"
reason = "was seen once"
)";

TEST(Deviations, ExcuseWhatIsListedAndNameWhatDidNotHappen) {
  Rows rows{row_with("ADV-01", Verdict::violated, 1), row_with("ADV-02", Verdict::holds, 1)};
  const auto absent = mark(rows, deviations_from(deviations, "d.toml"));
  EXPECT_EQ(rows[0].deviation, "its NTLM is terminated here");
  EXPECT_EQ(conclude(rows, {}).exit, Exit::holds);
  ASSERT_EQ(absent.size(), 1u);
  EXPECT_EQ(absent[0].property, "ADV-02");
  EXPECT_EQ(to_json(rows[0])["verdict"], "violated");
  EXPECT_EQ(to_json(rows[0])["deviation"], "its NTLM is terminated here");
}

TEST(Deviations, OfManyServersAreTakenByName) {
  constexpr std::string_view text =
      "[[deviation]]\nserver = \"courier\"\nproperty = \"ADV-01\"\nprotocol = \"imap\"\n"
      "reason = \"x\"\nversion = \"5\"\ndate = 2026-11-25\ntransports = [\"plain\"]\n";
  EXPECT_TRUE(deviations_from(text, "d.toml").empty());
  EXPECT_TRUE(deviations_from(text, "d.toml", "dovecot").empty());
  const auto listed = deviations_from(text, "d.toml", "courier");
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].subject, "*/imap");
}

TEST(Deviations, FailWithFileAndLine) {
  const auto line = [](std::string_view text) {
    return failure_of([&] { (void)deviations_from(text, "d.toml"); });
  };
  EXPECT_THAT(line("[[deviation]]\nproperty = \"ADV-01\"\nreason ="), HasSubstr("d.toml:3: "));
  EXPECT_THAT(line("[[deviation]]\nproperty = \"ADV-99\"\nreason = \"x\""),
              HasSubstr("d.toml:2: there is no property 'ADV-99'"));
  EXPECT_THAT(line("[[deviation]]\nproperty = \"ADV-01\""), HasSubstr("gives its reason"));
  EXPECT_THAT(line("[[deviations]]\n"), HasSubstr("d.toml:1: only [[deviation]]"));
  EXPECT_THAT(line("[[deviation]]\nid = \"ADV-01\""), HasSubstr("d.toml:2: there is no member"));
}

TEST(Json, HoldsNoTimesAndKeepsItsOrder) {
  Row row = row_with("ADV-01", Verdict::holds, 3);
  row.result.bound = {
      {"budget", std::string("20s")}, {"seconds", 1.5}, {"states", std::uint64_t{9}}};
  EXPECT_EQ(to_json(row).dump(),
            R"({"property":"ADV-01","engine":"probe","subject":"mail.example:143/imap",)"
            R"("verdict":"holds","exercised":3,"detail":"","bound":{"budget":"20s","states":9}})");
  row.result.detail = "\xff";
  EXPECT_THAT(dumped(to_json(row)), HasSubstr("\xef\xbf\xbd"));
}

TEST(Violation, ShellWordsAreQuotedWhereNeeded) {
  EXPECT_EQ(shell_word("a/b-c.script"), "a/b-c.script");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace sallyport::cli
