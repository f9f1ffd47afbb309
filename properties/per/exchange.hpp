// What PER-02 knows of one connection to a back-end: whose authentication exchange is open on it.
#pragma once

#include "properties/direction.hpp"
#include "properties/leases.hpp"

namespace sallyport::properties {

struct Exchange : Leased {
  static constexpr std::uint32_t gone = trace::no_session;

  std::uint32_t owner = 0;  // the session that it belongs to; `gone` once that has closed
  trace::CommandSlot command = trace::no_command;  // in flight; none between USER and PASS
  std::uint8_t open = 0;
  std::uint16_t unused = 0;

  /// The front-end said something for `session` that belongs to the exchange.
  constexpr void go_on(std::uint32_t session, const trace::Event& e) {
    open = 1;
    owner = session;
    if (is_of_login(e)) command = e.command;
  }
  constexpr void end() {
    open = 0;
    owner = 0;
    command = trace::no_command;
  }

  /// True where a back-end's completion is the outcome; USER's OK isn't, its PASS is still due.
  constexpr bool complete(const trace::Event& e) {
    if (open == 0 || e.command == trace::no_command || e.command != command) return false;
    if (e.verb == trace::Verb::user && e.status == trace::Status::ok) {
      command = trace::no_command;
      return false;
    }
    end();
    return true;
  }

  /// A command that can be the first of an exchange.
  static constexpr bool begins(const trace::Event& e) {
    return asks(e) && is_of_login(e) && e.verb != trace::Verb::pass;
  }
  /// Where no exchange is open, a SASL message looks like a line that is no command.
  static constexpr bool continues(const trace::Event& e) {
    return e.kind == trace::Kind::response || e.verb == trace::Verb::pass ||
           e.verb == trace::Verb::unknown || e.verb == trace::Verb::none;
  }
};

/// `session` has an exchange open somewhere.
[[nodiscard]] constexpr bool any_open(const PerLink<Exchange>& links, std::uint32_t session) {
  for (const Exchange& link : links.slots) {
    if (link.open != 0 && link.owner == session) return true;
  }
  return false;
}

}  // namespace sallyport::properties
