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

bool Observer::read_pop3_command(trace::Trace& out) {
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
void Observer::pop3_command(std::string_view line, bool malformed, trace::Trace& out) {
  std::string_view rest = line;
  const std::string_view keyword = take_word(rest);
  Command command;
  command.malformed = malformed || !is_atom(keyword, "");
  command.verb = is_atom(keyword, "") ? trace::verb(keyword) : Verb::none;
  std::string_view initial;
  switch (command.verb) {
    case Verb::user:
      command.user = rest;
      break;
    case Verb::pass:  // all of the line, spaces too (RFC 1939 §7)
      if (!rest.empty()) command.secret = trace::digest_of(rest);
      break;
    case Verb::apop:
      command.mechanism = trace::Mechanism::apop;
      command.user = take_word(rest);
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

void Observer::pop3_line(std::string_view line, trace::Trace& out) {
  if (in_lines_) return pop3_list_line(line, out);
  const bool ok = line.starts_with("+OK");
  const bool err = line.starts_with("-ERR");
  if (!std::exchange(greeted_, true) && (ok || err)) {
    Event e = event(Kind::greeting);
    e.status = ok ? Status::ok : Status::no;
    out.events.push_back(std::move(e));
    return;
  }
  if (ok || err) return pop3_reply(ok, line, out);
  if (line == "+" || line.starts_with("+ ")) {
    return continuation(line.substr(std::min<std::size_t>(2, line.size())), out);
  }
  malformed_from_server(line, out);
}

// reply = ("+OK" / "-ERR") [SP text]
void Observer::pop3_reply(bool ok, std::string_view line, trace::Trace& out) {
  if (!ok && order_.empty() && reading_ == Reading::command && !skipping_ &&
      client_.size() >= pop3_line_octets_early) {
    const std::string front = std::exchange(client_, {});  // refused before its end
    skipping_ = true;
    pop3_command(front, true, out);
  }
  const Status status = ok ? Status::ok : Status::no;
  if (order_.empty()) return complete(no_command, status, "", out);
  const CommandSlot slot = order_.front();
  const Command& command = commands_[slot];
  if (ok && command.multi_line) {
    in_lines_ = true;
    return;
  }
  // These have their data in the reply's first line.
  const bool data = ok && (command.verb == Verb::stat || command.verb == Verb::list ||
                           command.verb == Verb::uidl);
  order_.erase(order_.begin());
  complete(slot, status, "", out, data ? trace::digest_of(line) : 0);
}

// A line of a multi-line reply; "." ends it, and then the command is complete.
void Observer::pop3_list_line(std::string_view line, trace::Trace& out) {
  const CommandSlot slot = order_.front();
  const Verb verb = commands_[slot].verb;
  if (line == ".") {
    in_lines_ = false;
    if (verb == Verb::capa || verb == Verb::auth) {
      offer(std::exchange(list_mechanisms_, {}), std::exchange(list_capabilities_, {}),
            verb == Verb::capa ? trace::OfferSource::capa : trace::OfferSource::auth, out);
    }
    order_.erase(order_.begin());
    return complete(slot, Status::ok, "", out);
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
