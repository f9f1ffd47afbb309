// Which octets of a client count as a literal, whoever would like to read them: FRM-02's state of
// one session.
#pragma once

#include "properties/direction.hpp"

namespace sallyport::properties {

struct Literals {
  std::uint64_t carried = 0;    // by slot: commands in flight that have one
  std::uint8_t announced = 0;   // and the server hasn't answered
  std::uint8_t granted = 0;     // in the command that isn't whole yet
  std::uint8_t knows_plus = 0;  // by the last list, {n+} is known (RFC 7888 §3)
  std::uint8_t certain = 0;     // the last literal was one beyond doubt
  std::uint8_t unused[4] = {};

  static constexpr std::uint64_t bit(trace::CommandSlot slot) {
    return slot < 64 ? std::uint64_t{1} << slot : 0;
  }

  /// Follows one event of the client's wire. True: a command with a literal is refused.
  constexpr bool step(const trace::Event& e) {
    using trace::Capability;
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *this = {};
    if (e.kind == Kind::tls) knows_plus = 0;
    if (e.kind == Kind::offer) {
      const trace::CapabilitySet plus{Capability::literal_plus, Capability::literal_minus};
      knows_plus = (e.capabilities & plus).empty() ? 0 : 1;
    }
    if (e.kind == Kind::literal) announced = 1;
    if (e.kind == Kind::continuation && announced != 0) {
      announced = 0;
      granted = 1;
    }
    if (asks(e)) take(e);
    if (e.kind != Kind::completion) return false;
    const bool had = (carried & bit(e.command)) != 0;
    carried &= ~bit(e.command);
    return had && e.status != trace::Status::ok;
  }

 private:
  constexpr void take(const trace::Event& e) {
    if (e.amount > 0) {
      certain = granted | knows_plus;
      if (certain != 0) carried |= bit(e.command);
    }
    announced = granted = 0;
  }
};

}  // namespace sallyport::properties
