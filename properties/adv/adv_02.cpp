// ADV-02: what isn't offered isn't started.
#include "properties/offers.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;
using trace::Mechanism;

struct Adv02 {
  struct Session {
    Offers offers;
    std::uint32_t started = 0;  // an exchange was judged at its first challenge already
  };
  using State = PerSession<Session>;

  static Outcome step(State& state, const trace::Event& e) {
    Session* const s = state.find(e.session);
    if (s == nullptr || e.point != trace::Point::client) return not_concerned;
    s->offers.step(e);
    if (e.kind == Kind::opened) s->started = 0;
    const bool ends = e.kind == Kind::completion;
    if (!ends && e.kind != Kind::continuation) return not_concerned;
    if (e.mechanism == Mechanism::none || e.mechanism == Mechanism::apop) return not_concerned;
    const bool judged = s->started != 0;
    s->started = ends ? 0 : 1;
    const trace::MechanismSet offered = s->offers.offered();
    if (judged || !s->offers.decided(e.protocol) || offered.has(e.mechanism) ||
        (e.mechanism == Mechanism::other && offered.has(Mechanism::other))) {
      return not_concerned;
    }
    if (!ends || e.status == trace::Status::ok) {
      return violated("a mechanism that no list offers was started");
    }
    return upheld;
  }
};

}  // namespace

extern const Property adv_02 = make_property<Adv02>(
    {.id = "ADV-02",
     .statement = "A mechanism that is not offered at the time is never started.",
     .kind = PropertyKind::safety,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "RFC 3501 §6.2.2"});

}  // namespace sallyport::properties
