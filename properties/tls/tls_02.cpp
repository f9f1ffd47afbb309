// TLS-02: what came from a back-end in plaintext behind its OK to STARTTLS has no effect behind the
// handshake. Nobody is logged in by it, and nothing of it is passed on.
#include <algorithm>

#include "properties/leases.hpp"
#include "properties/tls/answers.hpp"

namespace sallyport::properties {
namespace {

struct Tls02 {
  struct State {
    PerLink<Owned> links;
    PerSession<Answers> sessions;
    std::uint64_t tls = 0;  // with any back-end, so far
  };

  static Outcome step(State& state, const trace::Event& e) {
    follow_owners(state.links, e);
    const bool backend = e.point == trace::Point::backend;
    if (backend && e.kind == trace::Kind::tls) state.tls = 1;
    Answers* const s = state.sessions.find(backend ? holder(state.links, e) : e.session);
    if (s == nullptr) return not_concerned;
    const Owned* const k = state.links.find(e.link);
    const bool pooled = e.kind == trace::Kind::lease && k != nullptr && k->user != 0;
    if (pooled || (backend && logs_in(e))) s->evidence = 1;
    if (e.point == trace::Point::client) s->step(e);
    return not_concerned;
  }

  static Outcome compare(State& first, State& second) {
    using Agreement = Answers::Agreement;
    auto worst = Agreement::undecided;
    for (std::uint16_t s = 0; s < max_sessions; ++s) {
      worst = std::max(worst, Answers::settle(*first.sessions.find(s), *second.sessions.find(s)));
    }
    if (worst == Agreement::undecided || first.tls == 0) return not_concerned;
    if (worst == Agreement::equal) return upheld;
    return worst == Agreement::logged_in
               ? violated("a login is accepted on octets from in front of TLS")
               : violated("a client is told what came from in front of TLS");
  }
};

}  // namespace

extern const Property tls_02 = make_property<Tls02>(
    {.id = "TLS-02",
     .statement = "What a back-end's connection carried in plaintext behind the OK to STARTTLS or "
                  "STLS has no effect under TLS.",
     .kind = PropertyKind::two_safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "CVE-2021-22947, CVE-2021-38371",
     .variation = trace::Variation::backend_before_tls});

}  // namespace sallyport::properties
