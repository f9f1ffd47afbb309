// POP3 as seen from outside (RFC 1939, 2449, 5034). Replies answer commands in order.
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
  const std::size_t end = client_.find('\n');
  if (end == std::string::npos) return false;
  const std::string line(without_cr(std::string_view(client_).substr(0, end)));
  client_.erase(0, end + 1);
  pop3_command(line, out);
  return true;
}

void Observer::pop3_command(std::string_view line, trace::Trace& out) {
  std::string_view rest = line;
  const std::string_view keyword = take_word(rest);
  if (keyword.empty()) return malformed_command("", line, out);
  Command command;
  command.verb = trace::verb(keyword);
  std::string_view initial;
  switch (command.verb) {
    case Verb::user:
      command.user = rest;
      break;
    case Verb::pass:
      command.secret = trace::digest_of(rest);
      break;
    case Verb::apop:
      command.mechanism = trace::Mechanism::apop;
      command.user = take_word(rest);
      break;
    case Verb::auth: {
      const std::string_view mechanism = take_word(rest);
      if (mechanism.empty()) {
        command.multi_line = true;
      } else {
        command.mechanism = trace::mechanism(mechanism);
        initial = rest;
      }
      break;
    }
    case Verb::list:
    case Verb::uidl:
      command.multi_line = rest.empty();
      break;
    case Verb::retr:
    case Verb::top:
    case Verb::capa:
      command.multi_line = true;
      break;
    default:
      break;
  }
  emit_command(std::move(command), initial, line, out);
}

void Observer::pop3_line(std::string_view line, trace::Trace& out) {
  if (in_lines_) return pop3_list_line(line, out);
  const bool ok = line.starts_with("+OK");
  const bool err = line.starts_with("-ERR");
  if (!greeted_) {
    greeted_ = true;
    Event e = event(ok || err ? Kind::greeting : Kind::malformed);
    e.from_server = true;
    e.status = ok ? Status::ok : err ? Status::no : Status::none;
    out.events.push_back(std::move(e));
    return;
  }
  if (!ok && !err) {
    if (line == "+" || line.starts_with("+ ")) {
      return continuation(line.substr(std::min<std::size_t>(2, line.size())), out);
    }
    Event e = event(Kind::malformed);
    e.from_server = true;
    out.events.push_back(std::move(e));
    return;
  }
  if (order_.empty()) return complete(no_command, ok ? Status::ok : Status::no, "", out);
  const CommandSlot slot = order_.front();
  if (ok && commands_[slot].multi_line) {
    in_lines_ = true;
    list_mechanisms_ = {};
    list_capabilities_ = {};
    return;
  }
  order_.erase(order_.begin());
  complete(slot, ok ? Status::ok : Status::no, "", out);
}

// A line of a multi-line reply; "." ends it, and then the command is complete.
void Observer::pop3_list_line(std::string_view line, trace::Trace& out) {
  const CommandSlot slot = order_.front();
  const Verb verb = commands_[slot].verb;
  if (line == ".") {
    in_lines_ = false;
    if (verb == Verb::capa || verb == Verb::auth) {
      offer(list_mechanisms_, list_capabilities_,
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
    e.from_server = true;
    e.digest = trace::digest_of(line);
    out.events.push_back(std::move(e));
  }
}

}  // namespace sallyport::observe
