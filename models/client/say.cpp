// What a client says without being asked how: how a phrase becomes octets, and what the client
// expects in return, for phrases and for raw octets.
#include <algorithm>
#include <array>

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

/// For each {name} `append(name, text so far)` puts its value there, or says that it has none; what
/// has none, and the rest, stays as it is.
template <class Append>
std::string filled(std::string_view words, Append&& append) {
  std::string out;
  while (!words.empty()) {
    const std::size_t end = words.front() == '{' ? words.find('}') : std::string_view::npos;
    if (end != std::string_view::npos && append(words.substr(1, end - 1), out)) {
      words.remove_prefix(end + 1);
      continue;
    }
    const std::size_t next = std::min(words.find('{', 1), words.size());
    out += words.substr(0, next);
    words.remove_prefix(next);
  }
  return out;
}

/// Eight literals of nearly 4096 octets each, the next of them always announced.
void append_many_literals(std::string& out) {
  constexpr std::size_t octets = 4000;
  constexpr std::size_t count = 8;
  out.reserve(out.size() + count * (octets + std::string_view(" {4000+}\r\n").size()));
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += ' ';
    out += "{" + std::to_string(octets) + "+}\r\n";
    out.append(octets, 'x');
  }
}

void append_in_capitals(std::string& out, std::string_view text) {
  for (const char c : text) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// So that both protocols can write it in one line without a literal.
bool is_printable(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7f; });
}

void append_as_written(std::string& out, std::string_view value, Protocol protocol) {
  protocol == Protocol::pop3 ? void(out += value) : wire::imap::append_astring(out, value);
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
  const std::string_view other = next_door.empty() ? "nobody" : next_door;
  const std::string_view wrong = action.right ? "" : "-not";

  const auto of_account = [&](std::string_view name, std::string& text) {
    if (name == "user") return text.append(own.user), true;
    if (name == "USER") return append_in_capitals(text, own.user), true;
    if (name == "name") return text.append(own.user).append(wrong), true;
    if (name == "other") return text.append(other), true;
    if (name == "other-name") return text.append(other).append(wrong), true;
    if (name == "password") return text.append(own.password).append(wrong), true;
    if (name == "NUL") return text.push_back('\0'), true;
    return false;
  };
  const std::string message = wire::base64_encode(filled(phrase.message, of_account));
  const std::string_view encoded = message;
  const std::size_t half = encoded.size() / 2;

  struct Tag {
    std::size_t at = 0;
    std::uint32_t number = 0;
  };
  std::vector<Tag> tags;
  const auto of_phrase = [&](std::string_view name, std::string& text) {
    const auto written = [&](std::string_view words) {
      append_as_written(text, filled(words, of_account), protocol_);
    };
    if (name == "t") {
      tags.push_back({.at = text.size(), .number = ++commands_});
      return text.append("a").append(std::to_string(commands_)), true;
    }
    if (name == "user") return written(phrase.user), true;
    if (name == "password") return written(phrase.password), true;
    if (name == "message") return text.append(encoded), true;
    if (name == "head") return text.append(encoded.substr(0, half)), true;
    if (name == "tail") return text.append(encoded.substr(half)), true;
    if (name == "many") return append_many_literals(text), true;
    if (name == "nested") return text.append(nested_parentheses, '('), true;
    return false;
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
