// ISO-02: what belongs to one user doesn't show at another. Two runs of one script in which a
// user's password and mail differ are the same for every client that didn't present that user.
#include <algorithm>

#include "properties/iso/output.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Iso02 {
  struct State {
    PerSession<Output> sessions;
    std::uint64_t user = 0;   // whose secrets vary: the first account that the driver tells
    std::uint64_t shown = 0;  // somebody has presented that user, so that there is a secret in play
  };

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::account && state.user == 0) state.user = identity_of(e.user);
    if (e.kind == Kind::failure) excuse(state.sessions, e);
    if (e.point != trace::Point::client) return not_concerned;
    if (Output::presents(state.user, e)) state.shown = 1;
    if (Output* const s = state.sessions.find(e.session); s != nullptr) s->step(state.user, e);
    return not_concerned;
  }

  static Outcome compare(State& first, State& second) {
    auto worst = Output::Agreement::undecided;
    for (std::uint16_t s = 0; s < max_sessions; ++s) {
      worst = std::max(worst, Output::settle(*first.sessions.find(s), *second.sessions.find(s)));
    }
    if (first.user == 0 || worst == Output::Agreement::undecided) return not_concerned;
    if (worst == Output::Agreement::different) {
      return violated("what a client is told depends on another user's password or mail");
    }
    return first.shown != 0 ? upheld : not_concerned;
  }
};

}  // namespace

extern const Property iso_02 = make_property<Iso02>(
    {.id = "ISO-02",
     .statement =
         "What a client is told doesn't depend on the password or the mail of another user.",
     .kind = PropertyKind::two_safety,
     .severity = Severity::high,
     .needs = Needs::client_wire,
     .source = "CVE-2020-24386",
     .variation = trace::Variation::other_users_secrets});

}  // namespace sallyport::properties
