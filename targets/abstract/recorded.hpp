// A run of the world in the words of models/spin: what SPIN's model is asked to explain. The kinds
// and their numbers are those of models/spin/traces.pml.
//
// Much of a trace has no word there and is left out: greetings, mail, time, what a client says
// beside logging in. A login that comes in pieces (USER and PASS, AUTHENTICATE PLAIN and its
// message) is one word, said as its last piece comes. A command that waits behind another login of
// its session is said when that one was answered, as the front-end reads no further before it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trace/event.hpp"

namespace sallyport::abstract {

struct Recorded {
  enum class Kind : std::uint8_t {
    connect = 1,  // session
    list,         // session, NTLM is in it
    said,         // session, what, user, by a valid user for certain
    lease,        // session, link, it is a new one
    backend,      // link, what it was asked, its answer, a failure was injected
    fail,         // session, link
    answer,       // session, answer, user or giver of the challenge
    left,         // session
    closed,       // session
    end,
  };
  static constexpr std::uint8_t none = 255;  // a link that isn't known

  Kind kind{};
  std::uint8_t n1 = 0;
  std::uint8_t n2 = 0;
  std::uint8_t n3 = 0;
  std::uint8_t n4 = 0;
  friend bool operator==(const Recorded&, const Recorded&) = default;
};

/// Ends with Kind::end.
[[nodiscard]] std::vector<Recorded> recorded(const trace::Events& events);

/// One a line: "4 0 1 1 0".
[[nodiscard]] std::string to_text(const std::vector<Recorded>& all);

}  // namespace sallyport::abstract
