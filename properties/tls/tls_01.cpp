// TLS-01: what a client sent in plaintext behind STARTTLS has no effect behind the handshake. Two
// runs that differ in such octets alone hear the same from there on, or the second one is hung up.
#include <algorithm>

#include "properties/tls/heard.hpp"

namespace sallyport::properties {
namespace {

struct Tls01 {
  using State = PerSession<Heard>;

  static Outcome step(State& state, const trace::Event& e) {
    Heard* const s = state.find(e.session);
    if (s == nullptr) return not_concerned;
    if (e.kind == trace::Kind::failure) s->excused = 1;
    if (e.point == trace::Point::client) s->step(e);
    return not_concerned;
  }

  static Outcome compare(State& first, State& second) {
    auto worst = Heard::Agreement::undecided;
    for (std::uint16_t s = 0; s < max_sessions; ++s) {
      worst = std::max(worst, Heard::settle(*first.find(s), *second.find(s)));
    }
    if (worst == Heard::Agreement::undecided) return not_concerned;
    return worst == Heard::Agreement::equal
               ? upheld
               : violated("plaintext in front of TLS has effect behind it");
  }
};

}  // namespace

extern const Property tls_01 = make_property<Tls01>(
    {.id = "TLS-01",
     .statement =
         "What a client sent in plaintext behind STARTTLS or STLS has no effect under TLS.",
     .kind = PropertyKind::two_safety,
     .severity = Severity::high,
     .needs = Needs::client_wire,
     .source = "CVE-2011-0411",
     .variation = trace::Variation::plaintext_before_tls});

}  // namespace sallyport::properties
