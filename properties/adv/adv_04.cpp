// ADV-04: who reuses connections offers nothing that is bound to one of them, or to a nonce of
// somebody else's. The classes are a table, trace/persistence.hpp; what the front-end verifies by
// itself is its policy's word, and a back-end's challenge at a client shows the opposite.
#include "properties/adv/relay_terms.hpp"
#include "properties/challenge.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Adv04 {
  struct State {
    RelayTerms general;  // of sessions that have none of their own
    PerSession<RelayTerms> own;
  };

  static Outcome step(State& state, const trace::Event& e) {
    RelayTerms* const own = state.own.find(e.session);
    if (e.kind == Kind::policy) {
      if (own != nullptr) *own = RelayTerms::of(e);
      if (e.session == trace::no_session) state = {.general = RelayTerms::of(e), .own = {}};
    }
    if (e.point != trace::Point::client || own == nullptr) return not_concerned;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *own = {};
    const RelayTerms& terms = own->known != 0 ? *own : state.general;
    if (terms.known == 0) return not_concerned;
    if (e.kind == Kind::offer) {
      if (!terms.unkept(e.mechanisms).empty()) {
        return violated("a list offers what is bound to a connection, a nonce or a channel");
      }
      return RelayTerms::bound(e.mechanisms).empty() ? not_concerned : upheld;
    }
    if (!challenges(e) || terms.pinned != 0) return not_concerned;
    return e.link == trace::no_link ? upheld : violated("a client is given a back-end's challenge");
  }
};

}  // namespace

extern const Property adv_04 = make_property<Adv04>(
    {.id = "ADV-04",
     .statement = "A front-end that reuses connections offers a mechanism only if its credential "
                  "can be replayed, or if it verifies the proof itself.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::inside,
     .source = "CVE-2015-3148"});

}  // namespace sallyport::properties
