// Commands, and the SASL exchanges behind them (RFC 4422, RFC 3501 §6.2.2, RFC 5034 §4): who a
// client says that it is.
#include <algorithm>
#include <utility>

#include "observe/observer.hpp"
#include "observe/text.hpp"
#include "wire/base64.hpp"

namespace sallyport::observe {

using trace::Blob;
using trace::CommandSlot;
using trace::Event;
using trace::Kind;
using trace::no_command;
using trace::Protocol;
using trace::Verb;

// What one base64 message of a client carries; no text is an empty message.
void Observer::read_message(std::string_view text, Command& command, std::uint8_t step, Event& e,
                            const Sink& out) const {
  e.blob = Blob::empty;
  if (text.empty()) return;
  e.blob = Blob::invalid;
  const auto octets = wire::base64_decode(text);
  if (!octets) return;
  ClientMessage message = read_client_message(*octets, command.mechanism, step, command.identity);
  e.blob = message.blob;
  e.binding = message.binding;
  if (message.has_nonce) e.digest = 0;
  if (!message.nonce.empty()) command.nonce = std::move(message.nonce);
  if (message.is_proof && point_ == trace::Point::client && out.shared.nonces != nullptr) {
    e.repeated = out.shared.nonces->note(Nonces::What::proof, point_, id_, *octets).repeated;
  }
}

// `initial` is the initial response of AUTHENTICATE or AUTH, `octets` the command without its tag.
CommandSlot Observer::emit_command(Command command, std::string_view initial,
                                   std::string_view octets, Sink& out) {
  Event e = event(command.malformed ? Kind::malformed : Kind::command);
  e.digest = trace::digest_of(octets);
  if (!initial.empty()) {
    read_message(initial == "=" ? std::string_view{} : initial, command, 0, e, out);
  }
  e.verb = command.verb;
  e.mechanism = command.mechanism;
  e.tag = command.tag;
  e.user = command.identity.user;
  e.authcid = command.identity.authcid;
  e.secret = command.identity.secret;
  e.amount = std::exchange(carried_octets_, 0);
  // A back-end connection that is logged in carries what a client says, and that may be anything.
  if (point_ == trace::Point::backend && !logged_in_ && !is_login(command.verb)) {
    disclose(octets, out);
  }
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
  const CommandSlot slot = e.command;
  out.events.push_back(std::move(e));
  return slot;
}

bool Observer::read_response(Sink& out) {
  const std::size_t end = client_.find('\n');
  const std::size_t length = std::min(end, client_.size());
  if (end == std::string::npos && length <= line_octets_max) return false;
  const bool too_long = length > line_octets_max;
  const std::string_view raw =
      std::string_view(client_).substr(0, std::min(length, line_octets_max));
  const std::size_t taken = too_long ? raw.size() : end + 1;
  skipping_ = too_long;
  Command& command = commands_[exchange_];
  Event e = event(too_long ? Kind::malformed : Kind::response, exchange_);
  const std::string_view line = without_cr(raw);
  e.digest = trace::digest_of(line);
  e.amount = static_cast<std::uint32_t>(taken);
  if (command.verb == Verb::idle || too_long) {
    e.blob = Blob::none;
  } else if (!is_well_ended(raw)) {
    e.blob = Blob::invalid;
  } else if (line == "*" || line == "* ") {  // MS-OXIMAP4 clients send the space
    e.blob = Blob::cancel;
  } else {
    read_message(line, command, step_, e, out);
    e.user = command.identity.user;
    e.authcid = command.identity.authcid;
    e.secret = command.identity.secret;
  }
  if (step_ < 255) ++step_;
  reading_ = Reading::verdict;
  client_.erase(0, taken);
  out.events.push_back(std::move(e));
  return true;
}

// What one base64 message of a server carries. A client that is given a challenge is told which
// back-end gave the same.
void Observer::read_challenge(std::string_view text, Event& e, const Sink& out) const {
  e.blob = Blob::empty;
  if (text.empty()) return;
  e.blob = Blob::invalid;
  const auto octets = wire::base64_decode(text);
  if (!octets) return;
  const std::string_view nonce =
      e.command == no_command ? std::string_view{} : commands_[e.command].nonce;
  const ServerMessage message = read_server_message(*octets, e.mechanism, nonce);
  e.blob = message.blob;
  if (message.has_nonce) e.digest = 0;
  Nonces* const nonces = out.shared.nonces;
  if (nonces == nullptr) return;
  if (!message.challenge.empty()) {
    const auto seen = nonces->note(Nonces::What::challenge, point_, id_, message.challenge);
    e.repeated = seen.repeated;
    if (point_ == trace::Point::client) e.link = seen.link;
  } else if (message.blob == Blob::scram_server_final && octets->starts_with("v=")) {
    e.repeated = nonces->note(Nonces::What::farewell, point_, id_, *octets).repeated;
  }
}

// The server's "+": leave for a literal, which belongs to no exchange and so has no slot; the next
// challenge; or leave to be idle.
void Observer::continuation(std::string_view text, Sink& out) {
  const bool leave = reading_ == Reading::leave;
  const bool asked = reading_ == Reading::answer || reading_ == Reading::verdict;
  Event e = event(Kind::continuation, asked ? exchange_ : no_command);
  e.digest = trace::digest_of(text);
  e.amount = out.line_octets;
  if (!leave && e.verb != Verb::idle) read_challenge(text, e, out);
  if (asked && e.verb != Verb::starttls && e.verb != Verb::stls) reading_ = Reading::response;
  out.events.push_back(std::move(e));
  if (leave) grant_literal(out);
}

}  // namespace sallyport::observe
