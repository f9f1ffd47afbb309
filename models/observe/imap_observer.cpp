// IMAP4rev1 as seen from outside (RFC 3501 §2.2, §7, §9; RFC 7888).
#include <charconv>
#include <optional>
#include <utility>

#include "observe/observer.hpp"
#include "observe/text.hpp"

namespace sallyport::observe {

using trace::CommandSlot;
using trace::equal_fold;
using trace::Event;
using trace::Kind;
using trace::no_command;
using trace::OfferSource;
using trace::Status;
using trace::Verb;

namespace {

struct Literal {
  std::uint32_t octets = 0;
  bool synchronizing = true;
};

// "{" number ["+"] "}" at the end of a line.
std::optional<Literal> literal_at_end(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  const std::size_t open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  std::string_view count = line.substr(open + 1, line.size() - open - 2);
  Literal literal;
  if (count.ends_with('+')) {
    literal.synchronizing = false;
    count.remove_suffix(1);
  }
  const auto [end, error] =
      std::from_chars(count.data(), count.data() + count.size(), literal.octets);
  if (error != std::errc{} || end != count.data() + count.size()) return std::nullopt;
  return literal;
}

bool is_atom(std::string_view word, std::string_view specials) {
  return !word.empty() && std::ranges::all_of(word, [&](char c) {
    return c > ' ' && c < 0x7f && specials.find(c) == std::string_view::npos;
  });
}
bool is_tag(std::string_view word) { return is_atom(word, "(){%*\"\\+"); }
bool is_name(std::string_view word) { return is_atom(word, "(){%*\"\\]"); }

// Takes an atom, a quoted string or a literal off `rest`, and a space behind it.
std::string take_string(std::string_view& rest) {
  std::string value;
  if (rest.starts_with('"')) {
    std::size_t at = 1;
    for (; at < rest.size() && rest[at] != '"'; ++at) {
      if (rest[at] == '\\' && at + 1 < rest.size()) ++at;
      value += rest[at];
    }
    rest.remove_prefix(std::min(at + 1, rest.size()));
  } else if (rest.starts_with('{')) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const auto literal = literal_at_end(without_cr(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    value = rest.substr(0, literal ? literal->octets : 0);
    rest.remove_prefix(value.size());
  } else {
    return std::string(take_word(rest));
  }
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  return value;
}

std::optional<Status> status_of(std::string_view word) {
  if (equal_fold(word, "OK")) return Status::ok;
  if (equal_fold(word, "NO")) return Status::no;
  if (equal_fold(word, "BAD")) return Status::bad;
  if (equal_fold(word, "PREAUTH")) return Status::preauth;
  if (equal_fold(word, "BYE")) return Status::bye;
  return std::nullopt;
}

}  // namespace

bool Observer::read_imap_command(trace::Trace& out) {
  while (scanned_ <= client_.size()) {
    const std::size_t end = client_.find('\n', scanned_);
    if (end == std::string::npos) return false;
    const std::string_view line =
        without_cr(std::string_view(client_).substr(scanned_, end - scanned_));
    const auto literal = literal_at_end(line);
    if (!literal) {
      const std::string frame = client_.substr(0, end + 1);
      client_.erase(0, end + 1);
      scanned_ = 0;
      imap_command(frame, out);
      return true;
    }
    scanned_ = end + 1;
    if (!literal->synchronizing) {
      scanned_ += literal->octets;
      continue;
    }
    literal_octets_ = literal->octets;
    reading_ = Reading::leave;
    std::string_view rest = client_;
    Event e = event(Kind::literal);
    e.tag = take_word(rest);
    e.verb = trace::verb(take_word(rest));
    out.events.push_back(std::move(e));
    return true;
  }
  return false;  // inside a literal
}

void Observer::imap_command(std::string_view frame, trace::Trace& out) {
  std::string_view rest = without_line_end(frame);
  const std::string_view tag = take_word(rest);
  const std::string_view octets = rest;
  const std::string_view name = take_word(rest);
  if (!is_tag(tag) || !is_name(name)) {
    return malformed_command(is_tag(tag) ? tag : std::string_view{}, frame, out);
  }
  Command command;
  command.tag = tag;
  command.verb = trace::verb(name);
  std::string_view initial;
  if (command.verb == Verb::authenticate) {
    command.mechanism = trace::mechanism(take_word(rest));
    initial = rest;
  } else if (command.verb == Verb::login) {
    command.user = take_string(rest);
    command.secret = trace::digest_of(take_string(rest));
  }
  emit_command(std::move(command), initial, octets, out);
}

// Literal octets of the server, whole lines at a time, so that the dialogue shows them as such.
bool Observer::read_imap_literal(trace::Trace& out) {
  const std::size_t available = std::min<std::size_t>(server_.size(), server_literal_);
  const std::size_t newline = server_.find('\n');
  std::size_t size = newline < available ? newline + 1 : available;
  if (newline >= available && available < server_literal_ && available < frame_octets_max) {
    return false;  // the end of the line is still to come
  }
  size = std::min(size, available);
  const std::string_view piece = std::string_view(server_).substr(0, size);
  if (out.keep_dialogue) record_server(piece, out);
  data_digest_ = trace::digest_of(piece, data_digest_);
  server_literal_ -= static_cast<std::uint32_t>(size);
  server_.erase(0, size);
  return true;
}

// Untagged data goes on behind each literal; a status response holds text, where braces mean
// nothing.
void Observer::imap_line(std::string_view line, trace::Trace& out) {
  const std::string_view text = without_line_end(line);
  if (data_digest_ == 0) {
    std::string_view rest = text;
    const bool data = take_word(rest) == "*" && !status_of(take_word(rest)) && greeted_;
    if (!data || !literal_at_end(text)) return imap_response(text, out);
    data_ = text;
    data_digest_ = trace::digest_of("");
  }
  data_digest_ = trace::digest_of(line, data_digest_);
  if (const auto literal = literal_at_end(text)) {
    server_literal_ = literal->octets;
    return;
  }
  const std::string first = std::exchange(data_, {});
  imap_response(first, out);
  out.events.back().digest = std::exchange(data_digest_, 0);
}

void Observer::imap_response(std::string_view line, trace::Trace& out) {
  std::string_view rest = line;
  const std::string_view word = take_word(rest);
  if (!greeted_) {
    greeted_ = true;
    const auto status = word == "*" ? status_of(take_word(rest)) : std::nullopt;
    const bool known = status && *status != Status::no && *status != Status::bad;
    Event e = event(known ? Kind::greeting : Kind::malformed);
    e.from_server = true;
    e.status = known ? *status : Status::none;
    out.events.push_back(std::move(e));
    return imap_code(rest, OfferSource::greeting, out);
  }
  if (word == "+") return continuation(rest, out);
  if (word == "*") return imap_untagged(rest, out);
  imap_tagged(word, rest, out);
}

void Observer::imap_untagged(std::string_view rest, trace::Trace& out) {
  const std::string_view all = rest;
  std::string_view word = take_word(rest);
  const auto status = status_of(word);
  if (status == Status::ok) imap_code(rest, OfferSource::code, out);
  if (equal_fold(word, "CAPABILITY")) return imap_list(rest, OfferSource::capability, out);
  if (word.find_first_not_of("0123456789") == std::string_view::npos) word = take_word(rest);
  Event e = event(status == Status::bye ? Kind::bye
                  : word.empty()        ? Kind::malformed
                                        : Kind::untagged);
  e.from_server = true;
  e.status = status.value_or(Status::none);
  if (!status) e.verb = trace::verb(word);
  e.digest = trace::digest_of(all);
  out.events.push_back(std::move(e));
  if (status != Status::bad) return;
  // It answers something that was no command (RFC 3501 §7.1.3).
  for (Command& command : commands_) {
    if (!command.in_flight || command.has_tag) continue;
    command = Command{};
    return;
  }
}

void Observer::imap_tagged(std::string_view tag, std::string_view rest, trace::Trace& out) {
  const auto status = status_of(take_word(rest));
  if (!is_tag(tag) || !status || *status == Status::preauth || *status == Status::bye) {
    Event e = event(Kind::malformed);
    e.from_server = true;
    out.events.push_back(std::move(e));
    return;
  }
  if (*status == Status::ok) imap_code(rest, OfferSource::code, out);
  if (reading_ == Reading::leave) {
    // The literal is refused; what was sent of its command is all there is.
    std::string_view unfinished = client_;
    if (take_word(unfinished) == tag) {
      const std::string frame = client_.substr(0, scanned_);
      client_.erase(0, scanned_);
      scanned_ = 0;
      reading_ = Reading::command;
      imap_command(frame, out);
    }
  }
  CommandSlot slot = no_command;
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    if (commands_[i].in_flight && commands_[i].tag == tag) slot = static_cast<CommandSlot>(i);
  }
  complete(slot, *status, tag, out);
}

// "[CAPABILITY IMAP4rev1 …] text": the list in a response code (RFC 3501 §7.1).
void Observer::imap_code(std::string_view text, OfferSource source, trace::Trace& out) const {
  constexpr std::string_view code = "[CAPABILITY ";
  if (text.size() < code.size() || !equal_fold(text.substr(0, code.size()), code)) return;
  text.remove_prefix(code.size());
  imap_list(text.substr(0, text.find(']')), source, out);
}

void Observer::imap_list(std::string_view words, OfferSource source, trace::Trace& out) const {
  trace::MechanismSet mechanisms;
  trace::CapabilitySet capabilities;
  while (!words.empty()) {
    const std::string_view word = take_word(words);
    if (word.size() > 5 && equal_fold(word.substr(0, 5), "AUTH=")) {
      mechanisms.add(trace::mechanism(word.substr(5)));
    } else if (!word.empty()) {
      capabilities.add(trace::capability(word));
    }
  }
  offer(mechanisms, capabilities, source, out);
}

}  // namespace sallyport::observe
