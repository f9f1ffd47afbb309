// Sessions by the thousand, to see what a server bears: each logs in and out again, or logs in and
// rests. Unlike a probe it judges nothing, so that it is much faster than what it measures.
//
//   cycle   log in, log out, begin anew: for so long, with so many at once
//   hold    log in and rest, so many, until stop()
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>

#include "client/client.hpp"
#include "targets/live/endpoint.hpp"
#include "targets/live/tls.hpp"

namespace sallyport::live {

struct LoadOptions {
  Endpoint endpoint;  // its host is an address
  bool starttls = false;
  Trust trust;
  client::Credential credential;
  std::size_t at_once = 1;
  std::chrono::milliseconds duration = std::chrono::seconds(5);  // of cycles
  std::chrono::milliseconds answer = std::chrono::seconds(10);   // how long one may take
  bool hold = false;
  /// Called when all that are to rest are logged in.
  std::function<void()> on_held = nullptr;
};

struct LoadResult {
  std::uint64_t sessions = 0;  // that were logged in, and were answered to the end
  std::uint64_t failed = 0;
  double seconds = 0;
  std::string failure;  // what went wrong first; one line without secrets
};

/// SIGTERM and SIGINT end it early. The error is one line, about the options.
[[nodiscard]] std::expected<LoadResult, std::string> load(const LoadOptions& options);

}  // namespace sallyport::live
