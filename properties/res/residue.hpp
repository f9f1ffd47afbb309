// What a session holds and leases, and what its last authentications left of it: RES-04's state.
//
// Held octets include the beginning of a line that isn't whole, which nobody else sees, and a
// front-end may keep a connection for the next try. So both count as left behind only where that
// happens twice in a row: the octets grew by the same amount and never went back between, and there
// is one more connection. A few octets don't count at all: they may be a user's name.
#pragma once

#include "properties/direction.hpp"
#include "properties/identity.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {

struct Residue {
  enum class Found : std::uint8_t { nothing, none_left, octets, lease };
  enum class Phase : std::uint8_t { idle, under_way, failed };
  static constexpr std::uint32_t octets_min = 32;

  std::uint32_t held = 0;    // as it was last told
  std::uint32_t before = 0;  // at rest, before the authentication began
  std::uint32_t growth = 0;  // over the last authentication that left something
  std::uint32_t floor = 0;   // with it
  Phase phase = Phase::idle;
  std::uint8_t leased = 0;         // by link
  std::uint8_t leased_before = 0;  // before the authentication began
  std::uint8_t kept = 0;  // the last failed authentication left a further connection leased

  constexpr void lease(trace::LinkId k) { leased |= bit(k); }
  constexpr void release(trace::LinkId k) { leased &= static_cast<std::uint8_t>(~bit(k)); }

  /// Follows one event of the client's wire.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *this = {};
    if (asks(e) && authenticates(e) && phase == Phase::idle) {
      phase = Phase::under_way;
      before = held;
      leased_before = leased;
    }
    if (e.kind != Kind::completion || !authenticates(e) || phase == Phase::idle) return;
    if (e.status == trace::Status::ok) {
      phase = Phase::idle;
      growth = 0;
    } else {
      phase = Phase::failed;
    }
  }

  constexpr Found rest() {
    if (growth != 0 && held < floor) growth = 0;
    if (phase != Phase::failed) return Found::nothing;
    phase = Phase::idle;
    const bool more = (leased & ~leased_before) != 0;
    const bool kept_before = kept != 0;
    kept = more ? 1 : 0;
    if (more) return kept_before ? Found::lease : Found::nothing;
    if (held <= before) {
      growth = 0;
      return Found::none_left;
    }
    if (held - before < octets_min) return Found::nothing;
    const bool again = held - before == growth;
    growth = held - before;
    floor = held;
    return again ? Found::octets : Found::nothing;
  }

 private:
  static constexpr std::uint8_t bit(trace::LinkId k) {
    return static_cast<std::uint8_t>(k < max_links ? 1U << k : 0U);
  }
};

}  // namespace sallyport::properties
