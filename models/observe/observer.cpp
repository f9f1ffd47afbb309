// What the observer does in both protocols: slots, SASL exchanges, lists, the dialogue.
#include "observe/observer.hpp"

#include <algorithm>

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
using trace::Status;
using trace::Verb;

Observer::Observer(Protocol protocol, trace::Point point, std::uint16_t id)
    : protocol_(protocol), point_(point), id_(id) {}

Event Observer::event(Kind kind) const {
  Event e{.kind = kind, .point = point_, .protocol = protocol_};
  (point_ == trace::Point::client ? e.session : e.link) = id_;
  return e;
}

Event Observer::event(Kind kind, CommandSlot slot) const {
  Event e = event(kind);
  if (slot == no_command) return e;
  const Command& command = commands_[slot];
  e.command = slot;
  e.verb = command.verb;
  e.mechanism = command.mechanism;
  e.tag = command.tag;
  return e;
}

void Observer::opened(trace::Trace& out) { out.events.push_back(event(Kind::opened)); }

void Observer::closed(bool by_server, trace::Trace& out) {
  if (out.keep_dialogue) {
    if (!shown_.empty()) record_client("\n", out);
    record_server(server_, out);
  }
  Event e = event(Kind::closed);
  e.from_server = by_server;
  out.events.push_back(std::move(e));
}

void Observer::tls(trace::Trace& out) {
  client_.clear();
  server_.clear();
  scanned_ = 0;
  server_literal_ = 0;
  data_digest_ = 0;
  reading_ = Reading::command;
  exchange_ = no_command;
  out.events.push_back(event(Kind::tls));
}

void Observer::from_client(std::string_view octets, trace::Trace& out) {
  if (out.keep_dialogue) record_client(octets, out);
  client_.append(octets);
  read_client(out);
}

void Observer::from_server(std::string_view octets, trace::Trace& out) {
  server_.append(octets);
  read_server(out);
}

void Observer::record_client(std::string_view octets, trace::Trace& out) {
  shown_.append(octets);
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = shown_.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    const std::string_view line = without_cr(std::string_view(shown_).substr(begin, end - begin));
    out.dialogue.push_back({.point = point_,
                            .id = id_,
                            .from_server = false,
                            .octets = std::string(line),
                            .first_event = out.events.size()});
  }
  shown_.erase(0, begin);
}

void Observer::record_server(std::string_view octets, trace::Trace& out) const {
  while (!octets.empty()) {
    const std::size_t end = std::min(octets.find('\n'), octets.size());
    out.dialogue.push_back({.point = point_,
                            .id = id_,
                            .from_server = true,
                            .octets = std::string(without_cr(octets.substr(0, end))),
                            .first_event = out.events.size()});
    octets.remove_prefix(std::min(end + 1, octets.size()));
  }
}

// An unfinished line that exceeds the limit is one malformed event; what follows of it is dropped.
bool Observer::too_long(std::string& unread, bool& dropping, bool from_server,
                        trace::Trace& out) const {
  if (dropping) {
    const std::size_t end = unread.find('\n');
    dropping = end == std::string::npos;
    unread.erase(0, dropping ? unread.size() : end + 1);
    return dropping;
  }
  if (unread.size() <= frame_octets_max) return false;
  Event e = event(Kind::malformed);
  e.from_server = from_server;
  out.events.push_back(std::move(e));
  dropping = true;
  return too_long(unread, dropping, from_server, out);
}

void Observer::read_client(trace::Trace& out) {
  bool more = true;
  while (more && !client_.empty()) {
    if (dropping_client_ && too_long(client_, dropping_client_, false, out)) return;
    switch (reading_) {
      case Reading::command:
        more = protocol_ == Protocol::imap ? read_imap_command(out) : read_pop3_command(out);
        break;
      case Reading::response:
        more = read_response(out);
        break;
      case Reading::answer:
      case Reading::verdict:
      case Reading::leave:
        more = false;  // the server's turn
        break;
    }
  }
  if (too_long(client_, dropping_client_, false, out)) scanned_ = 0;
}

void Observer::read_server(trace::Trace& out) {
  while (!server_.empty()) {
    if (dropping_server_ && too_long(server_, dropping_server_, true, out)) return;
    if (server_literal_ > 0) {
      if (!read_imap_literal(out)) break;
      continue;
    }
    const std::size_t newline = server_.find('\n');
    if (newline == std::string::npos) break;
    const std::string line = server_.substr(0, newline + 1);
    server_.erase(0, line.size());
    if (out.keep_dialogue) record_server(line, out);
    if (protocol_ == Protocol::imap) {
      imap_line(line, out);
    } else {
      pop3_line(without_line_end(line), out);
    }
    read_client(out);  // an answer may settle how to read what waits
  }
  (void)too_long(server_, dropping_server_, true, out);
}

