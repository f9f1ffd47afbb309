// POP3 as seen from outside (RFC 1939, 2449, 5034). Replies answer commands in order; whether one
// has more lines is decided by the command that it answers.
#include <utility>

#include "observe/observer.hpp"
#include "observe/text.hpp"

namespace sallyport::observe {

using trace::CommandSlot;
using trace::Event;
using trace::Kind;
using trace::no_command;
using trace::Status;
using trace::Verb;

namespace {

// What stands behind +OK or -ERR and a space.
std::string_view text_of(std::string_view line) {
  std::string_view text = line;
  (void)take_word(text);
  return text;
}

}  // namespace

bool Observer::read_pop3_command(Sink& out) {
  if (!has_free_slot()) return false;
  const std::size_t end = client_.find('\n');
  const std::size_t length = std::min(end, client_.size());
  if (length > line_octets_max) {
    const std::string line = client_.substr(0, line_octets_max);
    client_.erase(0, line_octets_max);
    skipping_ = true;
    pop3_command(line, true, out);
    return true;
  }
  if (end == std::string::npos) return false;
  const std::string line = client_.substr(0, end);
  client_.erase(0, end + 1);
  pop3_command(without_cr(line), !is_well_ended(line), out);
  return true;
}

// command = keyword *(SP argument) CRLF
void Observer::pop3_command(std::string_view line, bool malformed, Sink& out) {
  std::string_view rest = line;
  const std::string_view keyword = take_word(rest);
  Command command;
  command.malformed = malformed || !is_atom(keyword, printable);
  command.verb = is_atom(keyword, printable) ? trace::verb(keyword) : Verb::none;
  if (is_http_request(line)) command.verb = Verb::http;
  std::string_view initial;
  switch (command.verb) {
    case Verb::user:
      command.identity.user = rest;
      break;
    case Verb::pass:  // all of the line, spaces too (RFC 1939 §7)
      if (!rest.empty()) command.identity.secret = trace::digest_of(rest);
      break;
    case Verb::apop:
      command.mechanism = trace::Mechanism::apop;
      command.identity.user = take_word(rest);
      break;
    case Verb::auth: {
      const std::string_view mechanism = take_word(rest);
      command.multi_line = mechanism.empty();
      if (mechanism.empty()) break;
      command.mechanism = trace::mechanism(mechanism);
      initial = rest;
      break;
    }
    case Verb::list:
    case Verb::uidl:
      command.multi_line = without_spaces(rest).empty();
      break;
    case Verb::retr:
    case Verb::top:
    case Verb::capa:
      command.multi_line = true;
      break;
    default:
      break;
  }
  (void)emit_command(std::move(command), initial, line, out);
}

void Observer::pop3_line(std::string_view line, Sink& out) {
  if (in_lines_) return pop3_list_line(line, out);
  const bool ok = line.starts_with("+OK");
  const bool err = line.starts_with("-ERR");
  const bool asks = line == "+" || line.starts_with("+ ");
  if (point_ == trace::Point::client && (ok || err || asks)) disclose(line, out);
  if (!std::exchange(greeted_, true) && (ok || err)) {
    Event e = event(Kind::greeting);
    e.status = ok ? Status::ok : Status::no;
    e.code = code_of(text_of(line));
    out.events.push_back(std::move(e));
    return;
  }
  if (ok || err) return pop3_reply(ok, line, out);
  if (asks) return continuation(line.substr(std::min<std::size_t>(2, line.size())), out);
  malformed_from_server(line, out);
}

// reply = ("+OK" / "-ERR") [SP text]
void Observer::pop3_reply(bool ok, std::string_view line, Sink& out) {
  if (!ok && order_.empty() && reading_ == Reading::command && !skipping_ &&
      client_.size() >= pop3_line_octets_early) {
    const std::string front = std::exchange(client_, {});  // refused before its end
    skipping_ = true;
    pop3_command(front, true, out);
  }
  const Status status = ok ? Status::ok : Status::no;
  const Reply reply = reply_of(text_of(line), out);
  if (order_.empty()) return complete(no_command, status, "", reply, out);
  const CommandSlot slot = order_.front();
  if (ok && commands_[slot].multi_line) {
    in_lines_ = true;
    lines_reply_ = reply;
    return;
  }
  complete(slot, status, "", reply, out);
}

// A line of a multi-line reply; "." ends it, and then the command is complete.
void Observer::pop3_list_line(std::string_view line, Sink& out) {
  const CommandSlot slot = order_.front();
  const Verb verb = commands_[slot].verb;
  if (line == ".") {
    in_lines_ = false;
    if (verb == Verb::capa || verb == Verb::auth) {
      offer(std::exchange(list_mechanisms_, {}), std::exchange(list_capabilities_, {}),
            verb == Verb::capa ? trace::OfferSource::capa : trace::OfferSource::auth, out);
    }
    return complete(slot, Status::ok, "", std::exchange(lines_reply_, {}), out);
  }
  if (verb == Verb::auth) {
    list_mechanisms_.add(trace::mechanism(without_spaces(line)));
  } else if (verb == Verb::capa) {
    std::string_view rest = line;
    const std::string_view keyword = take_word(rest);
    if (!trace::equal_fold(keyword, "SASL")) {
      list_capabilities_.add(trace::capability(keyword));
      return;
    }
    while (!rest.empty()) {
      if (const std::string_view word = take_word(rest); !word.empty()) {
        list_mechanisms_.add(trace::mechanism(word));
      }
    }
  } else {
    Event e = event(Kind::untagged, slot);
    e.digest = trace::digest_of(line);
    out.events.push_back(std::move(e));
  }
}

}  // namespace sallyport::observe
