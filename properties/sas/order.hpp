// How far an exchange has come, by the messages in it: what SAS-07 follows.
#pragma once

#include <utility>

#include "properties/property.hpp"
#include "properties/sas/messages.hpp"

namespace sallyport::properties {

enum class Order : std::uint8_t {
  begun,         // the client has said nothing, or there is no exchange
  going_on,      // it has begun where one begins
  out_of_order,  // it has begun with a message that comes later
  proven,        // the client's final message of SCRAM was sent
  sealed,        // and the server's
  excused,       // sealed, and then something happened that may be why it fails
  suspected,     // POP3: sealed, and then refused, unless that is why the server hangs up
};

/// A failure: a back-end may be gone that would have been logged in to.
constexpr void excuse(Order& order) {
  if (order == Order::sealed) order = Order::excused;
}

/// A message of the client. To the server's final one it has nothing to say but an empty line.
constexpr void hear(Order& order, const trace::Event& e) {
  using trace::Blob;
  const bool final = e.blob == Blob::scram_client_final;
  if (order == Order::sealed || order == Order::excused) {
    if (e.blob != Blob::empty) order = Order::excused;
  } else if (order == Order::begun) {
    order = final || e.blob == Blob::ntlm_authenticate ? Order::out_of_order : Order::going_on;
  } else if (final && order == Order::going_on) {
    order = Order::proven;
  }
}

constexpr Outcome challenged(Order& order, const trace::Event& e) {
  const bool final = e.blob == trace::Blob::scram_server_final;
  if (order == Order::out_of_order) {
    order = Order::going_on;
    return violated("a message that comes later is taken as the first");
  }
  if (!final) return not_concerned;
  const bool proven = std::exchange(order, Order::sealed) == Order::proven;
  if (e.repeated) return violated("the server's final message is an earlier exchange's");
  return proven ? not_concerned : violated("the server's final message comes before the proof");
}

inline constexpr Outcome in_vain = violated("the server's final message stands before a failure");

constexpr Outcome completed(Order& order, const trace::Event& e) {
  const bool ok = e.status == trace::Status::ok;
  switch (std::exchange(order, Order::begun)) {
    case Order::out_of_order:
      return ok ? violated("a message that comes later is accepted as the first") : upheld;
    case Order::sealed:
      if (ok) return upheld;
      if (e.protocol == trace::Protocol::imap) return in_vain;
      order = Order::suspected;
      return not_concerned;
    case Order::proven:
      return ok ? not_concerned : upheld;
    default:
      return not_concerned;
  }
}

/// Nothing more happens, so the refusal was no farewell.
constexpr Outcome at_rest(PerSession<Order>& sessions) {
  Outcome outcome = not_concerned;
  for (Order& order : sessions.slots) {
    if (order != Order::suspected) continue;
    order = Order::begun;
    outcome = in_vain;
  }
  return outcome;
}

}  // namespace sallyport::properties
