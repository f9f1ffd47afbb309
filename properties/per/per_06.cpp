// PER-06: a connection from the pool serves only a login that equals in everything the one it was
// logged in by. Whatever a pool's key leaves out, somebody can be confused by.
#include "properties/per/key.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Per06 {
  struct State {
    PerLink<Keyed> links;
    PerSession<Claim> claims;
  };

  static void follow_backend(State& state, Keyed& link, const trace::Event& e) {
    if (e.kind == Kind::opened || e.kind == Kind::closed) link.forget();
    if (!logs_in(e)) return;
    const Claim* const claim = state.claims.find(static_cast<trace::SessionId>(link.holder));
    link.take(claim != nullptr ? *claim : Claim{});
  }

  /// A client is told that it is logged in.
  static Outcome judge(const PerLink<Keyed>& links, const Claim& claim, const trace::Event& e) {
    const Keyed* const reused = reused_for(links, e);
    if (reused == nullptr || claim.blurred != 0 || claim.who() == 0) return not_concerned;
    const std::string_view difference = reused->difference(claim);
    return difference.empty() ? upheld : violated(difference);
  }

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    Keyed* const link = state.links.find(e.link);
    if (link != nullptr && e.kind == Kind::lease) link->fresh = 0;
    if (link != nullptr && e.point == trace::Point::backend) follow_backend(state, *link, e);
    Claim* const claim = e.point == trace::Point::client ? state.claims.find(e.session) : nullptr;
    if (claim == nullptr) return not_concerned;
    const Outcome outcome = logs_in(e) ? judge(state.links, *claim, e) : not_concerned;
    claim->step(e);
    return outcome;
  }
};

}  // namespace

extern const Property per_06 = make_property<Per06>(
    {.id = "PER-06",
     .statement = "A pooled connection serves only a login that equals in user, authenticated "
                  "party, secret, mechanism and TLS the one that logged it in.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::inside,
     .source = "CVE-2014-0138, CVE-2022-22576, CVE-2022-27782"});

}  // namespace sallyport::properties
