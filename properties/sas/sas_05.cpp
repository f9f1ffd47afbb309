// SAS-05: what PLAIN says is what counts. Its message has two NULs and no more, whoever acts for
// another may, and the back-end logs in whom the client meant.
#include <utility>

#include "properties/sas/plain.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Sas05 {
  struct State {
    Accounts accounts;
    PerLink<Owned> links;
    PerSession<Said> said;
    std::uint32_t unused = 0;
  };

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::account) state.accounts.add(e);
    follow_owners(state.links, e);
    Said* const s = e.point == trace::Point::client ? state.said.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *s = Said::nothing_wrong;
    if (is_message(e) && *s == Said::nothing_wrong) *s = said(e, state.accounts);
    if (e.kind != Kind::completion || !of_exchange(e)) return not_concerned;
    return completed(std::exchange(*s, Said::nothing_wrong), e,
                     user_behind(state.links, e.session));
  }
};

}  // namespace

extern const Property sas_05 = make_property<Sas05>(
    {.id = "SAS-05",
     .statement = "PLAIN is accepted only with exactly its three parts, for a user whom the "
                  "client may act for, and as the same user at the back-end.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "RFC 4616 §2"});

}  // namespace sallyport::properties