CommandSlot Observer::put_in_flight(Command command) {
  command.in_flight = true;
  std::size_t slot = 0;
  while (slot < commands_.size() && commands_[slot].in_flight) ++slot;
  if (slot >= commands_max) return no_command;
  if (slot == commands_.size()) commands_.emplace_back();
  commands_[slot] = std::move(command);
  if (protocol_ == Protocol::pop3) order_.push_back(static_cast<CommandSlot>(slot));
  return static_cast<CommandSlot>(slot);
}

// `initial` is the initial response of AUTHENTICATE or AUTH, `octets` the command without its tag.
void Observer::emit_command(Command command, std::string_view initial, std::string_view octets,
                            trace::Trace& out) {
  Event e = event(Kind::command);
  e.verb = command.verb;
  e.mechanism = command.mechanism;
  e.tag = command.tag;
  e.digest = trace::digest_of(octets);
  if (!initial.empty()) describe_message(initial == "=" ? std::string_view{} : initial, command, e);
  e.user = command.user;
  e.secret = command.secret;
  const bool waits = command.verb == Verb::authenticate || command.verb == Verb::starttls ||
                     command.verb == Verb::stls ||
                     (command.verb == Verb::auth && command.mechanism != Mechanism::none);
  e.command = put_in_flight(std::move(command));
  if (waits && e.command != no_command) {
    reading_ = Reading::answer;
    exchange_ = e.command;
    step_ = initial.empty() ? 0 : 1;
  }
  out.events.push_back(std::move(e));
}

// Something that is no command. It may be answered under a tag, by an untagged BAD, or not at all.
void Observer::malformed_command(std::string_view tag, std::string_view octets, trace::Trace& out) {
  Event e = event(Kind::malformed);
  e.digest = trace::digest_of(octets);
  e.tag = tag;
  Command command;
  command.has_tag = false;
  command.tag = tag;
  e.command = put_in_flight(std::move(command));
  out.events.push_back(std::move(e));
}

bool Observer::read_response(trace::Trace& out) {
  const std::size_t end = client_.find('\n');
  if (end == std::string::npos) return false;
  const std::string line(without_cr(std::string_view(client_).substr(0, end)));
  client_.erase(0, end + 1);
  Command& command = commands_[exchange_];
  Event e = event(Kind::response, exchange_);
  e.tag.clear();
  e.digest = trace::digest_of(line);
  if (line == "*" || line == "* ") {
    e.blob = Blob::cancel;
  } else {
    describe_message(line, command, e);
    e.user = command.user;
    e.secret = command.secret;
  }
  if (step_ < 255) ++step_;
  reading_ = Reading::verdict;
  out.events.push_back(std::move(e));
  return true;
}

// What one base64 message of a client says of who it is. An empty view is an empty message.
void Observer::describe_message(std::string_view text, Command& command, Event& e) const {
  if (text.empty()) {
    e.blob = Blob::empty;
    return;
  }
  const auto octets = wire::base64_decode(text);
  if (!octets) {
    e.blob = Blob::invalid;
    return;
  }
  e.blob = Blob::other;
  const std::string_view message = *octets;
  if (const auto type = wire::ntlm::message_type(message)) {
    e.blob = *type == wire::ntlm::MessageType::negotiate   ? Blob::ntlm_negotiate
             : *type == wire::ntlm::MessageType::challenge ? Blob::ntlm_challenge
                                                           : Blob::ntlm_authenticate;
  }
  switch (command.mechanism) {
    case Mechanism::plain:
      if (auto plain = wire::sasl::parse_plain(message)) {
        command.user = plain->authzid.empty() ? plain->authcid : plain->authzid;
        command.secret = trace::digest_of(plain->password);
      }
      return;
    case Mechanism::login:
      if (step_ == 0) {
        command.user = message;
      } else {
        command.secret = trace::digest_of(message);
      }
      return;
    case Mechanism::cram_md5:
      command.user = message.substr(0, std::min(message.rfind(' '), message.size()));
      return;
    case Mechanism::external:
      command.user = message;
      return;
    case Mechanism::ntlm:
      if (const auto proof = wire::ntlm::parse_authenticate(message)) {
        const bool unicode = (proof->flags & wire::ntlm::unicode) != 0;
        const auto user = wire::ntlm::from_utf16le(proof->user);
        command.user = unicode && user ? *user : proof->user;
      }
      return;
    case Mechanism::scram_sha_1:
    case Mechanism::scram_sha_1_plus:
    case Mechanism::scram_sha_256:
    case Mechanism::scram_sha_256_plus:
      if (const std::size_t at = message.find(",n="); step_ == 0 && at != std::string_view::npos) {
        const std::string_view name = message.substr(at + 3);
        command.user = name.substr(0, name.find(','));
      }
      return;
    default:
      return;
  }
}

