// STM-07: where a back-end sends the front-end is no place for a client. Nor is a client that
// failed to log in told where else it might try (RFC 2221 §4.1).
#include "properties/leases.hpp"

namespace sallyport::properties {
namespace {

using trace::Code;
using trace::Kind;

struct Stm07 {
  struct State {
    PerLink<Leased> links;
    PerSession<std::uint8_t> referred;  // by a back-end, while it served the session
    std::uint32_t unused = 0;
  };

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    if (e.point == trace::Point::backend && e.code == Code::referral) {
      std::uint8_t* const s = state.referred.find(holder(state.links, e));
      if (s != nullptr) *s = 1;
    }
    std::uint8_t* const s =
        e.point == trace::Point::client ? state.referred.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *s = 0;
    const bool referral = e.code == Code::referral;
    const bool completed = e.kind == Kind::completion;
    if (referral && completed && authenticates(e) && e.status != trace::Status::ok) {
      return violated("a client that failed to log in is referred to another server");
    }
    if (*s == 0) return not_concerned;
    if (referral) return violated("a back-end's referral is passed on to a client");
    return completed ? upheld : not_concerned;
  }
};

}  // namespace

extern const Property stm_07 = make_property<Stm07>(
    {.id = "STM-07",
     .statement = "No client is referred to another server by what a back-end said, or after an "
                  "authentication that failed.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::backend_wire,
     .applies = Applies::imap,
     .source = "RFC 2221 §6, RFC 2193"});

}  // namespace sallyport::properties
