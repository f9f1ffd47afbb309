// IMAP4rev1 commands (RFC 3501 §6): which exist, in which states, and those that don't read mail.
#include <algorithm>

#include "backend/imap.hpp"
#include "wire/sasl.hpp"

namespace sallyport::backend {
namespace {

/// RFC 3501 §3: the states in which a command is allowed.
enum In : std::uint8_t { not_authenticated = 1, authenticated = 2, selected = 4 };
constexpr std::uint8_t anywhere = not_authenticated | authenticated | selected;
constexpr std::uint8_t logged_in = authenticated | selected;

}  // namespace

void Connection::Imap::greet(const Connection& connection, std::string& out) {
  append_line(out, {"* OK [CAPABILITY ", capabilities(connection), "] ",
                    connection.directory_->host, " ready"});
}

std::string Connection::Imap::capabilities(const Connection& connection) {
  std::string list = "IMAP4rev1 SASL-IR UNSELECT";
  if (connection.directory_->literal_plus) list += " LITERAL+";
  if (connection.directory_->tls && !connection.tls_) list += " STARTTLS";
  return list + connection.offered(" AUTH=");
}

void Connection::Imap::untagged(std::initializer_list<std::string_view> pieces) {
  out.append("* ");
  append_line(out, pieces);
}
void Connection::Imap::ok(std::string_view text) { append_line(out, {tag, " OK ", text}); }
void Connection::Imap::no(std::string_view text) { append_line(out, {tag, " NO ", text}); }
void Connection::Imap::bad(std::string_view text) {
  append_line(out, {tag.empty() ? "*" : tag, " BAD ", text});
}

void Connection::Imap::bye(std::string_view why) {
  untagged({"BYE ", why});
  connection.hang_up();
}

void Connection::Imap::command(std::string_view frame) {
  struct Row {
    trace::Verb verb;
    std::uint8_t states;
    void (Imap::*run)();
  };
  using trace::Verb;
  static constexpr Row rows[] = {
      {Verb::capability, anywhere, &Imap::capability},
      {Verb::noop, anywhere, &Imap::noop},
      {Verb::logout, anywhere, &Imap::logout},
      {Verb::starttls, not_authenticated, &Imap::starttls},
      {Verb::login, not_authenticated, &Imap::login},
      {Verb::authenticate, not_authenticated, &Imap::authenticate},
      {Verb::select, logged_in, &Imap::select},
      {Verb::examine, logged_in, &Imap::select},
      {Verb::status, logged_in, &Imap::status},
      {Verb::list, logged_in, &Imap::list},
      {Verb::lsub, logged_in, &Imap::list},
      {Verb::append, logged_in, &Imap::read_only},
      {Verb::create, logged_in, &Imap::read_only},
      {Verb::remove, logged_in, &Imap::read_only},
      {Verb::rename, logged_in, &Imap::read_only},
      {Verb::subscribe, logged_in, &Imap::read_only},
      {Verb::unsubscribe, logged_in, &Imap::read_only},
      {Verb::check, selected, &Imap::noop},
      {Verb::close, selected, &Imap::close},
      {Verb::unselect, selected, &Imap::close},
      {Verb::expunge, selected, &Imap::read_only},
      {Verb::fetch, selected, &Imap::fetch},
      {Verb::search, selected, &Imap::search},
      {Verb::store, selected, &Imap::read_only},
      {Verb::copy, selected, &Imap::read_only},
      {Verb::uid, selected, &Imap::uid},
  };
  const auto parsed = wire::imap::parse_command(frame);
  if (!parsed) return refuse(frame, parsed.error());
  tag = parsed->tag;
  name = parsed->name;
  arguments = parsed->arguments;
  const trace::Verb verb = trace::verb(name);
  connection.tell_parsed(verb, frame.substr(tag.size() + 1, frame.size() - tag.size() - 3));
  const Row* const row = std::ranges::find(rows, verb, &Row::verb);
  if (row == std::end(rows)) return bad("unknown command");
  const unsigned state = 1U << static_cast<unsigned>(connection.state_);
  if ((row->states & state) == 0) return bad("not in this state");
  (this->*row->run)();
}

/// A line of one word isn't echoed as if it were a tag: most likely it belongs to an exchange that
/// this connection doesn't have, and is a secret.
void Connection::Imap::refuse(std::string_view frame, const wire::Error& error) {
  const std::size_t space = std::min(frame.find(' '), frame.size() - 1);
  connection.tell_parsed(trace::Verb::none, frame.substr(space + 1));
  const bool one_word = frame.find(' ') == std::string_view::npos;
  if (one_word && error.kind == wire::ErrorKind::bad_command) return bad("missing command");
  tag = one_word ? std::string_view{} : wire::imap::salvage_tag(frame);
  bad(wire::describe(error.kind));
}

void Connection::Imap::capability() {
  if (!arguments.empty()) return bad("no arguments here");
  untagged({"CAPABILITY ", capabilities(connection)});
  ok("CAPABILITY completed");
}

/// NOOP, and CHECK, which has nothing to do either.
void Connection::Imap::noop() { arguments.empty() ? ok("completed") : bad("no arguments here"); }

void Connection::Imap::logout() {
  if (!arguments.empty()) return bad("no arguments here");
  bye("signing off");
  ok("LOGOUT completed");
}

// starttls = "STARTTLS"
void Connection::Imap::starttls() {
  if (!arguments.empty()) return bad("no arguments here");
  if (!connection.directory_->tls || connection.tls_) return bad("no TLS to be had");
  ok("begin TLS now");
  connection.wants_tls_ = true;
}

// login = "LOGIN" SP userid SP password
void Connection::Imap::login() {
  const auto words = wire::imap::astrings(arguments);
  if (!words || words->size() != 2) return bad("LOGIN takes a user and a password");
  connection.exchange_.tag = tag;
  finish(connection.check_password((*words)[0], (*words)[1]));
}

// authenticate = "AUTHENTICATE" SP auth-type [SP (base64 / "=")] *(CRLF base64)     (RFC 4959 §7)
void Connection::Imap::authenticate() {
  const auto start = wire::sasl::parse_start(arguments);
  if (!start) return bad("AUTHENTICATE takes a mechanism and base64");
  const trace::Mechanism mechanism = trace::mechanism(start->mechanism);
  if (!connection.offers(mechanism)) return no("mechanism not supported");
  connection.exchange_.tag = tag;
  finish(connection.start(mechanism, start->initial));
}

void Connection::Imap::response(std::string_view line) {
  const auto message = wire::sasl::parse_line(line);
  if (!message) return finish({.kind = Outcome::Kind::malformed});
  if (!message->cancel) return finish(connection.advance(message->octets));
  tag = connection.exchange_.tag;
  bad("exchange cancelled");  // RFC 3501 §6.2.2
  connection.exchange_ = {};
  connection.user_.clear();
}

void Connection::Imap::finish(const Outcome& outcome) {
  using Kind = Outcome::Kind;
  if (outcome.kind == Kind::challenge) {
    return append_line(out, {wire::sasl::challenge(outcome.challenge)});
  }
  const std::string answered = connection.exchange_.tag;  // both calls below forget it
  tag = answered;
  if (outcome.kind == Kind::success) {
    connection.enter(outcome.account, store);
    append_line(out, {tag, " OK [CAPABILITY ", capabilities(connection), "] logged in"});
    return;
  }
  const bool last = connection.fail();
  if (outcome.kind == Kind::malformed) {
    bad("invalid response, exchange ended");
  } else if (!connection.directory_->tells_what_is_wrong) {
    no("[AUTHENTICATIONFAILED] invalid credentials");
  } else {
    no(outcome.unknown_user ? "no such user" : "wrong password");
  }
  if (last) bye("too many failed log-ins");
}

}  // namespace sallyport::backend
