// What a front-end needs of the world around it, and what it is told. This is the whole of the
// front-end concept: anything that answers these calls can take the reference front-end's place.
//
// The world implements Host in memory, `sallyport serve` implements it over TCP; the front-end's
// code is the same. A Host must not call back into the front-end from within these calls: it
// queues.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "trace/event.hpp"

namespace sallyport::frontend {

class Host {
 public:
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  virtual ~Host() = default;

  virtual void to_client(trace::SessionId session, std::string_view octets) = 0;
  /// After everything written so far. No more calls about this session follow.
  virtual void close_client(trace::SessionId session) = 0;
  /// After everything written so far. Ends in FrontEnd::tls_established or client_closed.
  virtual void start_tls(trace::SessionId session) = 0;

  /// Connects `link` to the back-end. Octets may be written at once.
  virtual void open_backend(trace::LinkId link, trace::Protocol protocol) = 0;
  virtual void to_backend(trace::LinkId link, std::string_view octets) = 0;
  /// At once; the number is free again.
  virtual void close_backend(trace::LinkId link) = 0;

  /// The scheduler: which of the connections that could serve `session` now shall. Returns an index
  /// into `eligible`, which is never empty; index 0 is the canonical choice, the connection that a
  /// front-end which persists would take.
  virtual std::size_t choose(trace::SessionId session, std::span<const trace::LinkId> eligible) = 0;

  /// Tells an inside event: lease and release in particular.
  virtual void inside(const trace::Event& event) = 0;
};

}  // namespace sallyport::frontend
