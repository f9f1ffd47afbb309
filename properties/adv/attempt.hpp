// One authentication by a valid user, from the driver's `attempt` to its outcome: what ADV-03
// watches. It is given up as soon as something else than the server may be the reason why it fails:
// the client cancels or sends something unreadable, another command comes where the attempt's was
// due.
#pragma once

#include "properties/identity.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {

struct Attempt {
  enum class Phase : std::uint8_t {
    none,
    announced,  // the command is due
    under_way,  // the command is in flight
    named,      // POP3: USER was accepted, PASS is due
  };
  enum class End : std::uint8_t { none, accepted, refused, hung_up };

  Phase phase = Phase::none;
  trace::Mechanism mechanism = trace::Mechanism::none;
  trace::CommandSlot command = trace::no_command;
  std::uint8_t authenticated = 0;  // the session is: further attempts are refused rightly

  /// Follows one event of the client's wire; says how the attempt ended, if it did.
  constexpr End step(const trace::Event& e) {
    using trace::Kind;
    switch (e.kind) {
      case Kind::opened:
        *this = {};
        break;
      case Kind::greeting:
        if (e.status == trace::Status::preauth) authenticated = 1;
        break;
      case Kind::command:
        if (phase == Phase::announced || phase == Phase::named) begin(e);
        break;
      case Kind::malformed:
        if (!e.from_server && (phase != Phase::under_way || e.command == command)) drop();
        break;
      case Kind::response:
        if (e.blob == trace::Blob::cancel || e.blob == trace::Blob::invalid) drop();
        break;
      case Kind::tls:
        drop();
        break;
      case Kind::completion:
        return complete(e);
      case Kind::bye:
      case Kind::closed: {
        const bool tried = phase == Phase::under_way || phase == Phase::named;
        drop();
        if (e.kind == Kind::closed) *this = {};
        return tried && (e.kind == Kind::bye || e.from_server) ? End::hung_up : End::none;
      }
      default:
        break;
    }
    return End::none;
  }

  constexpr void announce(trace::Mechanism by) {
    phase = Phase::announced;
    mechanism = by;
    command = trace::no_command;
  }
  constexpr void drop() {
    phase = Phase::none;
    mechanism = trace::Mechanism::none;
    command = trace::no_command;
  }

 private:
  constexpr void begin(const trace::Event& e) {
    const bool due = phase == Phase::named ? e.verb == trace::Verb::pass
                                           : is_of_login(e) && e.mechanism == mechanism;
    if (!due || e.command == trace::no_command) return drop();
    phase = Phase::under_way;
    command = e.command;
  }

  constexpr End complete(const trace::Event& e) {
    const bool ok = e.status == trace::Status::ok;
    const bool ours = phase == Phase::under_way && e.command == command;
    if (logs_in(e)) authenticated = 1;
    if (!ours) return End::none;
    if (ok && e.verb == trace::Verb::user) {
      phase = Phase::named;
      command = trace::no_command;
      return End::none;
    }
    drop();
    return ok ? End::accepted : End::refused;
  }
};

}  // namespace sallyport::properties
