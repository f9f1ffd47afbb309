// PER-06: a connection from the pool serves only a login that equals in everything the one it was
// logged in by. Whatever a pool's key leaves out, somebody can be confused by.
#include "properties/per/key.hpp"
#include "properties/stm/states.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Per06 {
  using State = Pool;

  static Outcome follow_backend(State& state, Keyed& link, const trace::Event& e) {
    const auto session = static_cast<trace::SessionId>(link.holder);
    link.step(e, state.claims.find(session));
    const bool serves = e.kind == Kind::command && reaches_a_mailbox(e);
    return serves ? link.judge(state.take_admitted(session)) : not_concerned;
  }

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    Keyed* const link = state.links.find(e.link);
    if (link != nullptr && e.kind == Kind::lease) link->key.fresh = 0;
    if (link != nullptr && e.point == trace::Point::backend) return follow_backend(state, *link, e);
    Claim* const claim = e.point == trace::Point::client ? state.claims.find(e.session) : nullptr;
    if (claim == nullptr) return not_concerned;
    const Key key = Key::of(*claim);
    state.step(*claim, e);
    const Keyed* const reused = logs_in(e) ? state.reused_for(e.session) : nullptr;
    return reused != nullptr ? reused->judge(key) : not_concerned;
  }
};

}  // namespace

extern const Property per_06 = make_property<Per06>(
    {.id = "PER-06",
     .statement = "A pooled connection serves only a login that equals in user, authenticated "
                  "party, secret, mechanism and TLS the one that logged it in.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "CVE-2014-0138, CVE-2022-22576, CVE-2022-27782"});

}  // namespace sallyport::properties
