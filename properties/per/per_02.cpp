// PER-02: a back-end authentication exchange stays on one connection, exclusively.
#include "properties/leases.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;
using trace::Verb;

struct Per02 {
  struct State {
    Leases leases;
    PerLink<std::uint64_t> exchange_of;     // the session whose exchange is open on it, plus one
    PerSession<std::uint64_t> exchange_on;  // the connection that its exchange is open on, plus one
  };

  static void end_exchange(State& state, trace::LinkId k) {
    std::uint64_t& session = *state.exchange_of.find(k);
    if (session != 0) {
      std::uint64_t* const on = state.exchange_on.find(static_cast<std::uint16_t>(session - 1));
      if (on != nullptr && *on == std::uint64_t{k} + 1) *on = 0;
    }
    session = 0;
  }

  static Outcome step(State& state, const trace::Event& e) {
    state.leases.step(e);
    if (e.kind == Kind::opened && e.point == trace::Point::client) {
      if (std::uint64_t* const on = state.exchange_on.find(e.session)) *on = 0;
    }
    std::uint64_t* const exchange = state.exchange_of.find(e.link);
    if (e.point != trace::Point::backend || exchange == nullptr) return not_concerned;
    if (e.kind == Kind::closed || e.kind == Kind::opened) end_exchange(state, e.link);
    const bool begins = authenticates(e) || e.verb == Verb::user;
    if (e.kind == Kind::completion && begins && *exchange != 0 &&
        (e.verb != Verb::user || e.status != trace::Status::ok)) {
      end_exchange(state, e.link);
      return upheld;
    }
    const bool speaks = e.kind == Kind::command || e.kind == Kind::response ||
                        (e.kind == Kind::malformed && !e.from_server);
    const trace::SessionId s = state.leases.holder(e);
    std::uint64_t* const on = state.exchange_on.find(s);
    if (!speaks || on == nullptr) return not_concerned;
    const std::uint64_t here = std::uint64_t{e.link} + 1;
    if (*on != 0 && *on != here) {
      *on = 0;
      return violated("an exchange goes on over another connection than it began on");
    }
    if (*exchange != 0 && *exchange != std::uint64_t{s} + 1) {
      return violated("a connection with an exchange under way is used for another session");
    }
    if (e.kind == Kind::command && begins) {
      *exchange = std::uint64_t{s} + 1;
      *on = here;
    }
    return not_concerned;
  }
};

}  // namespace

extern const Property per_02 = make_property<Per02>(
    {.id = "PER-02",
     .statement = "An authentication exchange with a back-end stays on one connection, and has it "
                  "alone, from its first octet to its outcome.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "MS-NLMP §1.3.1, RFC 4422 §3"});

}  // namespace sallyport::properties
