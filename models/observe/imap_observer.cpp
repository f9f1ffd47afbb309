// IMAP4rev1 as seen from outside (RFC 3501 §2.2, §7, §9; RFC 7888).
#include <limits>
#include <optional>
#include <utility>

#include "observe/observer.hpp"
#include "observe/text.hpp"

namespace sallyport::observe {

using trace::Blob;
using trace::CommandSlot;
using trace::equal_fold;
using trace::Event;
using trace::Kind;
using trace::no_command;
using trace::OfferSource;
using trace::Status;
using trace::Verb;

namespace {

bool is_name(std::string_view word) { return is_atom(word, name_octets); }

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

// The verb of a data item's keyword: LIST, FETCH, STATUS; none for EXISTS, FLAGS and the like.
Verb data_verb(std::string_view word) {
  const Verb verb = trace::verb(word);
  return verb == Verb::unknown ? Verb::none : verb;
}

// Calls `each` with what is there of the literals in `frame`, and whether that is all of it.
template <class Each>
bool for_each_literal(std::string_view frame, Each&& each) {
  bool found = false;
  while (true) {
    const std::size_t end = std::min(frame.find('\n'), frame.size());
    const auto literal = literal_at_end(without_cr(frame.substr(0, end)));
    if (end == frame.size() || !literal) return found;
    found = true;
    frame.remove_prefix(end + 1);
    const std::string_view octets = frame.substr(0, literal->octets);
    each(octets, octets.size() == literal->octets);
    frame.remove_prefix(octets.size());
  }
}

}  // namespace

// command = tag SP name [SP arguments] CRLF, where a line that ends in {n} or {n+} goes on behind n
// octets. Reads the next one off the front; false where it has to wait.
bool Observer::read_imap_command(Sink& out) {
  if (partial_ == no_command && !has_free_slot()) return false;
  while (scanned_ <= client_.size()) {
    const std::size_t end = client_.find('\n', scanned_);
    if (std::min(end, client_.size()) - scanned_ > line_octets_max) {
      (void)report_front(scanned_ + line_octets_max, false, out);
      skipping_ = true;
      return true;
    }
    if (end == std::string::npos) return false;
    const std::string_view line = std::string_view(client_).substr(scanned_, end - scanned_);
    spoilt_ = spoilt_ || !is_well_ended(line);
    const auto literal = literal_at_end(without_cr(line));
    scanned_ = end + 1;
    if (!literal) {
      if (has_impossible_count(without_cr(line))) {
        announce(std::numeric_limits<std::uint32_t>::max(), Blob::invalid, true, out);
        spoilt_ = true;
      }
      (void)report_front(scanned_, true, out);
      return true;
    }
    literal_octets_ = literal->octets;
    if (literal->synchronizing || literal->octets > literal_octets_told) {
      announce(literal->octets, Blob::none, literal->synchronizing, out);
    }
    if (literal->synchronizing) {
      reading_ = Reading::leave;
      return true;
    }
    grant_literal(out);
    if (skipping_) return true;
  }
  return false;  // inside a literal
}

// The command has a slot from here on, so that it can be refused.
void Observer::announce(std::uint32_t octets, Blob blob, bool waits, Sink& out) {
  std::string_view rest = without_line_end(std::string_view(client_).substr(0, scanned_));
  const std::string_view tag = take_word(rest);
  if (partial_ == no_command && is_tag(tag)) {
    const std::string_view name = take_word(rest);
    Command command;
    command.tag = tag;
    command.verb = is_name(name) ? trace::verb(name) : Verb::none;
    partial_ = put_in_flight(std::move(command));
  }
  Event e = event(Kind::literal, partial_);
  if (is_tag(tag)) e.tag = tag;
  e.amount = octets;
  e.blob = blob;
  e.valid = !waits;
  out.events.push_back(std::move(e));
}

// The literal that was announced last may come. One that is too long is stepped over.
void Observer::grant_literal(Sink& out) {
  reading_ = Reading::command;
  const std::uint32_t octets = std::exchange(literal_octets_, 0);
  carried_octets_ += std::min(octets, std::numeric_limits<std::uint32_t>::max() - carried_octets_);
  if (skipping_) {
    skip_octets_ = octets;
  } else if (octets > frame_octets_max - scanned_) {
    partial_ = report_front(scanned_, false, out);  // owed an answer all the same
    skip_octets_ = octets;
    skipping_ = true;
  } else {
    scanned_ += octets;
  }
}

// Takes the first `size` octets off the front and tells them as a command, or where they aren't
// `whole`, as malformed.
CommandSlot Observer::report_front(std::size_t size, bool whole, Sink& out) {
  scanned_ = 0;
  const bool malformed = std::exchange(spoilt_, false) || !whole;
  const CommandSlot slot = imap_command(std::string_view(client_).substr(0, size), malformed, out);
  client_.erase(0, size);
  return slot;
}

CommandSlot Observer::imap_command(std::string_view frame, bool malformed, Sink& out) {
  std::string_view rest = without_line_end(frame);
  const std::string_view tag = take_word(rest);
  const std::string_view octets = rest;
  const std::string_view name = take_word(rest);
  Command command;
  if (is_tag(tag)) command.tag = tag;
  if (is_name(name)) command.verb = trace::verb(name);
  command.malformed = malformed || command.tag.empty() || command.verb == Verb::none;
  if (is_http_request(without_line_end(frame))) command.verb = Verb::http;
  follow_literals(frame, command);
  std::string_view initial;
  if (command.verb == Verb::authenticate) {
    // The grammar has an atom; a server that takes any string is seen to.
    command.mechanism = trace::mechanism(take_string(rest));
    initial = rest;
  } else if (command.verb == Verb::login) {
    command.identity.user = take_string(rest);
    if (!rest.empty()) command.identity.secret = trace::digest_of(take_string(rest));
  }
  return emit_command(std::move(command), initial, octets, out);
}

// Keeps what stands in the literals of `command`, the latest that has any, until a later one is
// answered.
void Observer::follow_literals(std::string_view frame, Command& command) {
  command.behind_literals = !words_.empty();
  LiteralWords words;
  const auto read = [&words](std::string_view octets, bool whole) {
    words.read(octets);
    if (whole) words.end();
  };
  if (!for_each_literal(frame, read)) return;
  words_ = std::move(words);
  command.behind_literals = false;
  for (Command& earlier : commands_) earlier.behind_literals = false;
}

// Does a line in the last command's literals begin with `tag`? That command may be unfinished.
bool Observer::stands_in_literal(std::string_view tag) const {
  if (words_.has(tag)) return true;
  LiteralWords words;
  (void)for_each_literal(std::string_view(client_).substr(0, scanned_),
                         [&words](std::string_view octets, bool /*whole*/) {
                           words.read(octets);
                           words.end();
                         });
  return words.has(tag);
}

// A server refuses the command at the front although not all of it came. False: that is too early.
bool Observer::refuse_front(Sink& out) {
  if (client_.empty() || skipping_) return false;
  if (reading_ == Reading::leave) {
    reading_ = Reading::command;
    literal_octets_ = 0;
    (void)report_front(scanned_, true, out);
    return true;
  }
  const bool announced = scanned_ > 0;
  if (reading_ != Reading::command || (!announced && client_.size() < imap_line_octets_early) ||
      (partial_ == no_command && !has_free_slot())) {
    return false;
  }
  skip_octets_ = static_cast<std::uint32_t>(std::max(scanned_, client_.size()) - client_.size());
  (void)report_front(client_.size(), announced, out);
  skipping_ = true;
  return true;
}

// Untagged data goes on behind each literal; a status response holds text, where braces mean
// nothing.
void Observer::imap_line(std::string_view line, Sink& out) {
  const auto literal = literal_at_end(line);
  if (in_data_) {
    data_digest_ = trace::digest_of(line, data_digest_);
    if (literal) {
      server_literal_ = literal->octets;
      return;
    }
    in_data_ = false;
    const std::string first = std::exchange(data_, {});
    return imap_untagged(first, std::exchange(data_digest_, 0), out);
  }
  std::string_view rest = line;
  if (literal && take_word(rest) == "*") {
    const std::string_view data = rest;
    if (!status_of(take_word(rest))) {
      in_data_ = true;
      greeted_ = true;
      data_ = data;
      data_digest_ = trace::digest_of(data);
      server_literal_ = literal->octets;
      return;
    }
  }
  imap_response(line, out);
}

void Observer::imap_response(std::string_view line, Sink& out) {
  std::string_view rest = line;
  const std::string_view word = take_word(rest);
  std::string_view behind = rest;
  const auto status = status_of(take_word(behind));
  // A tag is the client's own, so it may be anything.
  if (point_ == trace::Point::client && (status || word == "+")) disclose(rest, out);
  if (!std::exchange(greeted_, true) && word == "*") {
    if (status == Status::ok || status == Status::preauth || status == Status::bye) {
      Event e = event(Kind::greeting);
      e.status = *status;
      e.code = code_of(behind);
      logged_in_ = point_ == trace::Point::backend && status == Status::preauth;
      out.events.push_back(std::move(e));
      return imap_code(behind, OfferSource::greeting, out);
    }
  }
  if (word == "+") return continuation(rest, out);
  if (word == "*") return imap_untagged(rest, trace::digest_of(rest), out);
  imap_tagged(word, rest, out);
}

// `rest` is what stands behind "* ", up to its first literal; `digest` covers all of it.
void Observer::imap_untagged(std::string_view rest, std::uint64_t digest, Sink& out) {
  const std::string_view all = rest;
  std::string_view word = take_word(rest);
  const auto status = status_of(word);
  if (status == Status::ok) imap_code(rest, OfferSource::code, out);
  if (equal_fold(word, "CAPABILITY")) return imap_list(rest, OfferSource::capability, out);
  if (word.find_first_not_of("0123456789") == std::string_view::npos) word = take_word(rest);
  if (word.empty()) return malformed_from_server(all, out);
  if (status == Status::bad) untagged_bad(out);
  Event e = event(status == Status::bye ? Kind::bye : Kind::untagged);
  e.status = status.value_or(Status::none);
  if (status) {
    e.code = code_of(rest);
  } else {
    e.verb = data_verb(word);
  }
  e.digest = digest;
  out.events.push_back(std::move(e));
}

// An untagged BAD answers something that was no command (RFC 3501 §7.1.3): the oldest such, since
// servers answer in order, and the unfinished command at the front only where there is no other.
void Observer::untagged_bad(Sink& out) {
  const auto answer_nameless = [this] {
    if (nameless_ == 0) return false;
    pass_nameless(1);
    return true;
  };
  if (answer_nameless() || answer_malformed(out) || !refuse_front(out)) return;
  if (!answer_nameless()) (void)answer_malformed(out);
}

bool Observer::answer_malformed(Sink& out) {
  const auto found =
      std::ranges::find_if(order_, [this](CommandSlot slot) { return commands_[slot].malformed; });
  if (found == order_.end()) return false;
  free(*found, Reading::command, out);
  return true;
}

// response = tag SP ("OK" / "NO" / "BAD") SP text
void Observer::imap_tagged(std::string_view tag, std::string_view rest, Sink& out) {
  const std::string_view behind = rest;
  const auto status = status_of(take_word(rest));
  if (!is_tag(tag) || !status || *status == Status::preauth || *status == Status::bye) {
    return malformed_from_server(behind, out);
  }
  if (*status == Status::ok) imap_code(rest, OfferSource::code, out);
  // Of two with this tag, the older: servers answer in order.
  const auto of_tag = [&] {
    const auto found =
        std::ranges::find_if(order_, [&](CommandSlot slot) { return commands_[slot].tag == tag; });
    return found == order_.end() ? no_command : *found;
  };
  CommandSlot slot = of_tag();
  // The command at the front isn't whole yet: it can be refused, and nothing else.
  const bool front = slot == no_command ? client_.size() > tag.size() && client_.starts_with(tag) &&
                                              client_[tag.size()] == ' '
                                        : slot == partial_ && !skipping_;
  if (front) {
    const bool refused = *status != Status::ok && refuse_front(out);
    slot = refused ? of_tag() : no_command;
  }
  complete(slot, *status, tag, reply_of(rest, out), out);
}

// "[CAPABILITY IMAP4rev1 …] text": the list in a response code (RFC 3501 §7.1).
void Observer::imap_code(std::string_view text, OfferSource source, Sink& out) const {
  constexpr std::string_view code = "[CAPABILITY ";
  if (text.size() < code.size() || !equal_fold(text.substr(0, code.size()), code)) return;
  text.remove_prefix(code.size());
  imap_list(text.substr(0, text.find(']')), source, out);
}

void Observer::imap_list(std::string_view words, OfferSource source, Sink& out) const {
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
