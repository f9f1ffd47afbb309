#include "targets/cli/conclusion.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "targets/cli/output/text.hpp"
#include "trace/vocabulary.hpp"

namespace sallyport::cli {
namespace {

using properties::Verdict;

// The first reason why something is inconclusive, and how many other reasons there are.
std::string inconclusive_remark(const Rows& rows) {
  const engine::Result* first = nullptr;
  std::vector<std::string_view> others;
  for (const Row& row : rows) {
    if (row.result.verdict != Verdict::inconclusive) continue;
    if (first == nullptr) first = &row.result;
    const std::string_view detail = row.result.detail;
    if (detail != first->detail && std::ranges::find(others, detail) == others.end()) {
      others.push_back(detail);
    }
  }
  if (first == nullptr) return {};
  std::string remark = first->detail;
  if (!remark.starts_with(first->subject)) {
    remark = fmt::format("{} on {} by {} is inconclusive", first->property, first->subject,
                         first->engine);
    if (!first->detail.empty()) remark += fmt::format(": {}", first->detail);
  }
  if (!others.empty()) remark += fmt::format(" (and {} more)", counted(others.size(), "reason"));
  return remark;
}

std::string vacuous_remark(const Rows& rows, const std::vector<std::string>& required) {
  const auto exercised = [&](std::string_view id) {
    return std::ranges::any_of(rows, [&](const Row& row) {
      return row.result.exercised > 0 && (id.empty() || trace::equal_fold(row.result.property, id));
    });
  };
  std::vector<std::string> missing;
  for (const std::string& id : required) {
    if (!exercised(id)) missing.push_back(id);
  }
  if (!missing.empty()) return fmt::format("required and not exercised: {}", joined(missing, ", "));
  if (!exercised({})) return "nothing was exercised: this is not a pass";
  return {};
}

}  // namespace

Conclusion conclude(const Rows& rows, const std::vector<std::string>& required, bool interrupted,
                    std::size_t not_run) {
  const bool violated = std::ranges::any_of(rows, [](const Row& row) {
    return row.result.verdict == Verdict::violated && row.deviation.empty();
  });
  if (violated) return {.exit = Exit::violated, .remark = {}};
  if (interrupted) {
    return {.exit = Exit::failed,
            .remark = not_run == 0
                          ? "interrupted; the results so far are above"
                          : fmt::format("interrupted with {} left to do", counted(not_run, "run"))};
  }
  if (std::string remark = inconclusive_remark(rows); !remark.empty()) {
    return {.exit = Exit::failed, .remark = std::move(remark)};
  }
  if (std::string remark = vacuous_remark(rows, required); !remark.empty()) {
    return {.exit = Exit::vacuous, .remark = std::move(remark)};
  }
  return {};
}

}  // namespace sallyport::cli
