// What page.mustache is filled with, part by part. Names of members are the template's.
#pragma once

#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "targets/report/formats.hpp"
#include "targets/report/standing.hpp"

namespace sallyport::report {

using Data = kainjow::mustache::data;

/// What all parts look things up in.
struct View {
  const Evidence& evidence;
  std::vector<std::string> subjects;  // but those of probes
  std::vector<std::string> servers;   // subjects of probes
  std::vector<std::string> engines;
  std::vector<Standing> standings;
  Places places;

  explicit View(const Evidence& gathered);
  [[nodiscard]] const Standing* find(std::string_view property, std::string_view subject) const;
  /// The ids that have a standing, in order.
  [[nodiscard]] std::vector<std::string> properties() const;
};

[[nodiscard]] Data list();
/// A verdict as a cell: `word`, `sign`, `style`.
[[nodiscard]] Data verdict(Status status);
/// "1 step", "2 steps", "12 000 steps".
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view noun);
[[nodiscard]] std::string grouped(std::uint64_t number);
/// Facts of a property: `id`, `statement`, `group`, `kind`, `severity`, `needs`, `source`, `why`.
[[nodiscard]] Data facts_data(const std::string& property);

[[nodiscard]] Data summary_data(const View& view);
[[nodiscard]] Data bounds_data(const View& view);
[[nodiscard]] Data table_data(const View& view);
[[nodiscard]] Data servers_data(const View& view);
[[nodiscard]] Data matrix_data(const View& view);
[[nodiscard]] Data nightly_data(const View& view);
[[nodiscard]] Data coverage_data(const View& view);
[[nodiscard]] Data reached_data(const View& view);
[[nodiscard]] Data sections_data(const View& view);

}  // namespace sallyport::report
