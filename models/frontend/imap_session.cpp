// The client's side in IMAP4rev1 (RFC 3501 §6).
#include "frontend/frontend.hpp"

namespace sallyport::frontend {

using trace::Status;
using trace::Verb;

namespace {

/// Commands that a back-end carries out for an authenticated client. Whether a mailbox is selected
/// is for the back-end to judge. What isn't here the front-end answers itself, or doesn't know.
bool is_relayed(Verb verb) {
  switch (verb) {
    case Verb::noop:
    case Verb::select:
    case Verb::examine:
    case Verb::create:
    case Verb::remove:
    case Verb::rename:
    case Verb::subscribe:
    case Verb::unsubscribe:
    case Verb::list:
    case Verb::lsub:
    case Verb::status:
    case Verb::append:
    case Verb::check:
    case Verb::close:
    case Verb::unselect:
    case Verb::expunge:
    case Verb::search:
    case Verb::fetch:
    case Verb::store:
    case Verb::copy:
    case Verb::uid:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string FrontEnd::imap_capabilities(const Session& session) const {
  std::string list = "IMAP4rev1";
  const trace::CapabilitySet capabilities = shown_capabilities(session);
  capabilities.each([&](trace::Capability capability) {
    list += ' ';
    list += trace::name(capability);
  });
  shown(session.tls).each([&](trace::Mechanism mechanism) {
    list += " AUTH=";
    list += trace::name(mechanism);
  });
  return list;
}

bool FrontEnd::read_imap(trace::SessionId id, Host& host) {
  Session& s = session(id);
  const std::string_view unread = std::string_view(s.input).substr(s.read);
  switch (s.framer.scan(unread)) {
    case wire::imap::Framer::State::incomplete:
      return false;
    case wire::imap::Framer::State::continuation:
      s.framer.grant();
      host.to_client(id, "+ go on\r\n");
      return true;
    case wire::imap::Framer::State::error: {
      const std::size_t resume = s.framer.size();
      if (s.framer.lost()) {  // there is no way to find the next command
        abandon(id, wire::describe(s.framer.error().kind), host);
        return false;
      }
      if (resume == 0) return false;  // its end is still to come
      s.tag = wire::imap::salvage_tag(unread.substr(0, resume));
      const std::string_view why = wire::describe(s.framer.error().kind);
      s.read += resume;
      s.framer.reset();
      complete(id, Status::bad, why, host);
      return true;
    }
    case wire::imap::Framer::State::complete:
      break;
  }
  const std::string frame(unread.substr(0, s.framer.size()));
  s.read += frame.size();
  s.framer.reset();
  imap_command(id, frame, host);
  return true;
}

void FrontEnd::imap_command(trace::SessionId id, std::string_view frame, Host& host) {
  Session& s = session(id);
  const auto command = wire::imap::parse_command(frame);
  if (!command) {
    s.tag = wire::imap::salvage_tag(frame);
    return complete(id, Status::bad, wire::describe(command.error().kind), host);
  }
  s.tag = command->tag;
  s.verb = trace::verb(command->name);
  const bool may_log_in = !s.authenticated || configuration_->fault == Fault::log_in_when_logged_in;
  switch (s.verb) {
    case Verb::capability:
      host.to_client(id, "* CAPABILITY " + imap_capabilities(s) + "\r\n");
      return complete(id, Status::ok, "CAPABILITY completed", host);
    case Verb::logout:
      host.to_client(id, "* BYE logging out\r\n");
      complete(id, Status::ok, "LOGOUT completed", host);
      end_session(id, host);
      return host.close_client(id);
    case Verb::starttls:
      if (!configuration_->certificate || s.tls || s.authenticated) {
        return complete(id, Status::bad, "STARTTLS isn't possible now", host);
      }
      return start_tls(id, host);
    case Verb::login:
      if (!may_log_in) return complete(id, Status::bad, "already authenticated", host);
      return imap_login(id, command->arguments, host);
    case Verb::authenticate:
      if (!may_log_in) return complete(id, Status::bad, "already authenticated", host);
      return start_exchange(id, command->arguments, host);
    case Verb::noop:
      if (!s.authenticated) return complete(id, Status::ok, "NOOP completed", host);
      return relay_command(id, frame, host);
    default:
      break;
  }
  if (!is_relayed(s.verb)) return complete(id, Status::bad, "unknown command", host);
  if (!s.authenticated && !borrow_any_connection(id, host)) {
    return complete(id, Status::bad, "not authenticated", host);
  }
  relay_command(id, frame, host);
}

void FrontEnd::imap_login(trace::SessionId id, std::string_view arguments, Host& host) {
  Session& s = session(id);
  auto words = wire::imap::astrings(arguments);
  if (!words || words->size() != 2) {
    return complete(id, Status::bad, "user name and password expected", host);
  }
  if (!clear_text_allowed(s)) {
    return complete(id, Status::no, "[PRIVACYREQUIRED] LOGIN needs TLS", host);
  }
  s.user = std::move((*words)[0]);
  s.password = std::move((*words)[1]);
  begin_login(id, host);
}

}  // namespace sallyport::frontend
