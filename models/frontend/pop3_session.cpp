// The client's side in POP3 (RFC 1939, 2449, 2595, 5034).
#include <utility>

#include "frontend/frontend.hpp"
#include "wire/http.hpp"

namespace sallyport::frontend {

using trace::Status;
using trace::Verb;

namespace {

/// Commands of the TRANSACTION state, which a back-end carries out.
bool is_relayed(Verb verb) {
  switch (verb) {
    case Verb::stat:
    case Verb::list:
    case Verb::retr:
    case Verb::dele:
    case Verb::noop:
    case Verb::rset:
    case Verb::top:
    case Verb::uidl:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool FrontEnd::read_pop3(trace::SessionId id, Host& host) {
  Session& s = session(id);
  const std::string_view unread = std::string_view(s.input).substr(s.read);
  const auto state = s.lines.scan(unread, wire::pop3::Limits{}.command_octets);
  if (state == wire::pop3::LineFramer::State::incomplete) return false;
  const std::size_t size = s.lines.size();
  const bool browser = s.discarded == 0 && wire::is_http_request(unread) &&
                       state != wire::pop3::LineFramer::State::complete &&
                       !faulty(Fault::serve_browsers);
  if (browser) {
    abandon(id, "this is a mail server", host);
    return false;
  }
  if (size == 0) {  // a malformed line whose end is still to come; it needn't be kept
    s.lines.discard();
    return discard_input(id, host);
  }
  const std::string line(unread.substr(0, size));
  const wire::ErrorKind error = s.lines.error().kind;
  s.read += size;
  s.lines.reset();
  const bool passed = s.authenticated && error == wire::ErrorKind::bare_line_feed &&
                      faulty(Fault::pass_bare_line_feeds);
  if (state == wire::pop3::LineFramer::State::complete) {
    pop3_command(id, line, host);
  } else if (passed) {
    const std::size_t end = std::min(s.input.find("\r\n", s.read), s.input.size() - 2);
    const std::string whole = line + s.input.substr(s.read, end + 2 - s.read);
    s.read = end + 2;
    pop3_command(id, whole, host);
  } else {
    refuse_line(id, wire::describe(error), host);
  }
  return session(id).phase != Phase::closed;
}

void FrontEnd::pop3_command(trace::SessionId id, std::string_view line, Host& host) {
  Session& s = session(id);
  if (wire::is_http_request(line) && !faulty(Fault::serve_browsers)) {
    return abandon(id, "this is a mail server", host);
  }
  const auto command = wire::pop3::parse_command(line);
  if (!command) return refuse_line(id, wire::describe(command.error().kind), host);
  s.verb = trace::verb(command->keyword);
  if (faulty(Fault::log_whole_commands)) host.log(id, "command: " + std::string(line), line);
  switch (s.verb) {
    case Verb::capa:
      return pop3_capa(id, host);
    case Verb::auth:
      if (!may_log_in_now(id)) return complete(id, Status::no, "already authenticated", host);
      return pop3_auth(id, command->arguments, host);
    case Verb::user:
      if (!may_log_in_now(id)) return complete(id, Status::no, "already authenticated", host);
      return pop3_user(id, command->arguments, host);
    case Verb::pass:
      if (!may_log_in_now(id)) return complete(id, Status::no, "already authenticated", host);
      return pop3_pass(id, command->arguments, host);
    case Verb::stls:
      if (!may_start_tls(s)) return complete(id, Status::no, "STLS isn't possible now", host);
      return start_tls(id, host);
    case Verb::quit:
      if (s.authenticated) return relay_command(id, line, host);
      complete(id, Status::ok, "goodbye", host);
      end_session(id, host);
      return host.close_client(id);
    default:
      break;
  }
  if (!is_relayed(s.verb)) return refuse_line(id, "unknown command", host);
  if (!s.authenticated && !borrow_any_connection(id, host)) {
    return complete(id, Status::no, "not authenticated", host);
  }
  relay_command(id, line, host);
}

// RFC 2449 §5; SASL is named only where a mechanism is (RFC 5034 §3).
void FrontEnd::pop3_capa(trace::SessionId id, Host& host) {
  Session& s = session(id);
  if (!configuration_->profile.capa) return complete(id, Status::no, "unknown command", host);
  std::string list = "+OK capabilities follow\r\nTOP\r\nUIDL\r\nPIPELINING\r\n";
  const trace::CapabilitySet capabilities = shown_capabilities(s);
  if (capabilities.has(trace::Capability::user)) list += "USER\r\n";
  if (capabilities.has(trace::Capability::starttls)) list += "STLS\r\n";
  const trace::MechanismSet mechanisms = shown(s);
  if (!mechanisms.empty()) {
    list += "SASL";
    mechanisms.each([&](trace::Mechanism mechanism) {
      list += ' ';
      list += trace::name(mechanism);
    });
    list += "\r\n";
  }
  list += ".\r\n";
  s.phase = Phase::ready;
  s.verb = Verb::none;
  host.to_client(id, std::move(list));
}

// AUTH without an argument lists the mechanisms (MS-OXPOP3 §2.2.1); with one it starts an exchange.
void FrontEnd::pop3_auth(trace::SessionId id, std::string_view arguments, Host& host) {
  Session& s = session(id);
  if (!arguments.empty()) return start_exchange(id, arguments, host);
  std::string list = "+OK\r\n";
  shown(s).each([&](trace::Mechanism mechanism) {
    list += trace::name(mechanism);
    list += "\r\n";
  });
  list += ".\r\n";
  s.verb = Verb::none;
  host.to_client(id, std::move(list));
}

void FrontEnd::pop3_user(trace::SessionId id, std::string_view name, Host& host) {
  Session& s = session(id);
  if (!clear_text_allowed(s) && !faulty(Fault::take_passwords_before_tls)) {
    if (faulty(Fault::keep_user_over_stls)) s.user = name;
    return complete(id, Status::no, "USER needs TLS", host);
  }
  if (name.empty()) return refuse_line(id, "name expected", host);
  s.user = name;
  if (faulty(Fault::let_user_set_the_identity)) {  // CVE-2011-3372
    s.claim = {.delegated = true, .authcid = s.user};
    return look_up(id, s.user, host);
  }
  complete(id, Status::ok, "send PASS", host);
}

void FrontEnd::pop3_pass(trace::SessionId id, std::string_view password, Host& host) {
  Session& s = session(id);
  if (s.user.empty()) return complete(id, Status::no, "USER expected first", host);
  s.claim = {.authcid = s.user, .authzid = {}, .secret = std::string(password)};
  look_up(id, s.claim.authcid, host);
}

}  // namespace sallyport::frontend
