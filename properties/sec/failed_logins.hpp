// What SEC-02 compares: how failed logins look to a client, and whether a back-end's words are in
// it.
#pragma once

#include <utility>

#include "properties/identity.hpp"
#include "properties/property.hpp"
#include "properties/said.hpp"

namespace sallyport::properties {

struct FailedLogins {
  std::uint64_t said = 0;      // since the last comparison
  std::uint32_t refused = 0;   // a login was
  std::uint16_t accepted = 0;  // a login was
  std::uint16_t apart = 0;     // once in one run alone

  /// Follows one event of the client's wire.
  constexpr void step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || (e.kind == Kind::closed && !e.from_server)) *this = {};
    const bool user = e.verb == trace::Verb::user;
    if (e.kind == Kind::completion && is_of_login(e)) {
      if (logs_in(e)) accepted = 1;
      if (e.status != trace::Status::ok) refused = 1;
      // USER's OK may repeat the name; that USER is accepted is all that counts.
      if (user && e.status == trace::Status::ok) {
        said = (said + 2) * 0x100000001b3;
      } else {
        mix(said, e);
      }
    }
    const bool challenged = e.kind == Kind::continuation && authenticates(e);
    const bool hung_up = e.kind == Kind::closed && e.from_server;
    if (challenged || hung_up || e.kind == Kind::bye) mix(said, e);
  }

  enum class Agreement : std::uint8_t { undecided, equal, different };

  /// Compares what both runs have of one session, and takes it away. Where one of them is logged in
  /// and the other isn't, what they are told differs until the client comes anew.
  static constexpr Agreement settle(FailedLogins& a, FailedLogins& b) {
    const FailedLogins first = std::exchange(a, {});
    const FailedLogins second = std::exchange(b, {});
    const bool apart = first.apart != 0 || first.accepted != second.accepted;
    if (apart) a.apart = b.apart = 1;
    if (apart || first.accepted != 0 || (first.refused | second.refused) == 0) {
      return Agreement::undecided;
    }
    return first.said == second.said ? Agreement::equal : Agreement::different;
  }
};

/// A back-end's words, by their digests. Once they may be the front-end's own by chance: two of one
/// make refuse alike. Two different refusals that are both a back-end's, word for word, are copies.
struct Words {
  std::uint64_t of_backend = 0;  // on the last refused login, until everything comes to rest
  std::uint64_t repeated = 0;    // the first that a client was told too
  std::uint64_t copied = 0;      // another one was

  static constexpr bool refuses(const trace::Event& e) {
    return e.kind == trace::Kind::completion && authenticates(e) && e.status != trace::Status::ok &&
           e.code != trace::Code::unavailable && e.digest != 0;
  }

  /// Follows one event of either wire.
  constexpr void step(const trace::Event& e) {
    if (e.kind == trace::Kind::quiescent) of_backend = 0;
    if (!refuses(e)) return;
    if (e.point == trace::Point::backend) of_backend = e.digest;
    if (e.point != trace::Point::client || e.digest != of_backend) return;
    if (repeated != 0 && repeated != e.digest) copied = 1;
    repeated = e.digest;
  }
};

}  // namespace sallyport::properties
