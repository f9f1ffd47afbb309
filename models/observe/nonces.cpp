#include "observe/nonces.hpp"

#include <algorithm>

namespace sallyport::observe {
namespace {

constexpr std::ptrdiff_t kept_of_a_kind = 16;

}  // namespace

Nonces::Seen Nonces::note(What what, trace::Point point, std::uint16_t id,
                          std::string_view octets) {
  ++asked_;
  const std::uint64_t digest = trace::digest_of(octets);
  Seen seen;
  for (const Entry& entry : entries_) {
    if (entry.what != what || entry.digest != digest) continue;
    seen.repeated = seen.repeated || entry.point == point;
    if (entry.point == trace::Point::backend) seen.link = entry.link;
  }
  const auto same_kind = [&](const Entry& e) { return e.what == what && e.point == point; };
  if (std::ranges::count_if(entries_, same_kind) >= kept_of_a_kind) {
    entries_.erase(std::ranges::find_if(entries_, same_kind));
  }
  entries_.push_back({.digest = digest,
                      .link = point == trace::Point::backend ? id : trace::no_link,
                      .what = what,
                      .point = point});
  return seen;
}

void Nonces::canonical(trace::Canonical& out) const {
  std::uint8_t kinds = 0;
  for (const Entry& entry : entries_) {
    const unsigned bit =
        2 * static_cast<unsigned>(entry.what) + (entry.point == trace::Point::backend ? 1U : 0U);
    kinds = static_cast<std::uint8_t>(kinds | (1U << bit));
  }
  out.u8(kinds);
}

}  // namespace sallyport::observe
