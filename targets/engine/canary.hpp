// A property that every front-end violates, for tests: each engine must be able to say `violated`.
#pragma once

#include <cstdint>

#include "properties/property.hpp"

namespace sallyport::engine {

struct Canary {
  struct State {
    std::uint8_t unused = 0;
  };
  static properties::Outcome step(State& /*state*/, const trace::Event& event) {
    const bool command = event.kind == trace::Kind::command && event.point == trace::Point::client;
    return command ? properties::violated("a client sent a command") : properties::not_concerned;
  }
};

inline constexpr properties::Property canary = properties::make_property<Canary>({
    .id = "CANARY",
    .statement = "No client sends a command",
    .kind = properties::PropertyKind::safety,
    .severity = properties::Severity::low,
    .needs = properties::Needs::client_wire,
    .source = "nothing: it is made to be violated",
});

}  // namespace sallyport::engine
