// SEC-02: a failed login tells nothing. Two runs of one script, with a wrong password in the one
// where the other has a user who isn't there, look the same; and no back-end's words are in it.
#include <algorithm>
#include <utility>

#include "properties/sec/failed_logins.hpp"

namespace sallyport::properties {
namespace {

struct Sec02 {
  struct State {
    PerSession<FailedLogins> sessions;
    Words words;
    std::uint64_t failed = 0;  // a failure was there: from then on the runs may differ by it
  };

  static Outcome step(State& state, const trace::Event& e) {
    state.words.step(e);
    if (e.kind == trace::Kind::failure) state.failed = 1;
    FailedLogins* const s = state.sessions.find(e.session);
    if (s != nullptr && e.point == trace::Point::client) s->step(e);
    return not_concerned;
  }

  static Outcome compare(State& first, State& second) {
    using Agreement = FailedLogins::Agreement;
    const bool copied =
        (std::exchange(first.words.copied, 0) | std::exchange(second.words.copied, 0)) != 0;
    auto worst = Agreement::undecided;
    for (std::uint16_t s = 0; s < max_sessions; ++s) {
      worst =
          std::max(worst, FailedLogins::settle(*first.sessions.find(s), *second.sessions.find(s)));
    }
    if ((first.failed | second.failed) != 0) {
      first.failed = second.failed = 1;
      worst = Agreement::undecided;
    }
    if (worst == Agreement::different) {
      return violated("a user who isn't there is told from a wrong password");
    }
    if (copied) return violated("a back-end's words on a failed login reach the client");
    return worst == Agreement::equal ? upheld : not_concerned;
  }
};

}  // namespace

extern const Property sec_02 = make_property<Sec02>(
    {.id = "SEC-02",
     .statement = "A failed login looks the same whether the user isn't there or the password is "
                  "wrong, and shows nothing of a back-end's words.",
     .kind = PropertyKind::two_safety,
     .severity = Severity::medium,
     .needs = Needs::client_wire,
     .source = "RFC 5530 §3, Dovecot f30577ff7c",
     .variation = trace::Variation::unknown_user});

}  // namespace sallyport::properties
