#include "frontend/faults.hpp"

#include <algorithm>
#include <array>

namespace sallyport::frontend {
namespace {

constexpr std::array all_faults{
#define FAULT(fault, name, property, protocol, source, summary) \
  FaultFacts{Fault::fault, name, property, trace::Protocol::protocol, source, summary},
#include "frontend/faults.inc"
#undef FAULT
};

}  // namespace

std::span<const FaultFacts> faults() { return all_faults; }

const FaultFacts* find_fault(std::string_view name) {
  const auto* const found = std::ranges::find(all_faults, name, &FaultFacts::name);
  return found == all_faults.end() ? nullptr : found;
}

}  // namespace sallyport::frontend
