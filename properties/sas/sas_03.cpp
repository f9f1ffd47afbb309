// SAS-03: what isn't base64 is nobody's message. The front-end fails the exchange itself, before
// any back-end or verifier has to make something of it.
#include <utility>

#include "properties/credentials.hpp"
#include "properties/leases.hpp"
#include "properties/sas/messages.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Sas03 {
  struct State {
    PerLink<Leased> links;
    PerSession<std::uint8_t> invalid;  // its last message was no base64, and isn't answered
    std::uint32_t unused = 0;
  };

  static Outcome passed_on(State& state, const trace::Event& e) {
    const std::uint8_t* const s = state.invalid.find(holder(state.links, e));
    return s != nullptr && *s != 0 && carries_credential(e)
               ? violated("a message that is no base64 goes on to a back-end")
               : not_concerned;
  }

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    if (e.point == trace::Point::backend) return passed_on(state, e);
    std::uint8_t* const s =
        e.point == trace::Point::client ? state.invalid.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    if (is_message(e) && e.blob == trace::Blob::invalid) *s = 1;
    const bool over = e.kind == Kind::opened || e.kind == Kind::closed;
    const bool answer =
        of_exchange(e) && (e.kind == Kind::continuation || e.kind == Kind::completion);
    if ((!over && !answer && e.kind != Kind::bye) || std::exchange(*s, 0) == 0 || over) {
      return not_concerned;
    }
    if (e.kind == Kind::continuation) return violated("an exchange goes on behind no base64");
    return e.status == trace::Status::ok ? violated("a message that is no base64 is accepted")
                                         : upheld;
  }
};

}  // namespace

extern const Property sas_03 = make_property<Sas03>(
    {.id = "SAS-03",
     .statement = "A message that is not strict base64 fails its exchange, and nothing of it goes "
                  "to a back-end.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "RFC 3501 §6.2.2, RFC 4648 §3.3, Dovecot c1c53885bd"});

}  // namespace sallyport::properties
