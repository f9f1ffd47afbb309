// Commands, and the SASL exchanges behind them (RFC 4422, RFC 3501 §6.2.2, RFC 5034 §4): who a
// client says that it is.
#include <algorithm>
#include <utility>

#include "observe/observer.hpp"
#include "observe/text.hpp"
#include "wire/base64.hpp"
#include "wire/ntlm.hpp"
#include "wire/sasl.hpp"

namespace sallyport::observe {

using trace::Blob;
using trace::CommandSlot;
using trace::Event;
using trace::Kind;
using trace::Mechanism;
using trace::no_command;
using trace::Protocol;
using trace::Verb;

namespace {

struct Identity {
  std::string& user;
  std::uint64_t& secret;
};

// What stands behind `key` in `message`, up to `end`; empty where `key` doesn't stand there.
std::string_view value_of(std::string_view message, std::string_view key, char end) {
  const std::size_t at = message.find(key);
  if (at == std::string_view::npos) return {};
  message.remove_prefix(at + key.size());
  return message.substr(0, message.find(end));
}

void read_ntlm(std::string_view message, Identity identity) {
  namespace ntlm = wire::ntlm;
  const auto proof = ntlm::parse_authenticate(message);
  if (!proof) return;
  const bool unicode = (proof->flags & ntlm::unicode) != 0;
  const auto user = ntlm::from_utf16le(proof->user);
  identity.user = unicode && user ? *user : proof->user;
}

// The identity in message `step` (counted from 0) of an exchange, decoded, as far as it is there.
// A user is the authorization identity where there is one: it decides whose mailbox it is.
void read_identity(Mechanism mechanism, std::uint8_t step, std::string_view message,
                   Identity identity) {
  switch (mechanism) {
    case Mechanism::plain:  // RFC 4616 §2
      if (const auto plain = wire::sasl::parse_plain(message)) {
        identity.user = plain->authzid.empty() ? plain->authcid : plain->authzid;
        identity.secret = trace::digest_of(plain->password);
      }
      return;
    case Mechanism::login:
      if (step == 0) {
        identity.user = message;
      } else {
        identity.secret = trace::digest_of(message);
      }
      return;
    case Mechanism::cram_md5:  // user SP digest; the user may have spaces (RFC 2195 §2)
      if (const std::size_t space = message.rfind(' '); space != std::string_view::npos) {
        identity.user = message.substr(0, space);
      }
      return;
    case Mechanism::external:
      identity.user = message;
      return;
    case Mechanism::ntlm:
      return read_ntlm(message, identity);
    case Mechanism::scram_sha_1:
    case Mechanism::scram_sha_1_plus:
    case Mechanism::scram_sha_256:
    case Mechanism::scram_sha_256_plus:
      if (step == 0) identity.user = value_of(message, ",n=", ',');  // RFC 5802 §5.1
      return;
    case Mechanism::oauthbearer:
    case Mechanism::xoauth2:
      if (step == 0) {
        const bool bearer = mechanism == Mechanism::oauthbearer;
        identity.user = bearer ? value_of(message, ",a=", ',') : value_of(message, "user=", '\x01');
        identity.secret = trace::digest_of(value_of(message, "auth=Bearer ", '\x01'));
      }
      return;
    default:
      return;
  }
}

Blob kind_of(std::string_view message) {
  const auto type = wire::ntlm::message_type(message);
  if (!type) return Blob::other;
  switch (*type) {
    case wire::ntlm::MessageType::negotiate:
      return Blob::ntlm_negotiate;
    case wire::ntlm::MessageType::challenge:
      return Blob::ntlm_challenge;
    case wire::ntlm::MessageType::authenticate:
      return Blob::ntlm_authenticate;
  }
  return Blob::other;
}

// What one base64 message of a client carries; no text is an empty message.
Blob read_message(std::string_view text, Mechanism mechanism, std::uint8_t step,
                  Identity identity) {
  if (text.empty()) return Blob::empty;
  const auto octets = wire::base64_decode(text);
  if (!octets) return Blob::invalid;
  read_identity(mechanism, step, *octets, identity);
  return kind_of(*octets);
}

}  // namespace

// `initial` is the initial response of AUTHENTICATE or AUTH, `octets` the command without its tag.
CommandSlot Observer::emit_command(Command command, std::string_view initial,
                                   std::string_view octets, trace::Trace& out) {
  Event e = event(command.malformed ? Kind::malformed : Kind::command);
  if (!initial.empty()) {
    e.blob = read_message(initial == "=" ? std::string_view{} : initial, command.mechanism, 0,
                          {.user = command.user, .secret = command.secret});
  }
  e.verb = command.verb;
  e.mechanism = command.mechanism;
  e.tag = command.tag;
  e.user = command.user;
  e.secret = command.secret;
  e.digest = trace::digest_of(octets);
  const bool waits = command.verb == Verb::authenticate || command.verb == Verb::starttls ||
                     command.verb == Verb::stls || command.verb == Verb::idle ||
                     (command.verb == Verb::auth && !command.multi_line);
  if (partial_ != no_command) {  // in flight since its first literal
    command.in_flight = true;
    e.command = std::exchange(partial_, no_command);
    commands_[e.command] = std::move(command);
  } else if (protocol_ == Protocol::pop3 || !command.tag.empty()) {
    e.command = put_in_flight(std::move(command));
  } else if (nameless_ < 255) {
    ++nameless_;
  }
  if (waits && e.command != no_command) {
    reading_ = Reading::answer;
    exchange_ = e.command;
    step_ = initial.empty() ? 0 : 1;
  }
  out.events.push_back(std::move(e));
  return out.events.back().command;
}

bool Observer::read_response(trace::Trace& out) {
  const std::size_t end = client_.find('\n');
  const std::size_t length = std::min(end, client_.size());
  if (end == std::string::npos && length <= line_octets_max) return false;
  const bool too_long = length > line_octets_max;
  const std::string raw = client_.substr(0, std::min(length, line_octets_max));
  client_.erase(0, too_long ? raw.size() : end + 1);
  skipping_ = too_long;
  Command& command = commands_[exchange_];
  Event e = event(too_long ? Kind::malformed : Kind::response, exchange_);
  const std::string_view line = without_cr(raw);
  e.digest = trace::digest_of(line);
  if (command.verb == Verb::idle || too_long) {
    e.blob = Blob::none;
  } else if (!is_well_ended(raw)) {
    e.blob = Blob::invalid;
  } else if (line == "*" || line == "* ") {  // MS-OXIMAP4 clients send the space
    e.blob = Blob::cancel;
  } else {
    e.blob = read_message(line, command.mechanism, step_,
                          {.user = command.user, .secret = command.secret});
    e.user = command.user;
    e.secret = command.secret;
  }
  if (step_ < 255) ++step_;
  reading_ = Reading::verdict;
  out.events.push_back(std::move(e));
  return true;
}

// The server's "+": leave for a literal, which belongs to no exchange and so has no slot; the next
// challenge; or leave to be idle.
void Observer::continuation(std::string_view text, trace::Trace& out) {
  const bool leave = reading_ == Reading::leave;
  const bool asked = reading_ == Reading::answer || reading_ == Reading::verdict;
  Event e = event(Kind::continuation, asked ? exchange_ : no_command);
  e.digest = trace::digest_of(text);
  if (leave || e.verb == Verb::idle) {
    e.blob = Blob::none;
  } else if (text.empty()) {
    e.blob = Blob::empty;
  } else if (const auto octets = wire::base64_decode(text)) {
    e.blob = kind_of(*octets);
    if (e.blob == Blob::ntlm_challenge) e.digest = 0;  // it holds a nonce
  } else {
    e.blob = Blob::invalid;
  }
  if (asked && e.verb != Verb::starttls && e.verb != Verb::stls) reading_ = Reading::response;
  out.events.push_back(std::move(e));
  if (leave) grant_literal(out);
}

}  // namespace sallyport::observe
