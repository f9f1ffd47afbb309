// Which commands the search saw completed in which state of a session, how, and where that led:
// what the laws of STM speak of, as far as it was reached.
//
// It costs the search nothing. STM-01's state is a session's state by what its server answered, and
// the search keeps each step of each monitor once; afterwards these are gone through.
#pragma once

#include <compare>
#include <set>
#include <string>
#include <string_view>

#include "trace/event.hpp"

namespace sallyport::explore {

inline constexpr std::string_view states_property = "STM-01";

struct Arc {
  std::string state;    // "not authenticated"; several with "or" where the answers leave it open
  std::string command;  // as it is written
  std::string status;   // OK, NO, BAD; +OK, -ERR
  std::string next;     // "ended" as well
  friend auto operator<=>(const Arc&, const Arc&) = default;
};
using Reached = std::set<Arc>;

/// Adds what `events` complete, begun in `state`, the octets of a state of STM-01.
void note_reached(Reached& reached, std::string_view state, const trace::Events& events);

}  // namespace sallyport::explore
