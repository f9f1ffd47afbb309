#include "targets/engine/conclude.hpp"

#include <utility>

namespace sallyport::engine {

namespace {

using properties::Verdict;

constexpr std::string_view not_reproduced =
    "a violation was seen that running its script again does not show";

/// Shorter in steps, then in octets: what a reader would call shorter.
bool shorter(const world::Script& a, const world::Script& b) {
  if (a.steps.size() != b.steps.size()) return a.steps.size() < b.steps.size();
  return world::to_bytes(a).size() < world::to_bytes(b).size();
}

Result::Bound bound_of(const Request& request, const Ending& ending) {
  Result::Bound bound{{"budget", to_text(request.budget)}, {"seed", request.seed}};
  if (!ending.unit.empty()) bound.emplace_back(ending.unit, ending.done);
  bound.insert(bound.end(), ending.bound.begin(), ending.bound.end());
  return bound;
}

void add_catch(Result& result, const Record& record, std::string_view unit) {
  result.bound.emplace_back(std::string(unit) + "_to_violation", record.done_before);
  result.bound.emplace_back("seconds_to_violation", record.seconds_before);
  result.bound.emplace_back("witness_steps",
                            std::uint64_t{result.witness->finding.script.steps.size()});
}

Result conclude_one(const Request& request, Judge& judge, std::size_t i, const Record& record,
                    const Ending& ending) {
  const properties::Facts& facts = judge.panel().property(i).facts;
  Result result{.property = std::string(facts.id),
                .engine = std::string(ending.engine),
                .subject = request.subject.name(),
                .verdict = {},
                .detail = {},
                .exercised = record.exercised,
                .bound = bound_of(request, ending),
                .witness = std::nullopt};
  Evidence evidence{.exercised = record.exercised, .violated = false, .failed = false};
  if (record.script) {
    world::Finding finding = finding_of(judge, facts.id, *record.script);
    evidence.violated = judge.violates(finding.script, facts.id);
    if (evidence.violated) {
      result.detail = judge.tally(facts.id)->detail;
      result.witness = Witness{.finding = std::move(finding), .dialogue = {}};
      result.witness->dialogue = judge.dialogue(result.witness->finding.script, facts.id);
      add_catch(result, record, ending.unit);
    } else {
      result.detail = not_reproduced;
    }
  }
  const bool nothing_run = ending.done == 0;
  evidence.failed = !ending.failure.empty() || nothing_run || !result.detail.empty();
  result.verdict = verdict_of(evidence, facts.needs, properties::Needs::inside);
  if (result.verdict == Verdict::vacuous) result.detail = "never exercised";
  if (result.verdict == Verdict::inconclusive && result.detail.empty()) {
    result.detail = ending.failure.empty() ? "nothing was run within the budget" : ending.failure;
  }
  return result;
}

}  // namespace

void Record::violated_by(const world::Script& found, std::uint64_t done, double seconds) {
  if (!script) {
    done_before = done;
    seconds_before = seconds;
  } else if (!shorter(found, *script)) {
    return;
  }
  script = found;
}

properties::Verdict verdict_of(const Evidence& evidence, properties::Needs needs,
                               properties::Needs sees) {
  if (needs > sees) return Verdict::unobservable;
  if (evidence.violated) return Verdict::violated;
  if (evidence.failed) return Verdict::inconclusive;
  return evidence.exercised > 0 ? Verdict::holds : Verdict::vacuous;
}

std::vector<Result> conclude(const Request& request, Judge& judge,
                             const std::vector<Record>& records, const Ending& ending) {
  std::vector<Result> results;
  for (std::size_t i = 0; i < records.size(); ++i) {
    results.push_back(conclude_one(request, judge, i, records[i], ending));
  }
  if (ending.runaway) {
    Result crash{.property = std::string(crash_id),
                 .engine = std::string(ending.engine),
                 .subject = request.subject.name(),
                 .verdict = Verdict::violated,
                 .detail = "the front-end and its peers never come to rest",
                 .exercised = 1,
                 .bound = bound_of(request, ending),
                 .witness = std::nullopt};
    crash.witness = Witness{.finding = finding_of(judge, crash_id, *ending.runaway),
                            .dialogue = judge.dialogue(*ending.runaway, crash_id)};
    results.push_back(std::move(crash));
  }
  return results;
}

std::string failure_text(const properties::Facts& facts, std::string_view actual,
                         const Witness& witness) {
  const std::string finding = world::to_text(witness.finding);
  std::string out;
  const auto line = [&out](std::string_view head, std::string_view text) {
    out.append(head).append(text).append("\n");
  };
  line("Requirement: ", facts.id);
  line("Source:      ", facts.source);
  line("Expected:    ", facts.statement);
  line("Actual:      ", actual);
  line("Subject:     ", witness.finding.subject);
  line("Dialogue:", "");
  for (const std::string& text : witness.dialogue) line("  ", text);
  std::string escaped;
  for (const char c : finding) {
    switch (c) {
      case '\n':
        escaped += "\\n";
        break;
      case '\\':
        escaped += "\\\\";
        break;
      case '%':
        escaped += "%%";
        break;
      case '\'':
        escaped += "'\\''";
        break;
      default:
        escaped.push_back(c);
    }
  }
  line("Repeat:      ",
       "printf '" + escaped + "' > finding.script && sallyport replay finding.script");
  return out;
}

}  // namespace sallyport::engine
