#include <algorithm>

#include "properties/property.hpp"

namespace sallyport::properties {

const Property* find(std::string_view id) {
  for (const Property* const property : catalogue()) {
    if (trace::equal_fold(property->facts.id, id)) return property;
  }
  return nullptr;
}

std::string_view name(PropertyKind kind) {
  switch (kind) {
    case PropertyKind::safety:
      return "safety";
    case PropertyKind::two_safety:
      return "2-safety";
    case PropertyKind::liveness:
      return "liveness";
  }
  return "";
}

std::string_view name(Severity severity) {
  switch (severity) {
    case Severity::low:
      return "low";
    case Severity::medium:
      return "medium";
    case Severity::high:
      return "high";
  }
  return "";
}

std::string_view name(Needs needs) {
  switch (needs) {
    case Needs::client_wire:
      return "client wire";
    case Needs::backend_wire:
      return "client and back-end wire";
    case Needs::inside:
      return "inside";
  }
  return "";
}

bool applies_to(const Property& property, trace::Protocol protocol) {
  switch (property.facts.applies) {
    case Applies::both:
      return true;
    case Applies::imap:
      return protocol == trace::Protocol::imap;
    case Applies::pop3:
      return protocol == trace::Protocol::pop3;
  }
  return true;
}

}  // namespace sallyport::properties
