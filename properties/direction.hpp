// Who said what an event tells.
#pragma once

#include "trace/event.hpp"

namespace sallyport::properties {

/// A line or more outside of an exchange, well-formed or not: a server may take it for a command.
[[nodiscard]] constexpr bool asks(const trace::Event& e) {
  return e.kind == trace::Kind::command || (e.kind == trace::Kind::malformed && !e.from_server);
}

[[nodiscard]] constexpr bool said_by_server(const trace::Event& e) {
  using trace::Kind;
  switch (e.kind) {
    case Kind::greeting:
    case Kind::continuation:
    case Kind::offer:
    case Kind::untagged:
    case Kind::completion:
    case Kind::bye:
      return true;
    default:
      return e.kind == Kind::malformed && e.from_server;
  }
}

}  // namespace sallyport::properties
