// What a session leaves on a connection: ISO-03's state of one.
#pragma once

#include <utility>

#include "properties/direction.hpp"
#include "properties/leases.hpp"

namespace sallyport::properties {

struct Leftovers : Leased {
  static constexpr std::uint16_t nobody = trace::no_session;
  static constexpr std::uint16_t gone = 0xfffe;

  std::uint64_t in_flight = 0;     // by slot: commands without an answer, but for logins
  std::uint16_t left_by = nobody;  // who released it in such a state; `gone` once he is
  std::uint8_t selected = 0;       // a mailbox is
  std::uint8_t enabled = 0;        // an extension is, for a client that asked for it
  std::uint8_t marked = 0;         // POP3: messages are marked as deleted
  std::uint8_t used = 0;           // a command was answered under this lease
  std::uint8_t cut_off = 0;        // released with a command in flight: nobody reads its answer
  std::uint8_t unused = 0;

  [[nodiscard]] constexpr bool dirty() const {
    return in_flight != 0 || (selected | enabled | marked | cut_off) != 0;
  }
  constexpr void reset() {
    in_flight = 0;
    left_by = nobody;
    selected = enabled = marked = used = cut_off = 0;
  }

  /// True where the connection goes back clean after use.
  constexpr bool release(trace::SessionId session) {
    if (dirty()) left_by = session;
    if (in_flight != 0) cut_off = 1;
    return std::exchange(used, 0) != 0 && !dirty();
  }
  /// `before` had it last. True where the session finds what another left.
  constexpr bool lease(trace::SessionId session, std::uint64_t before) {
    const std::uint16_t left = std::exchange(left_by, nobody);
    const bool own = session == (left == nobody ? before : left);
    if (own) cut_off = 0;
    return dirty() && !own;
  }

  /// Follows one event of the back-end's wire. A login's exchange is PER-02's matter, and what the
  /// front-end does for itself, under nobody's lease, is nobody's.
  constexpr void step(const trace::Event& e, bool client_enables) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed) reset();
    const bool login = is_of_login(e);
    if (login || e.command >= 64) return;
    const std::uint64_t bit = std::uint64_t{1} << e.command;
    const bool asked = e.kind == Kind::command || e.kind == Kind::literal;
    if (asked && holder != nobody) in_flight |= bit;
    if (e.kind != Kind::completion) return;
    const bool asked_before = (in_flight & bit) != 0;
    clean(e);
    if (holder == nobody || !asked_before) return;
    used = 1;
    soil(e, client_enables);
  }

 private:
  /// A front-end may clean up behind a session.
  constexpr void clean(const trace::Event& e) {
    using trace::Verb;
    in_flight &= ~(std::uint64_t{1} << e.command);
    const bool ok = e.status == trace::Status::ok;
    if (e.verb == Verb::select || e.verb == Verb::examine) selected = 0;
    if (ok && (e.verb == Verb::close || e.verb == Verb::unselect)) selected = 0;
    if (ok && e.verb == Verb::rset) marked = 0;
  }
  constexpr void soil(const trace::Event& e, bool client_enables) {
    using trace::Verb;
    if (e.status != trace::Status::ok) return;
    if (e.verb == Verb::select || e.verb == Verb::examine) selected = 1;
    if (e.verb == Verb::enable && client_enables) enabled = 1;
    if (e.verb == Verb::dele) marked = 1;
  }
};

/// What is known of a session: is it there, and does it enable extensions?
enum class Presence : std::uint8_t { gone, here, enables };

constexpr void follow(Presence& client, const trace::Event& e) {
  using trace::Kind;
  if (e.kind == Kind::opened) client = Presence::here;
  if (e.kind == Kind::closed) client = Presence::gone;
  if (asks(e) && e.verb == trace::Verb::enable) client = Presence::enables;
}

/// The session is over: nobody comes back to what it left.
constexpr void leave(PerLink<Leftovers>& links, trace::SessionId session) {
  for (Leftovers& link : links.slots) {
    if (link.left_by == session) link.left_by = Leftovers::gone;
  }
}

/// Nothing moves any more. True where what a session left, that is gone, is still there.
constexpr bool take_left(PerLink<Leftovers>& links) {
  bool left = false;
  for (Leftovers& link : links.slots) {
    if (link.left_by == Leftovers::gone) {
      left = left || link.dirty();
      link.left_by = Leftovers::nobody;
    }
  }
  return left;
}

}  // namespace sallyport::properties
