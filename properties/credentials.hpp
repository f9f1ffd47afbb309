// What is part of a credential when it leaves for a server.
#pragma once

#include "properties/direction.hpp"
#include "properties/identity.hpp"

namespace sallyport::properties {

/// A command that names a user or shows a proof, or a response of an exchange. A mechanism's name
/// is none, nor is a cancellation.
[[nodiscard]] constexpr bool carries_credential(const trace::Event& e) {
  using trace::Blob;
  using trace::Verb;
  const bool message = e.blob != Blob::none && e.blob != Blob::empty && e.blob != Blob::cancel;
  const bool exchange = e.verb == Verb::authenticate || e.verb == Verb::auth;
  if (e.kind == trace::Kind::response) return exchange && message;
  if (!asks(e)) return false;
  if (exchange) return message;
  return e.verb == Verb::login || e.verb == Verb::user || e.verb == Verb::pass ||
         e.verb == Verb::apop;
}

}  // namespace sallyport::properties
