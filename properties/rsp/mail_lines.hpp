// The messages that a session reads, line by line, at the back-end and at the client: RSP-04's
// state of one session. A message is the digest of its lines' digests.
#pragma once

#include <array>

#include "properties/direction.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {

/// RFC 1939 §3, the CRLF included.
inline constexpr std::uint32_t pop3_reply_octets_max = 512;

struct MailLines {
  std::uint64_t coming = 0;   // from the back-end: lines so far; 0: none
  std::uint64_t passing = 0;  // at the client
  // From the back-end, whole, and not at the client yet. The lowest bit: TOP's; 0: an empty place.
  std::array<std::uint32_t, 4> whole = {};
  std::uint8_t lost = 0;     // it is open what the client gets until its session ends
  std::uint8_t verbose = 0;  // the back-end itself goes beyond the limit
  std::uint8_t ended = 0;    // the last that the client got was the end of a message
  std::uint8_t unused[5] = {};

  static constexpr bool is_mail(const trace::Event& e) {
    return e.verb == trace::Verb::retr || e.verb == trace::Verb::top;
  }
  static constexpr std::uint64_t add(std::uint64_t lines, std::uint64_t line) {
    const std::uint64_t sum = (lines ^ line) * 0x100000001b3 + 1;
    return sum == 0 ? 1 : sum;
  }
  static constexpr std::uint32_t entry(std::uint64_t lines, const trace::Event& e) {
    const auto half = static_cast<std::uint32_t>(lines >> 32U) & ~std::uint32_t{3};
    return half | 2U | (e.verb == trace::Verb::top ? 1U : 0U);
  }

  /// Something failed. Nothing more is judged until the session ends.
  constexpr void lose_sight() {
    *this = {};
    lost = 1;
  }

  /// Nothing moves: what came and hasn't been passed on was read for another purpose.
  constexpr void rest() {
    if (whole[0] != 0) lose_sight();
  }

  /// Follows one event of the wire of the connection that serves the session.
  constexpr void from_backend(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::closed || (e.kind == Kind::malformed && e.from_server)) lose_sight();
    if (e.kind == Kind::completion && e.amount > pop3_reply_octets_max) verbose = 1;
    if (lost != 0 || !is_mail(e)) return;
    if (e.kind == Kind::untagged) coming = add(coming, e.digest);
    if (e.kind != Kind::completion) return;
    if (e.status == trace::Status::ok) keep(entry(coming, e));
    coming = 0;
  }

  /// Follows one event of the client's wire.
  constexpr Outcome from_client(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *this = {};
    const bool had_ended = ended != 0;
    if (said_by_server(e)) ended = 0;
    if (had_ended && e.kind == Kind::malformed && e.digest == trace::digest_of(".")) {
      return violated("a message has two ends");
    }
    if (e.kind == Kind::untagged && is_mail(e)) passing = add(passing, e.digest);
    if (e.kind != Kind::completion) return not_concerned;
    const Outcome outcome = is_mail(e) ? complete(e) : not_concerned;
    const bool too_long = e.amount > pop3_reply_octets_max && verbose == 0 && lost == 0;
    return too_long ? violated("the first line of a reply is longer than 512 octets") : outcome;
  }

 private:
  constexpr void keep(std::uint32_t message) {
    for (std::uint32_t& place : whole) {
      if (place != 0) continue;
      place = message;
      return;
    }
    lose_sight();  // more than can be told apart
  }

  constexpr Outcome complete(const trace::Event& e) {
    const bool had_lines = passing != 0;
    const std::uint32_t message = entry(passing, e);
    passing = 0;
    if (lost != 0 || e.status != trace::Status::ok) return not_concerned;
    ended = 1;
    bool known = coming != 0;  // a message that is still coming can't have ended
    for (std::size_t i = 0; i < whole.size(); ++i) {
      known = known || (whole[i] != 0 && (whole[i] & 1U) == (message & 1U));
      if (whole[i] != message) continue;
      for (std::size_t j = 0; j < whole.size(); ++j) {
        whole[j] = i + 1 + j < whole.size() ? whole[i + 1 + j] : 0;
      }
      return had_lines ? upheld : not_concerned;
    }
    if (!known) return not_concerned;  // it isn't the back-end's answer
    whole = {};
    return violated("a message reaches the client otherwise than the back-end sent it");
  }
};

}  // namespace sallyport::properties
