#include "targets/report/standing.hpp"

#include <algorithm>
#include <limits>

#include "targets/report/embedded.hpp"

namespace sallyport::report {
namespace {

using properties::Verdict;

// CRASH, then the catalogue's order, then strangers.
std::size_t place_of(std::string_view property) {
  if (property == engine::crash_id) return 0;
  const auto all = properties::catalogue();
  const auto found = std::ranges::find_if(
      all, [&](const properties::Property* each) { return each->facts.id == property; });
  return 1 + static_cast<std::size_t>(found - all.begin());
}

std::size_t length_of(const Judged& judged) {
  const auto& witness = judged.row.result.witness;
  if (!witness) return std::numeric_limits<std::size_t>::max();
  const std::size_t steps = witness->finding.script.steps.size();
  return steps > 0 ? steps : witness->dialogue.size();
}

}  // namespace

std::string_view name(Status status) {
  switch (status) {
    case Status::violated:
      return "violated";
    case Status::inconclusive:
      return "inconclusive";
    case Status::deviation:
      return "listed deviation";
    case Status::holds:
      return "holds";
    case Status::vacuous:
      return "vacuous";
    case Status::unobservable:
      return "unobservable";
  }
  return "";
}

Status status_of(const Row& row) {
  switch (row.result.verdict) {
    case Verdict::holds:
      return Status::holds;
    case Verdict::violated:
      return row.deviation.empty() ? Status::violated : Status::deviation;
    case Verdict::vacuous:
      return Status::vacuous;
    case Verdict::unobservable:
      return Status::unobservable;
    case Verdict::inconclusive:
      break;
  }
  return Status::inconclusive;
}

const Judged& Standing::shown() const {
  const Judged* best = nullptr;
  for (const Judged* judged : rows) {
    if (status_of(judged->row) != status) continue;
    if (best == nullptr || length_of(*judged) < length_of(*best)) best = judged;
  }
  return *best;
}

std::vector<Standing> standings(const Evidence& evidence) {
  std::vector<Standing> out;
  for (const Judged& judged : evidence.results) {
    const engine::Result& result = judged.row.result;
    auto known = std::ranges::find_if(out, [&](const Standing& each) {
      return each.property == result.property && each.subject == result.subject;
    });
    if (known == out.end()) {
      out.push_back({.property = result.property,
                     .subject = result.subject,
                     .rows = {},
                     .status = status_of(judged.row)});
      known = std::prev(out.end());
    }
    known->rows.push_back(&judged);
    known->status = std::min(known->status, status_of(judged.row));
  }
  const std::vector<std::string> subjects = subjects_of(evidence);
  const auto key = [&](const Standing& each) {
    return std::pair(place_of(each.property), std::ranges::find(subjects, each.subject));
  };
  std::ranges::sort(out, [&](const Standing& a, const Standing& b) {
    return key(a).first != key(b).first ? key(a).first < key(b).first
           : a.property != b.property   ? a.property < b.property
                                        : key(a).second < key(b).second;
  });
  return out;
}

std::vector<std::string> subjects_of(const Evidence& evidence) {
  std::vector<std::string> out;
  for (const Judged& judged : evidence.results) {
    const std::string& subject = judged.row.result.subject;
    if (std::ranges::find(out, subject) == out.end()) out.push_back(subject);
  }
  return out;
}

properties::Facts facts_of(const std::string& property) {
  if (const properties::Property* known = properties::find(property)) return known->facts;
  if (property == engine::crash_id) {
    return {.id = engine::crash_id,
            .statement = "The subject neither crashes nor runs for ever.",
            .kind = properties::PropertyKind::safety,
            .severity = properties::Severity::high,
            .needs = properties::Needs::client_wire,
            .source = "any input from a network is to be expected"};
  }
  return {.id = property,
          .statement = "This version's catalogue doesn't have it.",
          .severity = properties::Severity::medium};
}

std::string_view rationale_of(std::string_view property) {
  const auto found = std::ranges::find(rationales(), property, &Rationale::property);
  return found == rationales().end() ? std::string_view{} : found->text;
}

}  // namespace sallyport::report
