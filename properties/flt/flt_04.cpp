// FLT-04: a back-end that doesn't keep to its protocol is a back-end that failed. It gets no
// credential and logs nobody in; and from one that does, only what both sides know is asked.
#include "properties/doubts.hpp"
#include "properties/flt/trust.hpp"

namespace sallyport::properties {
namespace {

using Amiss = Trust::Amiss;

struct Flt04 {
  struct State {
    PerLink<Trust> links;
    PerSession<Doubt> sessions;
    trace::MechanismSet allowed;  // towards back-ends; empty: not known
    std::uint32_t unused = 0;
  };

  static Outcome of_backend(State& state, Trust& k, const trace::Event& e) {
    const Amiss before = k.amiss;
    if (e.kind != trace::Kind::lease) k.step(e);
    if (Doubt* const s = state.sessions.find(holder(state.links, e)); s != nullptr) {
      const bool lease = e.kind == trace::Kind::lease;
      if (k.amiss != Amiss::nothing && (lease || k.amiss != before)) s->raise();
      if (k.amiss == Amiss::nothing && lease && k.accepted != 0) s->rely();
      if (k.amiss == Amiss::nothing && logs_in(e)) s->accept();
    }
    if (before == Amiss::words && carries_credential(e)) {
      return violated("a credential goes to a back-end that doesn't keep to its protocol");
    }
    return begins_mechanism(e) ? judged(k, state.allowed, e.mechanism) : not_concerned;
  }

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    const bool general = e.kind == trace::Kind::policy && e.session == trace::no_session;
    if (general) state.allowed = e.to_backends;
    Trust* const k = state.links.find(e.link);
    const bool behind = e.kind == trace::Kind::lease || e.point == trace::Point::backend;
    if (k != nullptr && behind) return of_backend(state, *k, e);
    Doubt* const s = e.point == trace::Point::client ? state.sessions.find(e.session) : nullptr;
    const Doubt::End end = s == nullptr ? Doubt::End::none : s->step(e);
    if (end == Doubt::End::none) return not_concerned;
    return end == Doubt::End::settled ? upheld : violated("a garbled login is taken for accepted");
  }
};

}  // namespace

extern const Property flt_04 = make_property<Flt04>(
    {.id = "FLT-04",
     .statement = "A back-end that breaks its protocol during a login gets no credential and logs "
                  "nobody in, and no mechanism is begun but one that it shows.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::backend_wire,
     .source = "Dovecot 27d50b3aa1, Cyrus #1031 and #1075"});

}  // namespace sallyport::properties
