// SAS-07: messages have an order. One that can't be the first isn't taken as the first; the
// server's final one, which proves that it knows the user, comes last, is this exchange's own, and
// means that the client is in.
#include "properties/property.hpp"
#include "properties/sas/order.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Sas07 {
  using State = PerSession<Order>;

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::quiescent) return at_rest(state);
    Order* const s = state.find(e.session);
    if (e.kind == Kind::failure) {  // one that names no session may concern any of them
      for (Order& each : state.slots) {
        if (e.session == trace::no_session || &each == s) excuse(each);
      }
    }
    if (s == nullptr || e.point != trace::Point::client) return not_concerned;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *s = Order::begun;
    if (*s == Order::suspected && said_by_server(e)) {
      *s = Order::going_on;
      return in_vain;
    }
    if (is_message(e)) hear(*s, e);
    if (!of_exchange(e)) return not_concerned;
    if (e.kind == Kind::continuation) return challenged(*s, e);
    return e.kind == Kind::completion ? completed(*s, e) : not_concerned;
  }
};

}  // namespace

extern const Property sas_07 = make_property<Sas07>(
    {.id = "SAS-07",
     .statement = "A message out of its order fails the exchange, and a server's final message is "
                  "fresh and stands only before success.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "MS-OXIMAP4 §3.2.5.1, RFC 5802 §5, Dovecot 7215785803"});

}  // namespace sallyport::properties
