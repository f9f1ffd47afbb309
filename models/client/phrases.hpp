// Things that clients say though no action of a well-behaved one makes them: commands in one
// packet, literals of odd sizes, messages out of order, other protocols. Each has a name, so that a
// script can be read, and is a template, so that its tags and secrets are the client's own.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace sallyport::client {

/// In `imap` and `pop3` stand: {t} a fresh tag; {user} and {password} as the protocol writes them;
/// {message} in base64, {head} and {tail} its halves; {many} literals without an end, {nested} many
/// parentheses. Anything else is said as it is. In `user`, `password` and `message`: {user}, {USER}
/// in capitals, {password}, {other} another account's user, {NUL}; {name} and {other-name} the same
/// as {user} and {other}, but nobody where the action is to be wrong: so what isn't right is never
/// accepted.
struct Phrase {
  std::string_view name;
  std::string_view imap;  // empty: there is no such thing in the protocol
  std::string_view pop3;
  std::string_view summary;
  std::string_view source = {};
  std::string_view user = "{user}";
  std::string_view password = "{password}";
  std::string_view message = {};
  /// Nothing but whole lines that any server answers and has done with: behind them an attempt may
  /// be valid.
  bool tidy = false;
};
[[nodiscard]] std::span<const Phrase> phrases();

/// No phrase has more lines.
inline constexpr std::size_t phrase_lines_max = 3;

}  // namespace sallyport::client
