// What PER-01 compares of a session: how its authentications ended, and as whom, in order. Outcomes
// wait for the other run's, since a refusal may come a message earlier there than the acceptance
// here.
#pragma once

#include <utility>

#include "properties/identity.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {

struct Outcomes {
  static constexpr std::uint32_t waiting_max = 4;  // so that a search comes back to the same state

  std::uint64_t digest = 0;     // of those that wait
  std::uint32_t count = 0;      // how many they are
  std::uint32_t under_way = 0;  // an authentication is

  constexpr void add(bool accepted, std::uint64_t identity) {
    under_way = 0;
    if (count == waiting_max) return;
    ++count;
    digest = (digest + identity + (accepted ? 1 : 2)) * 0x100000001b3;
  }

  /// `identity`: whom an acceptance makes the client. NO and BAD are both a refusal, and so is a
  /// server that hangs up instead of answering; a client that leaves takes back what waits.
  constexpr void step(const trace::Event& e, std::uint64_t identity) {
    using trace::Kind;
    using trace::Status;
    const bool login = authenticates(e) || e.verb == trace::Verb::user;
    if (e.kind == Kind::opened || (e.kind == Kind::closed && !e.from_server)) *this = {};
    if (e.kind == Kind::command && login) under_way = 1;
    if (e.kind == Kind::completion && login && e.status != Status::ok) add(false, 0);
    if (logs_in(e)) add(true, identity);
    if (e.kind == Kind::closed && under_way != 0) add(false, 0);
  }

  constexpr std::uint64_t take() {
    count = 0;
    return std::exchange(digest, 0);
  }
};

}  // namespace sallyport::properties
