// What TLS-02 compares of a session: how its logins ended and on what evidence, and what the client
// was told with OK. The second run may always come to less: a connection that somebody put octets
// into may be given up, and the login with it.
#pragma once

#include <utility>

#include "properties/direction.hpp"
#include "properties/identity.hpp"
#include "properties/property.hpp"
#include "properties/said.hpp"

namespace sallyport::properties {

struct Answers {
  enum class Login : std::uint8_t { none, refused, without_evidence, accepted };

  std::uint64_t told = 0;     // with OK, and data
  Login login = Login::none;  // the last one since the last comparison
  std::uint8_t evidence = 0;  // a back-end has accepted this login
  std::uint8_t refusals = 0;  // up to a few
  std::uint8_t gone = 0;      // the server said BYE or hung up
  std::uint8_t parted = 0;    // the second run came to less
  std::uint8_t unused[3] = {};

  /// Follows one event of the client's wire.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    const bool ok = e.status == trace::Status::ok;
    if (e.kind == Kind::opened || (e.kind == Kind::closed && !e.from_server)) *this = {};
    if (e.kind == Kind::bye || (e.kind == Kind::closed && e.from_server)) gone = 1;
    const bool completed = e.kind == Kind::completion;
    if (completed && authenticates(e)) {
      login = !ok ? Login::refused : evidence != 0 ? Login::accepted : Login::without_evidence;
      evidence = 0;
    }
    if (completed && !ok && refusals < 8) ++refusals;
    const bool data = e.kind == Kind::untagged || e.kind == Kind::offer;
    if (data || (completed && ok)) mix(told, e);
  }

  enum class Agreement : std::uint8_t { undecided, equal, logged_in, told };

  /// Compares what both runs have of one session, and takes it away.
  static constexpr Agreement settle(Answers& first, Answers& second) {
    const Answers a = first.take();
    const Answers b = second.take();
    const bool silent = (a.told | b.told) == 0 && a.login == Login::none && b.login == Login::none;
    if (a.parted != 0 || silent) return Agreement::undecided;
    if (b.login > Login::refused && (a.login == Login::refused || a.login > b.login)) {
      return Agreement::logged_in;
    }
    if (b.refusals > a.refusals || b.gone > a.gone || b.login != a.login) {
      first.parted = second.parted = 1;
      return Agreement::equal;
    }
    return a.told == b.told ? Agreement::equal : Agreement::told;
  }

 private:
  constexpr Answers take() {
    const Answers had = *this;
    told = 0;
    login = Login::none;
    refusals = 0;
    return had;
  }
};

}  // namespace sallyport::properties
