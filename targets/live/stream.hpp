// A client's TCP connection, plain or under TLS, on which nothing lasts longer than its deadline.
//
// Calls block until they are done or the deadline has passed. A read that is late stays under way
// and is taken up by the next one, so that a time-out loses no octet. Errors are what the system or
// OpenSSL says; what was tried, where and what was expected is for the caller to add.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "targets/live/tls.hpp"

namespace sallyport::live {

/// Where streams wait together. Outlives them.
class Reactor {
 public:
  Reactor();
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

 private:
  friend class Stream;
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

class Stream {
 public:
  using Clock = std::chrono::steady_clock;
  using Done = std::expected<void, std::string>;

  explicit Stream(Reactor& reactor);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Tries every address that `host` has. The name service isn't bounded by the deadline, but by
  /// its own configuration.
  [[nodiscard]] Done connect(const std::string& host, std::uint16_t port,
                             Clock::time_point deadline);
  /// Verifies that the certificate is `host`'s unless `trust` is insecure.
  [[nodiscard]] Done start_tls(const std::string& host, const Trust& trust,
                               Clock::time_point deadline);
  /// The channel's tls-exporter value (RFC 9266); empty without TLS.
  [[nodiscard]] std::string binding() const;
  [[nodiscard]] Done write(std::string_view octets, Clock::time_point deadline);

  enum class Outcome : std::uint8_t {
    octets,
    closed,  // in good order
    broken,  // `text` says how
    late,    // nothing came before the deadline
  };
  struct Read {
    Outcome outcome{};
    std::string text;
  };
  [[nodiscard]] Read read(Clock::time_point deadline);

  /// Waits until one of `streams`, which share a reactor, can be read without waiting. False: the
  /// deadline came first.
  static bool wait(std::span<Stream* const> streams, Clock::time_point deadline);
  /// read() would not wait.
  [[nodiscard]] bool ready() const;

  void close();
  /// False after close(), and after an error that leaves nothing to be read.
  [[nodiscard]] bool is_open() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace sallyport::live
