// What a front-end needs of the world around it, and what it is told. This is the whole of the
// front-end concept: anything that answers these calls can take the reference front-end's place.
//
// The world implements Host in memory, `sallyport serve` implements it over TCP; the front-end's
// code is the same. A Host must not call back into the front-end from within these calls: it
// queues.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "trace/event.hpp"

namespace sallyport::frontend {

/// A client's side of a TLS session that has just begun.
struct ClientTls {
  std::string_view user;     // whom its certificate is mapped to; empty: it has none
  std::string_view binding;  // the channel's tls-exporter value (RFC 9266)
};

/// A back-end's side of it.
struct BackendTls {
  bool name_matches = true;  // the certificate names the host, and its chain is trusted
  bool strong = true;        // version and cipher are those that the policy asks for
};

class Host {
 public:
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  virtual ~Host() = default;

  virtual void to_client(trace::SessionId session, std::string octets) = 0;
  /// After everything written so far. No more calls about this session follow.
  virtual void close_client(trace::SessionId session) = 0;
  /// After everything written so far. Ends in FrontEnd::tls_established or client_closed.
  virtual void start_tls(trace::SessionId session) = 0;

  /// Connects `link` to back-end `route` (a number of the account database). Octets may be written
  /// at once.
  virtual void open_backend(trace::LinkId link, trace::Protocol protocol, std::uint8_t route) = 0;
  virtual void to_backend(trace::LinkId link, std::string octets) = 0;
  /// At once; the number is free again.
  virtual void close_backend(trace::LinkId link) = 0;
  /// After everything written so far. Ends in FrontEnd::backend_tls_established or backend_closed.
  virtual void start_backend_tls(trace::LinkId link) = 0;

  /// Asks the account database for `user`. Ends in FrontEnd::looked_up, unless the session ends
  /// first.
  virtual void look_up(trace::SessionId session, std::string_view user) = 0;

  /// The scheduler: which of the connections that could serve `session` now shall. Returns an index
  /// into `eligible`, which is never empty; index 0 is the canonical choice, the connection that a
  /// front-end which persists would take.
  virtual std::size_t choose(trace::SessionId session, std::span<const trace::LinkId> eligible) = 0;

  /// Tells an inside event: lease and release in particular.
  virtual void inside(const trace::Event& event) = 0;
  /// A line of the log. `said` is what a peer said that the line quotes; empty where it quotes
  /// nobody.
  virtual void log(trace::SessionId session, std::string_view line, std::string_view said) = 0;
};

}  // namespace sallyport::frontend
