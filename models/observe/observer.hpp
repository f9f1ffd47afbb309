// Bytes on one connection, in the order they crossed it → events.
//
// The observer stands outside: it sees both directions and decides what the bytes mean by what the
// *other side answered*, not by what the front-end believes. It has its own line and literal
// splitter, so it can't share the front-end's mistakes. A client's bytes are read only as far as the
// server's answers settle how to read them: behind `AUTHENTICATE` the next line is a SASL response
// if the server says "+" and a command if it says NO; behind `{n}` octets are a literal if the
// server says "+" and commands if it says BAD. Until then they wait.
//
// A command in flight has a slot, the smallest free number; its completion frees it. Events refer to
// commands by slot, so that a monitor's state is the same whatever the tags were called.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "trace/canonical.hpp"
#include "trace/event.hpp"

namespace sallyport::observe {

class Observer {
 public:
  /// `id` is the session for Point::client and the link for Point::backend.
  Observer(trace::Protocol protocol, trace::Point point, std::uint16_t id);

  void opened(trace::Trace& out);
  void from_client(std::string_view octets, trace::Trace& out);
  void from_server(std::string_view octets, trace::Trace& out);
  /// TLS stands; what is still unread on either side belongs to the time before it.
  void tls(trace::Trace& out);
  void closed(bool by_server, trace::Trace& out);

  void canonical(trace::Canonical& out) const;

 private:
  // Implementer: keep the state small and copyable (a world is copied for every state of a search):
  // unread octets of each side, commands in flight, what the front of each queue waits for.
};

}  // namespace sallyport::observe
