// An answer that broke off: what FLT-02 knows of connections and of sessions. Only commands that
// need a login count as relayed; others a front-end may answer itself.
#pragma once

#include "properties/direction.hpp"
#include "properties/leases.hpp"
#include "properties/stm/states.hpp"

namespace sallyport::properties {

[[nodiscard]] constexpr std::uint64_t slot_bit(trace::CommandSlot slot) {
  return slot < 64 ? std::uint64_t{1} << slot : 0;
}

struct Relaying : Leased {
  std::uint64_t in_flight = 0;  // by slot

  /// Follows one event of the back-end's wire. True: an answer is through.
  constexpr bool step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed) in_flight = 0;
    if (asks(e) && needs_login(e)) in_flight |= slot_bit(e.command);
    if (e.kind != Kind::completion || (in_flight & slot_bit(e.command)) == 0) return false;
    in_flight &= ~slot_bit(e.command);
    return true;
  }
};

struct BrokenAnswer {
  enum class Seen : std::uint8_t { nothing, ended, completed, spliced };

  std::uint64_t in_flight = 0;  // by slot: commands of the client
  std::uint8_t broken = 0;
  std::uint8_t link = 0;      // broken: on which connection
  std::uint8_t data = 0;      // the client has some of the answer
  std::uint8_t lines = 0;     // came from the back-end, and went no further yet
  std::uint8_t complete = 0;  // answers that came whole, and went no further yet
  std::uint8_t farewell = 0;  // POP3: a line that may be the last, since there is no BYE
  std::uint8_t unused[2] = {};

  /// Something came from the back-end for this session.
  constexpr void from_backend(const trace::Event& e, bool whole) {
    if (broken != 0 && e.link != link) return;
    if (e.kind == trace::Kind::untagged && lines < 255) ++lines;
    if (!whole) return;
    if (complete < 255) ++complete;
    broken = 0;
  }
  constexpr void break_off(trace::LinkId k) {
    if (in_flight == 0) return;
    broken = 1;
    link = static_cast<std::uint8_t>(k);
  }

  /// At rest the client must not be waiting for what can't come. Told once.
  constexpr bool take_overdue() {
    const bool overdue = broken != 0;
    broken = farewell = 0;
    return overdue;
  }

  /// Follows one event of the client's wire.
  constexpr Seen step(const trace::Event& e) {
    using trace::Kind;
    const bool was_broken = broken != 0;
    if (e.kind == Kind::opened || e.kind == Kind::closed || e.kind == Kind::bye) *this = {};
    const bool hung_up = e.kind == Kind::bye || (e.kind == Kind::closed && e.from_server);
    if (was_broken && hung_up) return Seen::ended;
    if (e.kind == Kind::command && needs_login(e)) {
      if (in_flight == 0) data = lines = complete = 0;
      in_flight |= slot_bit(e.command);
    }
    if (e.kind == Kind::untagged) return pass_on(e);
    const bool ours = e.kind == Kind::completion && (in_flight & slot_bit(e.command)) != 0;
    return ours ? answer(e) : Seen::nothing;
  }

 private:
  constexpr Seen pass_on(const trace::Event& e) {
    data = in_flight != 0 ? 1 : 0;
    if (lines > 0) {
      --lines;
      return Seen::nothing;
    }
    if (broken == 0) return Seen::nothing;
    const bool first = e.protocol == trace::Protocol::pop3 && farewell == 0;
    farewell = 1;
    if (first) return Seen::nothing;
    broken = 0;
    return Seen::spliced;
  }

  constexpr Seen answer(const trace::Event& e) {
    in_flight &= ~slot_bit(e.command);
    const bool had_data = data != 0;
    data = 0;
    if (complete > 0 || broken == 0) {
      if (complete > 0) --complete;
      return Seen::nothing;
    }
    broken = farewell = 0;
    return e.status == trace::Status::ok || had_data ? Seen::completed : Seen::ended;
  }
};

constexpr bool take_overdue(PerSession<BrokenAnswer>& sessions) {
  bool any = false;
  for (BrokenAnswer& each : sessions.slots) any = each.take_overdue() || any;
  return any;
}

}  // namespace sallyport::properties
