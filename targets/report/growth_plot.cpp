#include <fmt/format.h>

#include <algorithm>

#include "targets/report/svg.hpp"

namespace sallyport::report {
namespace {

constexpr int width = 300;
constexpr int height = 130;
constexpr int left = 46;
constexpr int right = 12;
constexpr int top = 10;
constexpr int bottom = 26;

std::string brief(std::uint64_t number) {
  if (number < 10'000) return fmt::format("{}", number);
  if (number < 10'000'000) return fmt::format("{} k", number / 1000);
  return fmt::format("{} M", number / 1'000'000);
}

}  // namespace

// The figure from nought, so that a plot doesn't make much of little.
std::string growth_plot(const Series& series) {
  if (series.points.size() < 2) return {};
  const auto by_figure = [](const auto& a, const auto& b) { return a.second < b.second; };
  const std::uint64_t executions = std::max<std::uint64_t>(1, series.points.back().first);
  const std::uint64_t most =
      std::max<std::uint64_t>(1, std::ranges::max_element(series.points, by_figure)->second);
  const auto x_of = [&](std::uint64_t at) {
    return left +
           static_cast<double>(at) / static_cast<double>(executions) * (width - left - right);
  };
  const auto y_of = [&](std::uint64_t figure) {
    return height - bottom -
           static_cast<double>(figure) / static_cast<double>(most) * (height - top - bottom);
  };
  std::string line;
  for (const auto& [at, figure] : series.points) {
    line += fmt::format("{:.1f},{:.1f} ", x_of(at), y_of(figure));
  }
  line.pop_back();
  return fmt::format(
      "<svg class=\"plot\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
      "aria-label=\"{2}: {3} after {4} executions, {5} after {6}\">\n"
      "<path class=\"axis\" d=\"M{7} {8}V{9}H{10}\"/>"
      "<text class=\"tick\" x=\"{11}\" y=\"{12}\" text-anchor=\"end\">{13}</text>"
      "<text class=\"tick\" x=\"{11}\" y=\"{9}\" text-anchor=\"end\">0</text>"
      "<text class=\"tick\" x=\"{10}\" y=\"{14}\" text-anchor=\"end\">{15} executions</text>\n"
      "<polyline class=\"curve\" points=\"{16}\"/></svg>\n",
      width, height, markup(series.name), series.points.front().second, series.points.front().first,
      series.points.back().second, series.points.back().first, left, top, height - bottom,
      width - right, left - 5, top + 9, brief(most), height - 8, brief(executions), line);
}

}  // namespace sallyport::report
