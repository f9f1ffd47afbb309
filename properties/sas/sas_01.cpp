// SAS-01: "*" ends an exchange. What the server says next about it is a failure. That it says so
// once is for RSP-01 to judge, that nothing is left behind for STM-05.
#include <utility>

#include "properties/property.hpp"
#include "properties/sas/messages.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Sas01 {
  using State = PerSession<std::uint8_t>;  // the client has cancelled, and waits for the answer

  static Outcome at_rest(State& state) {
    bool waits = false;
    for (std::uint8_t& s : state.slots) waits = std::exchange(s, 0) != 0 || waits;
    return waits ? violated("a cancelled exchange is never answered") : not_concerned;
  }

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::quiescent) return at_rest(state);
    std::uint8_t* const s = e.point == trace::Point::client ? state.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    if (e.kind == Kind::response && of_exchange(e)) *s = e.blob == trace::Blob::cancel ? 1 : 0;
    const bool over = e.kind == Kind::opened || e.kind == Kind::closed || e.kind == Kind::bye;
    const bool answer = e.kind == Kind::continuation || ends_exchange(e);
    if ((!over && !answer) || std::exchange(*s, 0) == 0 || over) return not_concerned;
    if (e.kind == Kind::continuation) return violated("a cancelled exchange goes on");
    return e.status == trace::Status::ok ? violated("a cancelled exchange is accepted") : upheld;
  }
};

}  // namespace

extern const Property sas_01 = make_property<Sas01>(
    {.id = "SAS-01",
     .statement = "An exchange that the client cancels ends in a failure, and in nothing else.",
     .kind = PropertyKind::liveness,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "RFC 3501 §6.2.2, RFC 5034 §4"});

}  // namespace sallyport::properties
