#include "targets/report/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <variant>

namespace sallyport::report {
namespace {

constexpr std::string_view absent = "absent";

struct Stand {
  std::string subject;
  std::string status;
  std::string detail;
};
using Key = std::pair<std::string, std::string>;  // property, and the subject as it is compared
using Stands = std::map<Key, Stand>;

std::string front_end_of(std::string_view subject) {
  return std::string(subject.substr(0, subject.rfind('/')));
}

std::set<std::string> front_ends(const Evidence& evidence) {
  std::set<std::string> out;
  for (const std::string& subject : subjects_of(evidence)) out.insert(front_end_of(subject));
  return out;
}

// Are the two about one front-end each, of different names?
bool renamed(const Evidence& before, const Evidence& after) {
  const auto old_ones = front_ends(before);
  const auto new_ones = front_ends(after);
  return old_ones.size() == 1 && new_ones.size() == 1 && old_ones != new_ones;
}

std::string compared_as(std::string_view subject, bool by_protocol) {
  return std::string(by_protocol ? subject.substr(front_end_of(subject).size()) : subject);
}

Stands stands_of(const Evidence& evidence, bool by_protocol) {
  Stands out;
  for (const Standing& standing : standings(evidence)) {
    out[{standing.property, compared_as(standing.subject, by_protocol)}] = {
        .subject = standing.subject,
        .status = std::string(name(standing.status)),
        .detail = standing.shown().row.result.detail};
  }
  for (const Json& stage : evidence.nightly) {
    const std::string subject = fmt::format("nightly/{}", stage["stage"].get<std::string>());
    // A stage stands for itself, so that one without findings is known to have run.
    out[{"", subject}] = {.subject = subject,
                          .status = stage["verdict"].get<std::string>(),
                          .detail = stage["detail"].get<std::string>()};
    for (const Json& finding : stage["findings"]) {
      out[{finding["property"].get<std::string>(), subject}] = {
          .subject = subject,
          .status = std::string(name(Status::violated)),
          .detail = finding["detail"].get<std::string>()};
    }
  }
  return out;
}

void sort_in(Difference& out, const Change& change) {
  const std::string_view violated = name(Status::violated);
  const std::string_view holds = name(Status::holds);
  if (change.before == change.after) return;
  if (change.after == violated) {
    out.violated.push_back(change);
  } else if (change.before == violated && change.after == holds) {
    out.fixed.push_back(change);
  } else if (change.before == violated || change.before == holds) {
    out.lost.push_back(change);
  } else {
    out.other.push_back(change);
  }
}

std::string shown(const engine::Result::Value& value) {
  struct Show {
    std::string operator()(std::uint64_t number) const { return fmt::format("{}", number); }
    std::string operator()(double number) const { return fmt::format("{}", number); }
    std::string operator()(bool yes) const { return yes ? "yes" : "no"; }
    std::string operator()(const std::string& text) const { return text; }
  };
  return std::visit(Show{}, value);
}

using Bounds = std::map<std::array<std::string, 3>, std::pair<std::string, std::string>>;

// The members that say how much was done and within what; of each run once.
Bounds bounds_of(const Evidence& evidence, bool by_protocol) {
  static constexpr std::array told{"budget",  "seed",      "clients",        "connections_max",
                                   "states",  "exhausted", "depth",          "executions",
                                   "mishaps", "depth_max", "coverage_edges", "alphabet"};
  Bounds out;
  for (const Judged& judged : evidence.results) {
    const engine::Result& result = judged.row.result;
    for (const auto& [name, value] : result.bound) {
      if (std::ranges::find(told, name) == told.end()) continue;
      out.try_emplace({result.engine, compared_as(result.subject, by_protocol), name},
                      result.subject, shown(value));
    }
  }
  return out;
}

Json changes_to_json(const std::vector<Change>& changes) {
  Json out = Json::array();
  for (const Change& change : changes) {
    out.push_back({{"property", change.property},
                   {"subject", change.subject},
                   {"before", change.before},
                   {"after", change.after},
                   {"detail", change.detail}});
  }
  return out;
}

}  // namespace

Difference difference(const Evidence& before, const Evidence& after) {
  const bool by_protocol = renamed(before, after);
  Difference out;
  const Stands old_ones = stands_of(before, by_protocol);
  const Stands new_ones = stands_of(after, by_protocol);
  for (const auto& [key, now] : new_ones) {
    const auto then = old_ones.find(key);
    if (then != old_ones.end()) ++out.compared;
    sort_in(out, {.property = key.first,
                  .subject = now.subject,
                  .before = then == old_ones.end() ? std::string(absent) : then->second.status,
                  .after = now.status,
                  .detail = now.detail});
  }
  for (const auto& [key, then] : old_ones) {
    if (new_ones.contains(key)) continue;
    sort_in(out, {.property = key.first,
                  .subject = then.subject,
                  .before = then.status,
                  .after = std::string(absent),
                  .detail = then.detail});
  }
  const Bounds old_bounds = bounds_of(before, by_protocol);
  for (const auto& [key, now] : bounds_of(after, by_protocol)) {
    const auto then = old_bounds.find(key);
    if (then == old_bounds.end() || then->second.second == now.second) continue;
    out.bounds.push_back({.engine = key[0],
                          .subject = now.first,
                          .name = key[2],
                          .before = then->second.second,
                          .after = now.second});
  }
  return out;
}

Json to_json(const Difference& difference) {
  Json json;
  json["schema"] = 1;
  json["command"] = "diff";
  json["compared"] = difference.compared;
  json["violated"] = changes_to_json(difference.violated);
  json["fixed"] = changes_to_json(difference.fixed);
  json["lost"] = changes_to_json(difference.lost);
  json["other"] = changes_to_json(difference.other);
  json["bounds"] = Json::array();
  for (const BoundChange& change : difference.bounds) {
    json["bounds"].push_back({{"engine", change.engine},
                              {"subject", change.subject},
                              {"name", change.name},
                              {"before", change.before},
                              {"after", change.after}});
  }
  return json;
}

}  // namespace sallyport::report
