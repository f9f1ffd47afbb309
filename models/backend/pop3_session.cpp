// POP3 commands (RFC 1939, 2449, 5034): which exist, in which states, and those that don't read
// mail.
#include <algorithm>

#include "backend/pop3.hpp"
#include "wire/sasl.hpp"

namespace sallyport::backend {
namespace {

/// RFC 1939 §3: the states in which a command is allowed.
enum In : std::uint8_t { authorization = 1, transaction = 2 };

}  // namespace

void Connection::Pop3::greet(const Connection& connection, std::string& out) {
  append_line(out, {"+OK ", connection.directory_->host, " ready"});
}

void Connection::Pop3::ok(std::string_view text) { append_line(out, {"+OK ", text}); }
void Connection::Pop3::err(std::string_view text) { append_line(out, {"-ERR ", text}); }

void Connection::Pop3::bye(std::string_view why) {
  err(why);
  connection.hang_up();
}

void Connection::Pop3::command(std::string_view line) {
  struct Row {
    trace::Verb verb;
    std::uint8_t states;
    void (Pop3::*run)();
  };
  using trace::Verb;
  static constexpr Row rows[] = {
      {Verb::capa, authorization | transaction, &Pop3::capa},
      {Verb::stls, authorization, &Pop3::stls},
      {Verb::auth, authorization, &Pop3::auth},
      {Verb::user, authorization, &Pop3::user},
      {Verb::pass, authorization, &Pop3::pass},
      {Verb::stat, transaction, &Pop3::stat},
      {Verb::list, transaction, &Pop3::list},
      {Verb::uidl, transaction, &Pop3::uidl},
      {Verb::retr, transaction, &Pop3::retr},
      {Verb::top, transaction, &Pop3::top},
      {Verb::dele, transaction, &Pop3::dele},
      {Verb::rset, transaction, &Pop3::rset},
      {Verb::noop, transaction, &Pop3::noop},
      {Verb::quit, authorization | transaction, &Pop3::quit},
  };
  const auto parsed = wire::pop3::parse_command(line);
  if (!parsed) return refuse(parsed.error());
  arguments = parsed->arguments;
  const trace::Verb verb = trace::verb(parsed->keyword);
  connection.tell_parsed(verb, line.substr(0, line.size() - 2));
  // PASS may only come immediately after USER (RFC 1939 §7).
  if (verb != Verb::pass) connection.user_.clear();
  const Row* const row = std::ranges::find(rows, verb, &Row::verb);
  if (row == std::end(rows)) return err("unknown command");
  const bool logged_in = connection.state_ == State::authenticated;
  if ((row->states & (logged_in ? transaction : authorization)) == 0) {
    return err("not in this state");
  }
  (this->*row->run)();
}

void Connection::Pop3::refuse(const wire::Error& error) {
  connection.tell_parsed(trace::Verb::none, "");
  connection.user_.clear();
  err(wire::describe(error.kind));
}

void Connection::Pop3::capa() {
  if (!arguments.empty()) return err("no arguments here");
  ok("capabilities follow");
  const std::string mechanisms = connection.offered(" ");
  if (!mechanisms.empty()) append_line(out, {"SASL", mechanisms});
  if (connection.directory_->tls && !connection.tls_) append_line(out, {"STLS"});
  for (const std::string_view line :
       {"USER", "TOP", "UIDL", "PIPELINING", "RESP-CODES", "AUTH-RESP-CODE", "."}) {
    append_line(out, {line});
  }
}

// RFC 2595 §4
void Connection::Pop3::stls() {
  if (!arguments.empty()) return err("no arguments here");
  if (!connection.directory_->tls || connection.tls_) return err("no TLS to be had");
  ok("begin TLS now");
  connection.wants_tls_ = true;
}

// auth-command = "AUTH" [SP sasl-mech [SP initial-response] *(CRLF [base64])]       (RFC 5034 §7)
/// Alone it asks for the list of mechanisms (MS-POP3 §2.2).
void Connection::Pop3::auth() {
  if (arguments.empty()) {
    append(out, {"+OK", connection.offered("\r\n"), "\r\n.\r\n"});
    return;
  }
  const auto start = wire::sasl::parse_start(arguments);
  if (!start) return err("AUTH takes a mechanism and base64");
  const trace::Mechanism mechanism = trace::mechanism(start->mechanism);
  if (!connection.offers(mechanism)) return err("mechanism not supported");
  finish(connection.start(mechanism, start->initial));
}

/// Always +OK: whether there is such a user is told by PASS, or rather not told.
void Connection::Pop3::user() {
  if (arguments.empty()) return err("which user?");
  connection.user_ = arguments;
  ok("send PASS");
}

void Connection::Pop3::pass() {
  if (connection.user_.empty()) return err("USER first");
  finish(connection.check_password(connection.user_, arguments));
}

void Connection::Pop3::response(std::string_view line) {
  const auto message = wire::sasl::parse_line(line);
  if (!message) return finish({.kind = Outcome::Kind::malformed});
  if (!message->cancel) return finish(connection.advance(message->octets));
  connection.exchange_ = {};
  connection.user_.clear();
  err("exchange cancelled");  // RFC 5034 §4
}

void Connection::Pop3::finish(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::challenge:
      append_line(out, {wire::sasl::challenge(outcome.challenge)});
      return;
    case Outcome::Kind::success:
      connection.enter(outcome.account, store);
      ok("logged in");
      return;
    case Outcome::Kind::failure:
      if (connection.fail()) return bye("[AUTH] invalid credentials, once too often");
      if (connection.directory_->tells_what_is_wrong) {
        return err(outcome.unknown_user ? "no such user" : "wrong password");
      }
      err("[AUTH] invalid credentials");  // RFC 3206 §4
      return;
    case Outcome::Kind::malformed:
      if (connection.fail()) return bye("invalid response, once too often");
      err("invalid response, exchange ended");
      return;
  }
}

/// After TRANSACTION it removes what DELE marked (RFC 1939 §6).
void Connection::Pop3::quit() {
  if (!arguments.empty()) return err("no arguments here");
  if (connection.state_ == State::authenticated) connection.commit(store);
  ok("signing off");
  connection.hang_up();
}

}  // namespace sallyport::backend
