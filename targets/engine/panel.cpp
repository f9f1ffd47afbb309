#include "targets/engine/panel.hpp"

namespace sallyport::engine {

namespace {

std::vector<const properties::Property*> of_kind(
    std::span<const properties::Property* const> properties, bool two_safety) {
  std::vector<const properties::Property*> out;
  for (const properties::Property* property : properties) {
    if ((property->compare != nullptr) == two_safety) out.push_back(property);
  }
  return out;
}

}  // namespace

Panel::Panel(std::span<const properties::Property* const> properties, trace::Protocol protocol)
    : single_(of_kind(properties, false), protocol), pair_(of_kind(properties, true), protocol) {
  for (const properties::Property* property : properties) {
    if (!properties::applies_to(*property, protocol)) continue;
    (property->compare != nullptr ? pair_member_ : single_member_).push_back(members_.size());
    members_.push_back(property);
  }
}

Panel::State Panel::start() const {
  return {.single = single_.start(), .own = pair_.start(), .other = pair_.start()};
}

}  // namespace sallyport::engine
