// What a server said, as a digest that two runs can be compared by. Tags don't count, nor how a
// server's octets were cut.
#pragma once

#include "trace/event.hpp"

namespace sallyport::properties {

constexpr void mix(std::uint64_t& said, const trace::Event& e) {
  const auto add = [&said](std::uint64_t part) { said = (said ^ (part + 1)) * 0x100000001b3; };
  add(static_cast<std::uint64_t>(e.kind));
  add(static_cast<std::uint64_t>(e.verb));
  add(static_cast<std::uint64_t>(e.status));
  add(static_cast<std::uint64_t>(e.blob));
  add(static_cast<std::uint64_t>(e.source));
  add(e.mechanisms.bits);
  add(e.capabilities.bits);
  add(e.digest);
  said |= 1;  // something was said
}

}  // namespace sallyport::properties
