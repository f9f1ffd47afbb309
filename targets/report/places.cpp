#include <fmt/format.h>

#include <algorithm>

#include "targets/report/formats.hpp"

namespace sallyport::report {

Places places_of(const Evidence& evidence) {
  Places out;
  for (const Judged& judged : evidence.results) {
    if (!judged.row.result.witness) continue;
    const std::string name = "traces/" + witness_name(judged.row.result);
    std::string free = name;
    for (int i = 2; std::ranges::find(out, free, &Places::value_type::second) != out.end(); ++i) {
      free = fmt::format("{}-{}", name, i);
    }
    out.emplace_back(&judged, free);
  }
  return out;
}

std::string place_of(const Places& places, const Judged& judged) {
  const auto found = std::ranges::find(places, &judged, &Places::value_type::first);
  return found == places.end() ? std::string{} : found->second;
}

}  // namespace sallyport::report
