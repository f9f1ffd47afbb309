// The client's side in IMAP4rev1 (RFC 3501 §6).
#include "frontend/frontend.hpp"
#include "wire/http.hpp"

namespace sallyport::frontend {

using trace::Status;
using trace::Verb;

namespace {

/// Commands that a back-end carries out for an authenticated client. Whether a mailbox is selected
/// is for the back-end to judge. What isn't here the front-end answers itself, or doesn't know.
bool is_relayed(Verb verb) {
  switch (verb) {
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
    case wire::imap::Framer::State::error:
      return imap_bad_frame(id, unread, host);
    case wire::imap::Framer::State::complete:
      break;
  }
  const std::string frame(unread.substr(0, s.framer.size()));
  s.read += frame.size();
  s.framer.reset();
  imap_command(id, frame, host);
  return true;
}

/// A frame that breaks its grammar. True: what follows can be read.
bool FrontEnd::imap_bad_frame(trace::SessionId id, std::string_view unread, Host& host) {
  Session& s = session(id);
  using wire::ErrorKind;
  const ErrorKind kind = s.framer.error().kind;
  const std::size_t resume = s.framer.size();
  if (kind == ErrorKind::bad_literal && resume > 0 &&
      faulty(Fault::take_literal_counts_as_signed)) {
    s.read += resume;
    s.framer.reset();
    host.to_client(id, "+ go on\r\n");
    return true;
  }
  if (kind == ErrorKind::literal_too_long && resume > 0 &&
      faulty(Fault::let_literal_counts_overflow)) {
    s.read += resume;
    s.framer.reset();
    host.to_client(id, "+ go on\r\n");
    return true;
  }
  if (kind == ErrorKind::literal_too_long && faulty(Fault::allocate_literals_at_once)) {
    const auto header = wire::imap::literal_header(unread.substr(0, unread.find("\r\n")));
    if (header && *header) s.leaked = (*header)->octets;
  }
  if (s.framer.lost()) {  // there is no way to find the next command
    abandon(id, wire::describe(kind), host);
    return false;
  }
  if (s.discarded == 0 && wire::is_http_request(unread) && !faulty(Fault::serve_browsers)) {
    abandon(id, "this is a mail server", host);
    return false;
  }
  // The tag stands at the beginning, or nowhere.
  if (s.discarded == 0) {
    s.tag = wire::imap::salvage_tag(resume == 0 ? unread : unread.substr(0, resume));
  }
  if (resume == 0) {  // its end is still to come; what there is of it needn't be kept
    s.framer.discard();
    return discard_input(id, host);
  }
  if (kind == ErrorKind::bare_line_feed && s.authenticated && faulty(Fault::pass_bare_line_feeds)) {
    const std::size_t end = unread.find("\r\n");
    if (end == std::string_view::npos) return false;
    const std::string whole(unread.substr(0, end + 2));
    s.read += whole.size();
    s.framer.reset();
    imap_command(id, whole, host);
    return true;
  }
  s.read += resume;
  s.framer.reset();
  refuse_line(id, wire::describe(kind), host);
  return session(id).phase == Phase::ready;
}

void FrontEnd::imap_command(trace::SessionId id, std::string_view frame, Host& host) {
  Session& s = session(id);
  const auto command = wire::imap::parse_command(frame);
  if (wire::is_http_request(frame) && !faulty(Fault::serve_browsers)) {
    return abandon(id, "this is a mail server", host);
  }
  if (!command) {
    s.tag = wire::imap::salvage_tag(frame);
    return refuse_line(id, wire::describe(command.error().kind), host);
  }
  s.tag = command->tag;
  s.verb = trace::verb(command->name);
  if (faulty(Fault::log_whole_commands)) host.log(id, "command: " + std::string(frame), frame);
  switch (s.verb) {
    case Verb::capability:
      host.to_client(id, "* CAPABILITY " + imap_capabilities(s, false) + "\r\n");
      return complete(id, Status::ok, "CAPABILITY completed", host);
    case Verb::logout:
      host.to_client(id, "* BYE logging out\r\n");
      complete(id, Status::ok, "LOGOUT completed", host);
      end_session(id, host);
      return host.close_client(id);
    case Verb::id:
      if (!configuration_->profile.id || faulty(Fault::refuse_id)) break;
      host.to_client(id, "* ID NIL\r\n");
      return complete(id, Status::ok, "ID completed", host);
    case Verb::starttls:
      if (!may_start_tls(s)) return complete(id, Status::bad, "STARTTLS isn't possible now", host);
      return start_tls(id, host);
    case Verb::login:
      if (!may_log_in_now(id)) return complete(id, Status::bad, "already authenticated", host);
      return imap_login(id, command->arguments, host);
    case Verb::authenticate:
      if (!may_log_in_now(id)) return complete(id, Status::bad, "already authenticated", host);
      return start_exchange(id, command->arguments, host);
    case Verb::noop:
      if (!s.authenticated) return complete(id, Status::ok, "NOOP completed", host);
      return relay_command(id, frame, host);
    default:
      break;
  }
  imap_relayed_command(id, frame, host);
}

/// A command that a back-end carries out, or nobody.
void FrontEnd::imap_relayed_command(trace::SessionId id, std::string_view frame, Host& host) {
  Session& s = session(id);
  if (!is_relayed(s.verb)) {
    if (faulty(Fault::read_literals_of_unknown_commands)) {
      s.read -= frame.size() - frame.find('\n') - 1;
    }
    return refuse_line(id, "unknown command", host);
  }
  if (!s.authenticated && !borrow_any_connection(id, host)) {
    return complete(id, Status::bad, "not authenticated", host);
  }
  relay_command(id, frame, host);
}

void FrontEnd::imap_login(trace::SessionId id, std::string_view arguments, Host& host) {
  Session& s = session(id);
  auto words = wire::imap::astrings(arguments);
  if (!words || words->size() != 2) {
    return refuse_line(id, "user name and password expected", host);
  }
  if (!clear_text_allowed(s) && !faulty(Fault::take_passwords_before_tls)) {
    return complete(id, Status::no, "[PRIVACYREQUIRED] LOGIN needs TLS", host);
  }
  s.claim = {.authcid = std::move((*words)[0]), .authzid = {}, .secret = std::move((*words)[1])};
  look_up(id, s.claim.authcid, host);
}

}  // namespace sallyport::frontend
