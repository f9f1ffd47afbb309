// What can go wrong behind a front-end, one thing at a time: a back-end that dies, hangs, lies or
// says too much, a network that loses a connection, an account database that doesn't answer. A
// mishap is an enumerator of a step, so that a script names it and a search can try each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trace/event.hpp"

namespace sallyport::world {

enum class Mishap : std::uint8_t {
  none,
  // a connection that is opened
  greet_preauth,
  greet_bye,
  greet_garbage,
  greet_format,
  old_backend,
  no_starttls,
  refuse_starttls,
  wrong_name,
  weak_tls,
  inject_before_tls,
  login_disabled,
  no_list,
  // a login
  plus_at_login,
  untagged_at_login,
  bye_at_login,
  refuse_in_words,
  refer_at_login,
  die_at_login,
  die_at_proof,
  hang_at_login,
  // a command
  die_in_answer,
  hang_in_answer,
  slow,
  // a connection in the pool
  dead_in_pool,
  // the account database
  database_dies,
  database_hangs,
};
inline constexpr std::size_t mishap_count = static_cast<std::size_t>(Mishap::database_hangs) + 1;

/// When a mishap strikes.
enum class Strikes : std::uint8_t {
  never,
  opening,   // as a connection is opened: another kind of back-end
  greeting,  // instead of the greeting
  list,      // at the list of capabilities
  starttls,  // at STARTTLS or STLS, or at the handshake behind it
  login,     // at the first command of a login
  proof,     // at what is behind it: PASS, or a response
  command,   // at a command of a client that is logged in
  pooled,    // at the first octets on a connection that comes from the pool
  anywhere,  // whatever back-ends say in this step
  database,
};
[[nodiscard]] constexpr std::uint16_t bit(Strikes strikes) {
  return static_cast<std::uint16_t>(1U << static_cast<unsigned>(strikes));
}

struct MishapFacts {
  Mishap mishap{};
  std::string_view name;  // "die-at-login"
  Strikes strikes{};
  bool failure = false;  // a valid user may be refused for it: the given event `failure`
  bool imap_only = false;
  std::string_view summary;
};
[[nodiscard]] const MishapFacts& facts(Mishap mishap);

/// What a back-end's answer becomes.
struct Answer {
  std::string octets;
  bool hang_up = false;
};
/// `said` is what the front-end said, `answer` what the back-end would answer.
[[nodiscard]] Answer distorted(Mishap mishap, trace::Protocol protocol, std::string_view said,
                               std::string_view answer);

/// The greeting of a back-end whose lists a mishap distorts.
[[nodiscard]] Answer distorted_greeting(Mishap mishap, trace::Protocol protocol,
                                        std::string_view greeting);

/// The verb of what a front-end says to a back-end; none for a line of an exchange.
[[nodiscard]] trace::Verb verb_to_backend(trace::Protocol protocol, std::string_view said);
[[nodiscard]] bool begins_login(trace::Verb verb);
/// Where in the life of a back-end's connection the front-end says `verb`.
[[nodiscard]] Strikes place_of(trace::Verb verb, bool logging_in, bool logged_in);
/// The back-end never hears what was said.
[[nodiscard]] bool replaces(Mishap mishap);
/// It strikes at the handshake, not at the command before it.
[[nodiscard]] bool is_of_handshake(Mishap mishap);

}  // namespace sallyport::world
