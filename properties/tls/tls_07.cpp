// TLS-07: a -PLUS mechanism binds the proof to the client's own TLS channel. So it means nothing
// without TLS, a proof for another channel is a relayed one, and a front-end can't relay it either.
#include "properties/leases.hpp"
#include "properties/tls/binding.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Tls07 {
  struct State {
    PerLink<Leased> links;
    PerSession<Binding> sessions;
  };

  static Outcome completed(Binding& s, const trace::Event& e) {
    const bool known = s.is_known();
    const bool right = s.take_right();
    if (!known || !bound_to_channel.has(e.mechanism)) return not_concerned;
    if (logs_in(e)) return right ? upheld : violated("a proof for another channel is accepted");
    return right ? not_concerned : upheld;
  }

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    if (e.point == trace::Point::backend) {
      const Binding* const s = state.sessions.find(holder(state.links, e));
      const bool relayed = s != nullptr && asks(e) && authenticates(e) &&
                           bound_to_channel.has(e.mechanism) && s->mechanism == e.mechanism;
      return relayed ? violated("a mechanism bound to the client's channel is relayed")
                     : not_concerned;
    }
    Binding* const s = e.point == trace::Point::client ? state.sessions.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    s->step(e);
    if (e.kind == Kind::completion && authenticates(e)) return completed(*s, e);
    const bool offered = e.kind == Kind::offer && !(e.mechanisms & bound_to_channel).empty();
    return offered && s->channel == Channel::clear
               ? violated("a mechanism bound to TLS is offered without TLS")
               : not_concerned;
  }
};

}  // namespace

extern const Property tls_07 = make_property<Tls07>(
    {.id = "TLS-07",
     .statement = "A -PLUS mechanism is offered and completed only under TLS, with a proof that is "
                  "bound to the client's own channel, and is never relayed.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "RFC 5802 §6, RFC 5929"});

}  // namespace sallyport::properties
