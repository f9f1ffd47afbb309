// What a client says without being asked how: how a phrase becomes octets, and what the client
// expects in return, for phrases and for raw octets.
#include <algorithm>
#include <array>
#include <optional>

#include "client/client.hpp"
#include "client/phrases.hpp"
#include "wire/base64.hpp"

namespace sallyport::client {
namespace {

using trace::Protocol;

constexpr std::uint8_t all_said = 0xff;           // a step that no exchange comes to
constexpr std::size_t raw_line_kept_octets = 12;  // enough to tell LIST from LIST 1
constexpr std::size_t nested_parentheses = 1500;  // less than any server's limit of a line

std::string_view words_of(const Phrase& phrase, Protocol protocol) {
  return protocol == Protocol::imap ? phrase.imap : phrase.pop3;
}

/// Replaces what `value_of(name, text so far)` knows of {name}; the rest stays as it is.
template <class ValueOf>
std::string filled(std::string_view words, ValueOf&& value_of) {
  std::string out;
  while (!words.empty()) {
    const std::size_t end = words.front() == '{' ? words.find('}') : std::string_view::npos;
    std::optional<std::string> value;
    if (end != std::string_view::npos) value = value_of(words.substr(1, end - 1), out);
    out += value ? *value : std::string(1, words.front());
    words.remove_prefix(value ? end + 1 : 1);
  }
  return out;
}

/// Eight literals of nearly 4096 octets each, the next of them always announced.
std::string many_literals() {
  constexpr std::size_t octets = 4000;
  std::string out;
  for (int i = 0; i < 8; ++i) {
    if (i > 0) out += ' ';
    out += "{" + std::to_string(octets) + "+}\r\n" + std::string(octets, 'x');
  }
  return out;
}

std::string in_capitals(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

/// So that both protocols can write it in one line without a literal.
bool is_printable(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7f; });
}

std::string as_written(const std::string& value, Protocol protocol) {
  if (protocol == Protocol::pop3) return value;
  std::string out;
  wire::imap::append_astring(out, value);
  return out;
}

/// Does a reply of several lines follow +OK?
bool is_listing(trace::Verb verb, bool alone) {
  switch (verb) {
    case trace::Verb::capa:
    case trace::Verb::retr:
    case trace::Verb::top:
      return true;
    case trace::Verb::list:
    case trace::Verb::uidl:
    case trace::Verb::auth:
      return alone;
    default:
      return false;
  }
}

}  // namespace

bool Client::can_say(const Action& action) const {
  if (action.account >= credentials_->size() || action.phrase >= phrases().size()) return false;
  const Credential& credential = (*credentials_)[action.account];
  return !words_of(phrases()[action.phrase], protocol_).empty() &&
         in_flight_.size() + phrase_lines_max <= in_flight_max && is_printable(credential.user) &&
         is_printable(credential.password);
}

void Client::say(const Action& action, std::string& out) {
  const Phrase& phrase = phrases()[action.phrase];
  const Credential& own = (*credentials_)[action.account];
  const std::string_view next_door = user(static_cast<std::uint8_t>(action.account ^ 1U));
  const std::string other(next_door.empty() ? "nobody" : next_door);
  const std::string wrong = action.right ? "" : "-not";
  const std::string secret = own.password + wrong;

  const auto of_account = [&](std::string_view name,
                              std::string_view) -> std::optional<std::string> {
    if (name == "user") return own.user;
    if (name == "USER") return in_capitals(own.user);
    if (name == "name") return own.user + wrong;
    if (name == "other") return other;
    if (name == "other-name") return other + wrong;
    if (name == "password") return secret;
    if (name == "NUL") return std::string(1, '\0');
    return std::nullopt;
  };
  const std::string message = wire::base64_encode(filled(phrase.message, of_account));

  struct Tag {
    std::size_t at = 0;
    std::uint32_t number = 0;
  };
  std::vector<Tag> tags;
  const auto of_phrase = [&](std::string_view name,
                             std::string_view before) -> std::optional<std::string> {
    if (name == "t") {
      tags.push_back({.at = before.size(), .number = ++commands_});
      return "a" + std::to_string(commands_);
    }
    if (name == "user") return as_written(filled(phrase.user, of_account), protocol_);
    if (name == "password") return as_written(filled(phrase.password, of_account), protocol_);
    if (name == "message") return message;
    if (name == "head") return message.substr(0, message.size() / 2);
    if (name == "tail") return message.substr(message.size() / 2);
    if (name == "many") return many_literals();
    if (name == "nested") return std::string(nested_parentheses, '(');
    return std::nullopt;
  };
  const std::string octets = filled(words_of(phrase, protocol_), of_phrase);
  out += octets;
  if (!phrase.tidy) raw_sent_ = true;
  if (protocol_ == Protocol::pop3) return note_raw(Verb::say, octets);
  for (const Tag& tag : tags) expect(octets, tag.at, tag.number);
}

/// IMAP: at `at` in a phrase stands the tag `number`. It is a command's where a line begins there.
/// One that begins an exchange and is the last that is said can be asked for more, and has nothing
/// more to say; others take no notice of "+".
void Client::expect(std::string_view octets, std::size_t at, std::uint32_t number) {
  if (at > 0 && !octets.substr(0, at).ends_with("\r\n")) return;
  std::string_view line = octets.substr(at);
  const std::size_t end = line.find("\r\n");
  const bool last = end == std::string_view::npos || end + 2 == line.size();
  line = line.substr(0, end);
  line.remove_prefix(std::min(line.find(' ') + 1, line.size()));
  const trace::Verb said = trace::verb(line.substr(0, line.find(' ')));
  const bool exchange = said == trace::Verb::authenticate && last;
  in_flight_.push_back({.number = number,
                        .verb = exchange ? Verb::authenticate : Verb::say,
                        .said = said,
                        .step = exchange ? all_said : std::uint8_t{0}});
}

/// Octets of `send`, and of `say` in POP3. A line that is sent while challenged is the response.
/// POP3 owes a reply to every other line, and these must be told from the replies to the client's
/// own commands.
void Client::note_raw(Verb verb, std::string_view octets) {
  for (const char c : octets) {
    if (c == '\n') {
      note_raw_line(verb);
      raw_line_.clear();
    } else if (protocol_ == Protocol::pop3 && raw_line_.size() < raw_line_kept_octets) {
      raw_line_.push_back(c);
    }
  }
  // As in expect().
  const bool last = verb == Verb::say && octets.ends_with('\n') && !in_flight_.empty();
  if (!last || in_flight_.back().said != trace::Verb::auth) return;
  in_flight_.back().verb = Verb::authenticate;
  in_flight_.back().step = all_said;
}

void Client::note_raw_line(Verb verb) {
  if (challenged_) return forget_challenge();
  if (protocol_ == Protocol::imap || in_flight_.size() >= in_flight_max) return;
  const std::string_view line = std::string_view(raw_line_).substr(0, raw_line_.find('\r'));
  const std::size_t space = line.find(' ');
  const bool alone = space == std::string_view::npos || space + 1 == line.size();
  const trace::Verb said = trace::verb(line.substr(0, space));
  Pending& pending = begin({.verb = verb}, is_listing(said, alone));
  if (verb == Verb::say) pending.said = said;
}

}  // namespace sallyport::client
