// The part of a list that says how to log in: what a front-end has to say for itself. Other
// extensions it may relay. Names that the vocabulary doesn't know are left out, since two of them
// look the same.
#pragma once

#include "trace/event.hpp"

namespace sallyport::properties {

struct LoginTerms {
  trace::MechanismSet mechanisms;
  trace::CapabilitySet capabilities;

  [[nodiscard]] constexpr bool empty() const { return mechanisms.empty() && capabilities.empty(); }
  friend constexpr LoginTerms operator|(LoginTerms a, LoginTerms b) {
    return {.mechanisms = a.mechanisms | b.mechanisms,
            .capabilities = a.capabilities | b.capabilities};
  }
  friend constexpr LoginTerms operator&(LoginTerms a, LoginTerms b) {
    return {.mechanisms = a.mechanisms & b.mechanisms,
            .capabilities = a.capabilities & b.capabilities};
  }
  friend constexpr LoginTerms operator-(LoginTerms a, LoginTerms b) {
    return {.mechanisms = a.mechanisms - b.mechanisms,
            .capabilities = a.capabilities - b.capabilities};
  }
};

[[nodiscard]] constexpr LoginTerms terms_of(const trace::Event& e) {
  using trace::Capability;
  return {.mechanisms = e.mechanisms - trace::MechanismSet{trace::Mechanism::other},
          .capabilities = e.capabilities &
                          trace::CapabilitySet{Capability::starttls, Capability::login_disabled}};
}

/// What a front-end is configured to show.
struct Policy {
  LoginTerms terms;
  std::uint32_t known = 0;
};

}  // namespace sallyport::properties
