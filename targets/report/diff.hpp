// What got better or worse between two sets of results: before and after a service pack, last night
// and tonight. A property counts as violated where any engine shows it, listed deviations apart.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "targets/report/standing.hpp"

namespace sallyport::report {

struct Change {
  std::string property;
  std::string subject;  // the new one's name, or the old one's where it is gone
  std::string before;   // a status, or "absent"
  std::string after;
  std::string detail;  // of the violation, where there is one
};

/// A figure of a run that isn't what it was: the states of a search, say.
struct BoundChange {
  std::string engine;
  std::string subject;
  std::string name;
  std::string before;
  std::string after;
};

struct Difference {
  std::vector<Change> violated;  // now, and not before
  std::vector<Change> fixed;     // violated before, and now exercised and holding
  std::vector<Change> lost;      // no longer known: violated before, or holding, and now neither
  std::vector<Change> other;
  std::vector<BoundChange> bounds;
  std::size_t compared = 0;  // pairs of property and subject that both have
};

/// Subjects are compared by name. Where the two have none in common, and each is about one
/// front-end, those two are compared protocol by protocol. A night's findings count as violated
/// under the name of their stage.
[[nodiscard]] Difference difference(const Evidence& before, const Evidence& after);

[[nodiscard]] Json to_json(const Difference& difference);

}  // namespace sallyport::report
