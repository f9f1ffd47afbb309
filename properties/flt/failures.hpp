// Which logins are in doubt because something failed behind the front-end: FLT-01's state.
#pragma once

#include "properties/doubts.hpp"
#include "properties/flt/wreck.hpp"

namespace sallyport::properties {

struct Failures {
  PerLink<Wreck> links;
  PerSession<Doubt> sessions;

  /// Follows what happens behind the front-end.
  constexpr void follow(const trace::Event& e) {
    using trace::Kind;
    follow_leases(links, e);
    Wreck* const k = links.find(e.link);
    const auto whose = e.session != trace::no_session ? e.session : holder(links, e);
    Doubt* const s = sessions.find(whose);
    if (k != nullptr) k->step(e);
    if (e.kind == Kind::failure) fail(e, s);
    if (s == nullptr || k == nullptr) return;
    const bool lease = e.kind == Kind::lease;
    if (lease && k->failed != 0) s->raise();
    if (lease && k->failed == 0 && k->accepted != 0) s->rely();
    if (e.point == trace::Point::backend && logs_in(e)) s->accept();
  }

 private:
  constexpr void fail(const trace::Event& e, Doubt* s) {
    using Raised = Doubt::Raised;
    const bool of_connection = e.link != trace::no_link;
    if (s != nullptr) {
      s->raise(of_connection ? Raised::of_connection : Raised::of_verifier);
    } else if (e.session == trace::no_session && !of_connection) {
      for (Doubt& each : sessions.slots) each.raise(Raised::of_anything);
    }
  }
};

}  // namespace sallyport::properties
