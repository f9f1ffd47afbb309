// Faults: single ways of getting it wrong, each at one site of the front-end's code, each modelled
// on a real bug. A fault names the property that must catch it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "trace/vocabulary.hpp"

namespace sallyport::frontend {

enum class Fault : std::uint8_t {
  none,
#define FAULT(fault, name, property, protocol, source, summary) fault,
#include "frontend/faults.inc"
#undef FAULT
};

struct FaultFacts {
  Fault fault{};
  std::string_view name;       // "pool-key-omits-user"
  std::string_view property;   // the id that must catch it
  trace::Protocol protocol{};  // over which it is shown
  std::string_view source;     // the real bug
  std::string_view summary;
};

[[nodiscard]] std::span<const FaultFacts> faults();
[[nodiscard]] const FaultFacts* find_fault(std::string_view name);

}  // namespace sallyport::frontend
