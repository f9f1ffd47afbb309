// How back-ends received the front-end, and the logins that depend on it: what STM-06 knows.
#pragma once

#include <algorithm>

#include "properties/doubts.hpp"
#include "properties/leases.hpp"

namespace sallyport::properties {

struct Reception : Leased {
  std::uint8_t preauth = 0;
  std::uint8_t turned_away = 0;  // PREAUTH or BYE where a login was due
  std::uint8_t accepted = 0;     // a login, in spite of it
  std::uint8_t unused[5] = {};

  /// The connection is no ground for telling a client OK.
  [[nodiscard]] constexpr bool is_no_login() const { return turned_away != 0 && accepted == 0; }

  /// Follows one event of the back-end's wire.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *this = {{holder}};
    const bool greets = e.kind == Kind::greeting;
    if (greets && e.status == trace::Status::preauth) preauth = turned_away = 1;
    const bool bye = e.kind == Kind::bye || (greets && e.status == trace::Status::bye);
    if (bye && accepted == 0) turned_away = 1;
    if (logs_in(e)) accepted = 1;
  }
};

struct Receptions {
  PerLink<Reception> links;
  PerSession<Doubt> sessions;
  std::uint64_t behind = 0;  // sessions in whose login a connection ended that had said PREAUTH

  /// Follows what happens behind the front-end.
  constexpr void follow(const trace::Event& e) {
    using trace::Kind;
    follow_leases(links, e);
    Reception* const k = links.find(e.link);
    const bool leased = e.kind == Kind::lease;
    if (k == nullptr || (e.point != trace::Point::backend && !leased)) return;
    if (k->preauth != 0 && e.kind == Kind::closed) remember();
    const bool before = k->is_no_login();
    if (!leased) k->step(e);
    Doubt* const s = sessions.find(holder(links, e));
    if (s == nullptr) return;
    if (k->is_no_login() && (leased || !before)) s->raise();
    if (logs_in(e)) s->accept();
    if (leased && k->accepted != 0) s->rely();
  }

  /// A front-end may end its connection before it hands on what came over it.
  [[nodiscard]] constexpr bool any_preauth(trace::SessionId s) const {
    const auto said = [](const Reception& link) { return link.preauth != 0; };
    return (behind >> s & 1U) != 0 || std::ranges::any_of(links.slots, said);
  }
  /// `s` has no login any more that could be answered so.
  constexpr void forget(trace::SessionId s) {
    if (!sessions.find(s)->logins.any()) behind &= ~(std::uint64_t{1} << s);
  }

 private:
  constexpr void remember() {
    for (std::size_t s = 0; s < sessions.slots.size(); ++s) {
      if (sessions.slots[s].logins.any()) behind |= std::uint64_t{1} << s;
    }
  }
};

}  // namespace sallyport::properties
