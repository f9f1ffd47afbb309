// STM-04: who is served has completed an exchange that his own account allows. That is asked at the
// login, of its mechanism, and where a session names a user and is served without any login.
#include "properties/accounts.hpp"
#include "properties/property.hpp"
#include "properties/stm/ways_in.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Stm04 {
  enum class Login : std::uint8_t { none, begun, done };
  struct State {
    Accounts accounts;
    PerSession<Login> logins;
    std::uint32_t unused = 0;
  };

  static Outcome judged(const Accounts& accounts, const trace::Event& e) {
    const Account* const account = accounts.find(identity_of(authenticated_user(e)));
    if (account == nullptr || !is_for_the_account(*account, e)) return not_concerned;
    return may_use(*account, e) ? upheld : violated("a mechanism is accepted against the account");
  }

  static Outcome step(State& state, const trace::Event& e) {
    if (e.kind == Kind::account) state.accounts.add(e);
    Login* const s = e.point == trace::Point::client ? state.logins.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *s = Login::none;
    if (e.kind == Kind::greeting && e.status == trace::Status::preauth) *s = Login::done;
    if (names_a_user(e) && *s == Login::none) *s = Login::begun;
    if (logs_in(e)) {
      *s = Login::done;
      return judged(state.accounts, e);
    }
    if (e.kind != Kind::completion || *s != Login::begun || !is_served(e)) return not_concerned;
    return e.status == trace::Status::ok
               ? violated("a session is served whose exchange was never completed")
               : upheld;
  }
};

}  // namespace

extern const Property stm_04 = make_property<Stm04>(
    {.id = "STM-04",
     .statement = "A session is served only behind a complete exchange that its own user's account "
                  "allows.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "CVE-2011-3372, CVE-2022-30550"});

}  // namespace sallyport::properties