// The server's "+": leave for a literal, or the next challenge.
void Observer::continuation(std::string_view text, trace::Trace& out) {
  if (reading_ == Reading::leave) {
    Event e = event(Kind::continuation);
    reading_ = Reading::command;
    scanned_ += literal_octets_;
    out.events.push_back(std::move(e));
    return;
  }
  const bool asked = reading_ == Reading::answer || reading_ == Reading::verdict;
  Event e = event(Kind::continuation, asked ? exchange_ : no_command);
  e.from_server = true;
  e.tag.clear();
  e.digest = trace::digest_of(text);
  e.blob = text.empty() ? Blob::empty : Blob::invalid;
  if (const auto octets = wire::base64_decode(text); octets && !text.empty()) {
    e.blob = Blob::other;
    const auto type = wire::ntlm::message_type(*octets);
    if (type && *type == wire::ntlm::MessageType::challenge) {
      e.blob = Blob::ntlm_challenge;
      e.digest = 0;  // it holds a nonce
    }
  }
  if (asked && e.verb != Verb::starttls && e.verb != Verb::stls) reading_ = Reading::response;
  out.events.push_back(std::move(e));
}

// `slot` is no_command where the reply answers nothing that is in flight.
void Observer::complete(CommandSlot slot, Status status, std::string_view tag, trace::Trace& out) {
  Event e = event(Kind::completion, slot);
  e.from_server = true;
  e.status = status;
  e.tag = tag;
  if (slot != no_command) {
    Command& command = commands_[slot];
    if (command.verb == Verb::user) user_ = status == Status::ok ? command.user : std::string{};
    if (command.verb == Verb::pass) command.user = user_;
    e.user = std::move(command.user);
    e.secret = command.secret;
    command = Command{};
    if (slot == exchange_) {
      exchange_ = no_command;
      // Behind a STARTTLS that was accepted, octets belong to the handshake until tls().
      const bool handshake =
          status == Status::ok && (e.verb == Verb::starttls || e.verb == Verb::stls);
      reading_ = handshake ? Reading::answer : Reading::command;
    }
  }
  out.events.push_back(std::move(e));
}

void Observer::offer(trace::MechanismSet mechanisms, trace::CapabilitySet capabilities,
                     trace::OfferSource source, trace::Trace& out) const {
  Event e = event(Kind::offer);
  e.from_server = true;
  e.mechanisms = mechanisms;
  e.capabilities = capabilities;
  e.source = source;
  out.events.push_back(std::move(e));
}

void Observer::canonical(trace::Canonical& out) const {
  out.flag(greeted_);
  out.flag(dropping_client_);
  out.flag(dropping_server_);
  out.flag(in_lines_);
  out.enumerator(reading_);
  out.u8(step_);
  out.u8(exchange_);
  out.u32(literal_octets_);
  out.u32(static_cast<std::uint32_t>(scanned_));
  out.u32(server_literal_);
  out.u64(data_digest_);
  out.text(client_);
  out.text(server_);
  out.text(user_);
  for (std::size_t slot = 0; slot < commands_.size(); ++slot) {
    const Command& command = commands_[slot];
    if (!command.in_flight) continue;
    out.u8(static_cast<std::uint8_t>(slot));
    out.flag(command.has_tag);
    out.flag(command.multi_line);
    out.enumerator(command.verb);
    out.enumerator(command.mechanism);
    out.name(command.tag);
    out.text(command.user);
    out.u64(command.secret);
  }
  out.u8(no_command);  // the end of the commands
  for (const CommandSlot slot : order_) out.u8(slot);
  out.u8(no_command);
  if (in_lines_) {
    out.u32(list_mechanisms_.bits);
    out.u32(list_capabilities_.bits);
  }
}

}  // namespace sallyport::observe
