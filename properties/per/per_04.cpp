// PER-04: TCP is a stream. Two runs of one script that differ in how the clients' octets were cut
// into packets say the same to every client.
#include <utility>

#include "properties/direction.hpp"
#include "properties/property.hpp"
#include "properties/said.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Per04 {
  using State = PerSession<std::uint64_t>;  // what was said since the last comparison

  static Outcome step(State& state, const trace::Event& e) {
    std::uint64_t* const said = e.point == trace::Point::client ? state.find(e.session) : nullptr;
    if (said == nullptr) return not_concerned;
    const bool hung_up = e.kind == Kind::closed && e.from_server;
    if (said_by_server(e) || hung_up) mix(*said, e);
    return not_concerned;
  }

  static Outcome compare(State& first, State& second) {
    bool spoken = false;
    bool equal = true;
    for (std::uint16_t s = 0; s < max_sessions; ++s) {
      const std::uint64_t a = std::exchange(*first.find(s), 0);
      const std::uint64_t b = std::exchange(*second.find(s), 0);
      spoken = spoken || (a | b) != 0;
      equal = equal && a == b;
    }
    if (!equal) return violated("how a client's octets are cut decides what it is answered");
    return spoken ? upheld : not_concerned;
  }
};

}  // namespace

extern const Property per_04 = make_property<Per04>(
    {.id = "PER-04",
     .statement = "What a client is answered doesn't depend on how its octets were cut into "
                  "packets.",
     .kind = PropertyKind::two_safety,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "Dovecot 581bea0f68, RFC 9293 §3.8",
     .variation = trace::Variation::segmentation});

}  // namespace sallyport::properties
