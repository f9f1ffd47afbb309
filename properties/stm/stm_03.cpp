// STM-03: once only. A session that is logged in accepts no further authentication, whoever it
// would be for.
#include "properties/identity.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Stm03 {
  using State = PerSession<std::uint8_t>;  // the session is logged in

  static Outcome step(State& state, const trace::Event& e) {
    std::uint8_t* const s = e.point == trace::Point::client ? state.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    if (e.kind == Kind::opened || e.kind == Kind::closed || e.kind == Kind::bye) *s = 0;
    if (e.kind == Kind::greeting && e.status == trace::Status::preauth) *s = 1;
    if (e.kind != Kind::completion || !authenticates(e)) return not_concerned;
    const bool was_logged_in = *s != 0;
    if (logs_in(e)) *s = 1;
    if (!was_logged_in) return not_concerned;
    return logs_in(e) ? violated("a session that is logged in is logged in again") : upheld;
  }
};

}  // namespace

extern const Property stm_03 = make_property<Stm03>(
    {.id = "STM-03",
     .statement = "A session that is logged in accepts no further authentication.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "RFC 3501 §6.2, RFC 5034 §4"});

}  // namespace sallyport::properties
