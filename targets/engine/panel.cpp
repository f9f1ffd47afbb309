#include "targets/engine/panel.hpp"

#include <algorithm>

namespace sallyport::engine {

namespace {

Panel::Set set_of(std::span<const properties::Property* const> members, trace::Protocol protocol,
                  trace::Variation variation) {
  std::vector<const properties::Property*> chosen;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i]->facts.variation != variation) continue;
    chosen.push_back(members[i]);
    places.push_back(i);
  }
  return {.variation = variation,
          .monitors = properties::Monitors(chosen, protocol),
          .members = std::move(places)};
}

std::vector<const properties::Property*> applying(
    std::span<const properties::Property* const> properties, trace::Protocol protocol) {
  std::vector<const properties::Property*> out;
  std::ranges::copy_if(properties, std::back_inserter(out), [protocol](const auto* property) {
    return properties::applies_to(*property, protocol);
  });
  return out;
}

}  // namespace

Panel::Panel(std::span<const properties::Property* const> properties, trace::Protocol protocol)
    : members_(applying(properties, protocol)),
      single_(set_of(members_, protocol, trace::Variation::none)) {
  for (const properties::Property* const member : members_) {
    const trace::Variation variation = member->facts.variation;
    const bool known = variation == trace::Variation::none ||
                       std::ranges::find(pairs_, variation, &Set::variation) != pairs_.end();
    if (!known) pairs_.push_back(set_of(members_, protocol, variation));
  }
}

}  // namespace sallyport::engine
