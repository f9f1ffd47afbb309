// What a client has asked of the back-end behind the front-end, in order, and what of it was seen
// there: RSP-02's state of one session. A command is known again by its octets. One that the
// front-end writes in another way (a literal's "+", a mailbox name's quotes) is known by its verb,
// and too little is known of that to hold it against anybody.
#pragma once

#include <array>

#include "properties/direction.hpp"
#include "properties/property.hpp"
#include "properties/stm/states.hpp"

namespace sallyport::properties {

/// Runs once, and at a back-end. NOOP and IDLE a front-end says for itself as well.
[[nodiscard]] constexpr bool runs_behind(const trace::Event& e) {
  return needs_login(e) && e.verb != trace::Verb::noop && e.verb != trace::Verb::idle;
}

/// Changes what a back-end alone can change, so no front-end can answer it with OK by itself.
[[nodiscard]] constexpr bool has_effect(trace::Verb verb) {
  using trace::Verb;
  constexpr std::array effective{Verb::select, Verb::examine, Verb::create, Verb::remove,
                                 Verb::rename, Verb::append,  Verb::store,  Verb::copy,
                                 Verb::move,   Verb::expunge, Verb::dele};
  for (const Verb each : effective) {
    if (each == verb) return true;
  }
  return false;
}

struct HandOver {
  enum class Run : std::uint8_t {
    none,       // an empty place
    pending,    // not seen behind
    overtaken,  // not seen behind, but something later was
    rewritten,  // something of its verb was
    seen,
    answered,  // seen, and the client has its answer
  };
  struct Asked {
    std::uint32_t digest = 0;  // half of it
    trace::CommandSlot slot = 0;
    trace::Verb verb{};
    Run run = Run::none;
    std::uint8_t early = 0;  // it crossed the login's completion
  };
  enum class Phase : std::uint8_t { before, logged_in, settled };

  std::array<Asked, 6> asked = {};  // oldest first, without gaps
  Phase phase = Phase::before;
  std::uint8_t blind = 0;     // something happened that makes it open what runs when
  std::uint8_t stranger = 0;  // something ran behind that the client isn't known to have asked
  std::uint8_t unused = 0;

  static constexpr std::uint32_t half(const trace::Event& e) {
    return static_cast<std::uint32_t>(e.digest >> 32U);
  }

  /// Nothing more is judged until the session ends.
  constexpr void lose_sight() {
    asked = {};
    blind = 1;
  }

  /// Follows one event of the client's wire. `leases`: what runs behind can be seen.
  constexpr Outcome from_client(const trace::Event& e, bool leases) {
    using trace::Kind;
    using trace::Verb;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *this = {};
    // Behind the client's last command the front-end may tidy up.
    const bool last = e.verb == Verb::logout || e.verb == Verb::quit;
    if (asks(e) && (last || e.command == trace::no_command)) lose_sight();
    // What is pipelined behind IDLE can be seen on the back-end's wire first.
    if (e.kind == Kind::command && e.verb == Verb::idle) asked = {};
    if (asks(e) && blind == 0 && runs_behind(e)) ask(e);
    if (e.kind != Kind::completion) return not_concerned;
    if (logs_in(e)) phase = Phase::logged_in;
    return e.command == trace::no_command ? not_concerned : complete(e, leases);
  }

  /// A command goes to the back-end that serves the session.
  constexpr Outcome runs(const trace::Event& e) {
    if (blind != 0) return not_concerned;
    const auto same = [&](const Asked& a) { return a.digest == half(e); };
    if (Asked* const a = first(
            [&](const Asked& a) { return same(a) && !was_seen(a) && a.run != Run::overtaken; })) {
      for (Asked* earlier = asked.data(); earlier != a; ++earlier) {
        if (earlier->run == Run::pending) earlier->run = Run::overtaken;
      }
      a->run = Run::seen;
      return a->early != 0 ? upheld : not_concerned;
    }
    if (Asked* const a = first([&](const Asked& a) { return same(a) && !was_seen(a); })) {
      a->run = Run::seen;
      return violated("a command is run behind one that was sent later");
    }
    // Written in another way, one may be the same as one before it.
    if (Asked* const a = first([&](const Asked& a) { return a.verb == e.verb && is_unseen(a); })) {
      a->run = Run::rewritten;
      return not_concerned;
    }
    if (first(same) != nullptr) return violated("a command is run twice");
    stranger = 1;
    return not_concerned;
  }

  /// Nothing moves: what is answered and hasn't been run again won't be.
  constexpr void rest() {
    forget([](const Asked& a) { return a.run == Run::answered; });
    if (asked[0].run == Run::none) stranger = 0;
    if (phase == Phase::logged_in) phase = Phase::settled;
  }

 private:
  static constexpr bool was_seen(const Asked& a) {
    return a.run == Run::seen || a.run == Run::answered;
  }
  static constexpr bool is_unseen(const Asked& a) {
    return a.run == Run::pending || a.run == Run::overtaken;
  }

  template <class Test>
  constexpr Asked* first(Test&& test) {
    for (Asked& a : asked) {
      if (a.run != Run::none && test(a)) return &a;
    }
    return nullptr;
  }

  template <class Test>
  constexpr void forget(Test&& test) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const Asked a = asked[i];
      asked[i] = {};
      if (a.run != Run::none && !test(a)) asked[kept++] = a;
    }
  }

  constexpr void ask(const trace::Event& e) {
    if (asked.back().run != Run::none) {
      forget([](const Asked& a) { return a.run == Run::answered; });
    }
    for (Asked& a : asked) {
      if (a.run != Run::none) continue;
      a = {.digest = half(e),
           .slot = e.command,
           .verb = e.verb,
           .run = Run::pending,
           .early = static_cast<std::uint8_t>(phase != Phase::settled ? 1 : 0)};
      return;
    }
    lose_sight();  // more than can be told apart
  }

  constexpr Outcome complete(const trace::Event& e, bool leases) {
    Asked* const a =
        first([&](const Asked& a) { return a.slot == e.command && a.run != Run::answered; });
    if (a == nullptr) return not_concerned;
    const bool never = is_unseen(*a) && e.status == trace::Status::ok && has_effect(a->verb) &&
                       stranger == 0 && leases;
    if (a->run == Run::seen) {
      a->run = Run::answered;
    } else {
      forget(
          [a = *a](const Asked& each) { return each.slot == a.slot && each.run != Run::answered; });
    }
    return never ? violated("a command is answered with OK and was never run") : not_concerned;
  }
};

}  // namespace sallyport::properties
