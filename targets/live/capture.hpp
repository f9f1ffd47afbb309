// A capture file of packets → traces: the TCP streams in it, put together again, through observers.
//
// Which protocol a stream speaks is told by the server's first octets, "* OK" or "+OK", and who is
// the server by who was connected to. What TLS hides isn't seen: a stream is followed up to there.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <vector>

#include "trace/event.hpp"

namespace sallyport::live {

/// What was said to one server. Its clients are the sessions; a number stands for another client
/// once the first one has left.
struct Captured {
  std::string server;  // "192.0.2.1:143/imap"
  trace::Protocol protocol{};
  trace::Trace trace;
  std::size_t streams = 0;
  std::size_t encrypted = 0;  // of them, from some place on
};

/// Servers of neither protocol are left out. The error is one line about `path`.
[[nodiscard]] std::expected<std::vector<Captured>, std::string> captured_in(
    const std::string& path);

/// Does a file with these first octets hold a capture?
[[nodiscard]] bool is_capture(std::string_view octets);

}  // namespace sallyport::live
