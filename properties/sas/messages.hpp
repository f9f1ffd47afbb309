// The SASL messages of a client. A connection has one exchange at a time, since what stands behind
// AUTHENTICATE or AUTH can't be read before the server has answered it.
#pragma once

#include "properties/direction.hpp"

namespace sallyport::properties {

/// Of AUTHENTICATE, or of AUTH with a mechanism. POP3's bare AUTH asks for a list.
[[nodiscard]] constexpr bool of_exchange(const trace::Event& e) {
  using trace::Verb;
  return (e.verb == Verb::authenticate || e.verb == Verb::auth) &&
         e.mechanism != trace::Mechanism::none;
}

/// A message of the client: a response, or the initial one with its command. A line without a tag
/// begins no exchange, and what it is answered has no place among the answers.
[[nodiscard]] constexpr bool is_message(const trace::Event& e) {
  const bool initial = asks(e) && e.blob != trace::Blob::none && e.command != trace::no_command;
  return of_exchange(e) && (e.kind == trace::Kind::response || initial);
}

/// The server's outcome. POP3's replies stand in order, and the exchange comes last: none of them
/// can be for anything else once the server has asked for a message.
[[nodiscard]] constexpr bool ends_exchange(const trace::Event& e) {
  return e.kind == trace::Kind::completion &&
         (of_exchange(e) || e.protocol == trace::Protocol::pop3);
}

}  // namespace sallyport::properties
