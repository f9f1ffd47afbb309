// ISO-04: an answer reaches whoever asked. A line at a client that has just come back for another
// session, and hasn't come back for this one, went astray.
#include "properties/iso/answers_seen.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Iso04 {
  struct State {
    PerLink<AnswersSeen> links;
    PerSession<std::uint64_t> in_flight;
  };

  static Outcome judge(const PerLink<AnswersSeen>& links, const trace::Event& e) {
    bool others = false;  // leases: then there is somebody to be confused with
    bool astray = false;
    for (const AnswersSeen& link : links.slots) {
      if (link.reader == e.session && link.may_have(e.digest)) {
        for (const AnswersSeen& other : links.slots) {
          others = others || (other.holder != trace::no_session && other.holder != e.session);
        }
        return others ? upheld : not_concerned;
      }
      astray = astray || (link.reader != e.session && link.has_just(e.digest));
    }
    return astray ? violated("an answer reaches a session that didn't ask for it") : not_concerned;
  }

  static Outcome step(State& state, const trace::Event& e) {
    follow_leases(state.links, e);
    AnswersSeen* const link = e.point == trace::Point::backend ? state.links.find(e.link) : nullptr;
    if (link != nullptr && e.kind == Kind::opened) link->forget();
    if (link != nullptr && answers_from_behind(e)) link->add(e.digest);
    if (e.kind == Kind::quiescent) forget_what_is_told(state.links, state.in_flight);
    std::uint64_t* const own =
        e.point == trace::Point::client ? state.in_flight.find(e.session) : nullptr;
    if (own == nullptr) return not_concerned;
    follow_client(state.links, *own, e);
    return answers_from_behind(e) ? judge(state.links, e) : not_concerned;
  }
};

}  // namespace

extern const Property iso_04 = make_property<Iso04>(
    {.id = "ISO-04",
     .statement = "What a back-end answers reaches the session that asked, and no other.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "RFC 3501 §2.2.1"});

}  // namespace sallyport::properties
