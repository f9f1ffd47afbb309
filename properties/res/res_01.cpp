// RES-01: what a client that hasn't logged in can make the front-end hold has an end, whatever it
// sends: a line without end, parentheses, literals.
#include "properties/identity.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Res01 {
  struct State {
    std::uint32_t octets_max = 0;
    std::uint32_t known = 0;
    PerSession<std::uint8_t> logged_in;
  };

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::limit && e.limit == trace::Limit::held_octets) {
      state.octets_max = e.amount;
      state.known = 1;
    }
    std::uint8_t* const s = state.logged_in.find(e.session);
    if (s == nullptr) return not_concerned;
    if (e.point == trace::Point::client) {
      if (e.kind == Kind::opened || e.kind == Kind::closed) *s = 0;
      if (logs_in(e)) *s = 1;
      if (e.kind == Kind::greeting && e.status == trace::Status::preauth) *s = 1;
    }
    if (e.kind != Kind::held || state.known == 0 || *s != 0 || e.amount == 0) return not_concerned;
    return e.amount <= state.octets_max
               ? upheld
               : violated("more is held for a session than it may cost before login");
  }
};

}  // namespace

extern const Property res_01 = make_property<Res01>(
    {.id = "RES-01",
     .statement = "What is held for a session before its login stays within the configured limit.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::inside,
     .source = "CVE-2024-34055, CVE-2026-27857"});

}  // namespace sallyport::properties
