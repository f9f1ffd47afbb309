// The monitors of a run, set up for both kinds of property: those that judge one run, and for each
// variation those that compare it with a varied run of the same script. They are kept apart so that
// a second run, and the state that a search has for it, carries only what is compared.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "properties/monitors.hpp"
#include "properties/property.hpp"
#include "trace/event.hpp"

namespace sallyport::engine {

class Panel {
 public:
  /// Those of `properties` that apply to `protocol`, in their order.
  Panel(std::span<const properties::Property* const> properties, trace::Protocol protocol);

  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] const properties::Property& property(std::size_t i) const { return *members_[i]; }

  /// A set of monitors, and the place in the panel of its property i.
  struct Set {
    trace::Variation variation = trace::Variation::none;
    properties::Monitors monitors;
    std::vector<std::size_t> members;
  };
  [[nodiscard]] const Set& single() const { return single_; }
  /// One for each variation that some property of the panel names.
  [[nodiscard]] const std::vector<Set>& pairs() const { return pairs_; }

 private:
  std::vector<const properties::Property*> members_;
  Set single_;
  std::vector<Set> pairs_;
};

}  // namespace sallyport::engine
