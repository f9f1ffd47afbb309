// What came back on a connection to a back-end, for whom, since he last had all his answers: what
// ISO-04 compares the answers at the clients with.
#pragma once

#include <array>

#include "properties/direction.hpp"
#include "properties/leases.hpp"
#include "properties/stm/states.hpp"

namespace sallyport::properties {

/// A line that a back-end alone can say: data, or the answer to a command that needs a login. NOOP
/// and the like a front-end may answer by itself, and may do it in the same words.
[[nodiscard]] constexpr bool answers_from_behind(const trace::Event& e) {
  if (e.digest == 0) return false;
  if (e.kind == trace::Kind::untagged) return e.status == trace::Status::none;
  return e.kind == trace::Kind::completion && e.protocol == trace::Protocol::imap &&
         needs_login(e) && e.verb != trace::Verb::noop;
}

struct AnswersSeen : Leased {
  std::uint64_t any = 0;                     // two bits for each line: it may have come
  std::array<std::uint32_t, 2> last = {};    // halves of the digests of the last two lines
  std::uint32_t reader = trace::no_session;  // for whom they came
  std::uint32_t unused = 0;

  static constexpr std::uint64_t bits(std::uint64_t digest) {
    return (std::uint64_t{1} << (digest & 63U)) | (std::uint64_t{1} << ((digest >> 6U) & 63U));
  }
  constexpr void forget() {
    any = 0;
    last = {};
    reader = trace::no_session;
  }
  /// A back-end says this line.
  constexpr void add(std::uint64_t digest) {
    if (holder != trace::no_session && holder != reader) {
      forget();
      reader = static_cast<std::uint32_t>(holder);
    }
    if (reader == trace::no_session) return;
    any |= bits(digest);
    last = {static_cast<std::uint32_t>(digest >> 32U), last[0]};
  }
  [[nodiscard]] constexpr bool may_have(std::uint64_t digest) const {
    return (any & bits(digest)) == bits(digest);
  }
  [[nodiscard]] constexpr bool has_just(std::uint64_t digest) const {
    const auto half = static_cast<std::uint32_t>(digest >> 32U);
    return any != 0 && (last[0] == half || last[1] == half) && may_have(digest);
  }
};

/// Who waits for nothing has had all that came for him.
constexpr void forget_what_is_told(PerLink<AnswersSeen>& links,
                                   PerSession<std::uint64_t>& in_flight) {
  for (AnswersSeen& link : links.slots) {
    const std::uint64_t* const waits = in_flight.find(static_cast<trace::SessionId>(link.reader));
    if (waits == nullptr || *waits == 0) link.forget();
  }
}

/// Follows one event of a client's wire: which of its commands are without an answer, by slot. What
/// came for a client is kept beyond the end of the connection that it came on, but not beyond the
/// client's own.
constexpr void follow_client(PerLink<AnswersSeen>& links, std::uint64_t& in_flight,
                             const trace::Event& e) {
  using trace::Kind;
  if (e.kind == Kind::opened || e.kind == Kind::closed) {
    in_flight = 0;
    for (AnswersSeen& link : links.slots) {
      if (link.reader == e.session) link.forget();
    }
  }
  if (e.command >= 64) return;
  const std::uint64_t bit = std::uint64_t{1} << e.command;
  if (e.kind == Kind::command) in_flight |= bit;
  if (e.kind == Kind::completion) in_flight &= ~bit;
}

}  // namespace sallyport::properties
