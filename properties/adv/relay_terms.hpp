// What a front-end may offer by what it does with a proof: ADV-04's reading of a policy.
#pragma once

#include "trace/event.hpp"
#include "trace/persistence.hpp"

namespace sallyport::properties {

struct RelayTerms {
  trace::MechanismSet terminated;  // verified by the front-end itself
  std::uint16_t known = 0;
  std::uint16_t pinned = 0;

  static RelayTerms of(const trace::Event& policy) {
    return {.terminated = policy.terminated,
            .known = 1,
            .pinned = policy.rules.has(trace::Rule::pinned) ? std::uint16_t{1} : std::uint16_t{0}};
  }

  /// The mechanisms in `offered` that a credential alone doesn't serve.
  [[nodiscard]] static trace::MechanismSet bound(trace::MechanismSet offered) {
    return offered & (to_connection() | trace::of_class(trace::PersistenceClass::channel_bound));
  }
  /// Those of them that can't work here. A session that keeps its back-end connection may relay
  /// what is bound to that one, but what is bound to the client's own channel fails even so.
  [[nodiscard]] trace::MechanismSet unkept(trace::MechanismSet offered) const {
    const trace::MechanismSet left = bound(offered) - terminated;
    return pinned != 0 ? left - to_connection() : left;
  }

 private:
  static trace::MechanismSet to_connection() {
    return trace::of_class(trace::PersistenceClass::nonce_bound) |
           trace::of_class(trace::PersistenceClass::connection_bound);
  }
};

}  // namespace sallyport::properties
