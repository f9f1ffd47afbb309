#include "world/mishap.hpp"

#include <algorithm>
#include <array>

namespace sallyport::world {
namespace {

using enum Strikes;

constexpr std::array<MishapFacts, mishap_count> table{{
    {Mishap::none, "none", never, false, false, "nothing goes wrong"},
    {Mishap::greet_preauth, "greet-preauth", greeting, true, true,
     "the back-end takes the front-end for logged in already"},
    {Mishap::greet_bye, "greet-bye", greeting, true, false, "the back-end turns it away"},
    {Mishap::greet_garbage, "greet-garbage", greeting, true, false,
     "the back-end speaks another protocol"},
    {Mishap::greet_format, "greet-format", greeting, false, false,
     "the greeting holds directives of a format"},
    {Mishap::old_backend, "old-backend", opening, false, false,
     "the back-end knows neither LITERAL+ nor any mechanism"},
    {Mishap::no_starttls, "no-starttls", list, true, false, "the back-end offers no TLS"},
    {Mishap::refuse_starttls, "refuse-starttls", starttls, true, false,
     "the back-end refuses TLS that it offers"},
    {Mishap::wrong_name, "wrong-name", starttls, true, false,
     "the back-end's certificate is another host's"},
    {Mishap::weak_tls, "weak-tls", starttls, true, false, "only a weak cipher can be agreed on"},
    {Mishap::inject_before_tls, "inject-before-tls", starttls, true, false,
     "somebody puts answers in plaintext behind the back-end's OK to STARTTLS"},
    {Mishap::login_disabled, "login-disabled", list, true, false,
     "the back-end takes no password in the clear, and no mechanism"},
    {Mishap::no_list, "no-list", list, true, true, "the list of capabilities is empty"},
    {Mishap::plus_at_login, "plus-at-login", proof, true, false,
     "the back-end asks for more than the login has"},
    {Mishap::untagged_at_login, "untagged-at-login", login, false, true,
     "the back-end says something untagged before the outcome"},
    {Mishap::bye_at_login, "bye-at-login", login, true, true,
     "the back-end says BYE in the middle of a login"},
    {Mishap::refuse_in_words, "refuse-in-words", opening, false, false,
     "the back-end's refusals say what was wrong, user or password"},
    {Mishap::refer_at_login, "refer-at-login", proof, true, true,
     "the back-end refuses the login and refers to another server"},
    {Mishap::die_at_login, "die-at-login", login, true, false,
     "the back-end dies at the first command of a login"},
    {Mishap::die_at_proof, "die-at-proof", proof, true, false,
     "the back-end dies when it has the proof"},
    {Mishap::hang_at_login, "hang-at-login", login, true, false,
     "the back-end doesn't answer a login"},
    {Mishap::die_in_answer, "die-in-answer", command, true, false,
     "the back-end dies in the middle of an answer"},
    {Mishap::hang_in_answer, "hang-in-answer", command, true, false,
     "the back-end stops in the middle of an answer"},
    {Mishap::slow, "slow", anywhere, false, false,
     "the back-ends' answers come only in the next step"},
    {Mishap::dead_in_pool, "dead-in-pool", pooled, true, false,
     "a connection has died in the pool, and is found out when it is used"},
    {Mishap::database_dies, "database-dies", database, true, false,
     "the account database goes away when it is asked"},
    {Mishap::database_hangs, "database-hangs", database, true, false,
     "the account database doesn't answer"},
}};

std::string without(std::string_view text, std::string_view what) {
  std::string out(text);
  for (std::size_t at = out.find(what); at != std::string::npos; at = out.find(what)) {
    out.erase(at, what.size());
  }
  return out;
}

std::string first_word(std::string_view line) {
  return std::string(line.substr(0, std::min(line.find_first_of(" \r\n"), line.size())));
}

/// Without every mechanism that an IMAP or POP3 list shows.
std::string without_mechanisms(std::string_view list) {
  std::string out(list);
  for (std::size_t at = out.find(" AUTH="); at != std::string::npos; at = out.find(" AUTH=")) {
    out.erase(at, std::min(out.find_first_of(" \r]", at + 1), out.size()) - at);
  }
  if (const std::size_t at = out.find("SASL "); at != std::string::npos) {
    out.erase(at, out.find("\r\n", at) + 2 - at);
  }
  return out;
}

}  // namespace

const MishapFacts& facts(Mishap mishap) { return table[static_cast<std::size_t>(mishap)]; }

trace::Verb verb_to_backend(trace::Protocol protocol, std::string_view said) {
  if (protocol == trace::Protocol::imap) {
    const std::size_t space = said.find(' ');
    if (space == std::string_view::npos) return trace::Verb::none;
    said.remove_prefix(space + 1);
  }
  const std::size_t end = std::min(said.find_first_of(" \r\n"), said.size());
  const trace::Verb verb = trace::verb(said.substr(0, end));
  return verb == trace::Verb::unknown ? trace::Verb::none : verb;
}

bool begins_login(trace::Verb verb) {
  return verb == trace::Verb::login || verb == trace::Verb::authenticate ||
         verb == trace::Verb::user || verb == trace::Verb::auth;
}

Strikes place_of(trace::Verb verb, bool logging_in, bool logged_in) {
  if (verb == trace::Verb::capability || verb == trace::Verb::capa) return Strikes::list;
  if (logged_in) return Strikes::command;  // a client's, and whatever its octets look like
  if (verb == trace::Verb::starttls || verb == trace::Verb::stls) return Strikes::starttls;
  if (begins_login(verb)) return Strikes::login;
  return logging_in ? Strikes::proof : Strikes::never;
}

bool replaces(Mishap mishap) {
  return mishap == Mishap::refuse_starttls || mishap == Mishap::die_at_login ||
         mishap == Mishap::die_at_proof || mishap == Mishap::hang_at_login ||
         mishap == Mishap::refer_at_login;
}

bool is_of_handshake(Mishap mishap) {
  return mishap == Mishap::wrong_name || mishap == Mishap::weak_tls;
}

Answer distorted(Mishap mishap, trace::Protocol protocol, std::string_view said,
                 std::string_view answer) {
  const bool imap = protocol == trace::Protocol::imap;
  const std::string tag = first_word(said);
  const std::string whole(answer);
  switch (mishap) {
    case Mishap::greet_preauth:
      return {"* PREAUTH welcome back\r\n"};
    case Mishap::greet_bye:
      return {imap ? "* BYE be1.example is full\r\n" : "-ERR be1.example is full\r\n", true};
    case Mishap::greet_garbage:
      return {"220 be1.example ESMTP\r\n"};
    case Mishap::greet_format:
      return {imap ? "* OK be1 %n%s%d ready\r\n" : "+OK be1 %n%s%d ready\r\n"};
    case Mishap::no_starttls:
      return {imap ? without(answer, " STARTTLS") : without(answer, "STLS\r\n")};
    case Mishap::refuse_starttls:
      return {imap ? tag + " NO not today\r\n" : "-ERR not today\r\n"};
    case Mishap::inject_before_tls:
      // Guesses at what the front-end will ask next: a list, and a login of two messages.
      return {whole + (imap ? "* CAPABILITY IMAP4rev1 LITERAL+ AUTH=PLAIN\r\nf2 OK injected\r\n"
                              "f3 OK injected\r\n+ \r\nf4 OK injected\r\nf5 OK injected\r\n"
                            : "+OK\r\nSASL PLAIN\r\n.\r\n+ \r\n+OK injected\r\n")};
    case Mishap::login_disabled: {
      std::string list = without_mechanisms(answer);
      if (!imap) return {without(list, "USER\r\n")};
      if (const std::size_t at = list.find("IMAP4rev1"); at != std::string::npos) {
        list.insert(at + 9, " LOGINDISABLED");
      }
      return {list};
    }
    case Mishap::no_list:
      return {"* CAPABILITY\r\n" + tag + " OK done\r\n"};
    case Mishap::plus_at_login:
      return {"+ \r\n" + whole};
    case Mishap::untagged_at_login:
      return {"* 23 EXISTS\r\n* OK [ALERT] be1.example is for rent\r\n" + whole};
    case Mishap::bye_at_login:
      return {"* BYE be1.example shuts down\r\n" + tag + " NO shutting down\r\n", true};
    case Mishap::refer_at_login:
      return {first_word(answer) + " NO [REFERRAL imap://alice@be2.example/] try there\r\n"};
    case Mishap::die_at_login:
    case Mishap::die_at_proof:
    case Mishap::dead_in_pool:
      return {"", true};
    case Mishap::hang_at_login:
      return {};
    case Mishap::die_in_answer:
    case Mishap::hang_in_answer:
      return {whole.substr(0, whole.size() / 2), mishap == Mishap::die_in_answer};
    default:
      return {whole};
  }
}

Answer distorted_greeting(Mishap mishap, trace::Protocol protocol, std::string_view greeting) {
  if (protocol == trace::Protocol::pop3) return {std::string(greeting)};
  if (mishap == Mishap::no_list) return {"* OK be1.example ready\r\n"};
  return distorted(mishap, protocol, "", greeting);
}

}  // namespace sallyport::world
