// A conversation with one connection, for tests.
#pragma once

#include <string>
#include <string_view>

#include "backend/backend.hpp"

namespace sallyport::backend {

struct Session {
  explicit Session(trace::Protocol protocol, const Directory& directory = example_directory(),
                   std::uint16_t id = 1)
      : connection(directory, protocol, id) {
    connection.open(greeting);
  }

  /// What the server answers to octets.
  std::string send(std::string_view octets) {
    std::string answer;
    connection.receive(octets, store, answer);
    return answer;
  }
  /// To lines.
  std::string say(std::string_view line) { return send(std::string(line) + "\r\n"); }

  Store store;
  Connection connection;
  std::string greeting;
};

inline std::string canonical(const Connection& connection) {
  trace::Canonical out;
  connection.canonical(out);
  return std::string(out.bytes());
}

}  // namespace sallyport::backend
