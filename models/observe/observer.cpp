// What the observer does in both protocols: lines, slots, completions, the dialogue.
#include "observe/observer.hpp"

#include <algorithm>
#include <utility>

#include "observe/text.hpp"

namespace sallyport::observe {

using trace::CommandSlot;
using trace::Event;
using trace::Kind;
using trace::no_command;
using trace::Protocol;
using trace::Status;
using trace::Verb;

namespace {

// Enough of the end of a line that is stepped over to see a literal announced there.
constexpr std::size_t tail_octets = 32;

// Takes octets up to and with the next LF off `octets`, and no more than a line may have.
std::string_view take_piece(std::string_view& octets) {
  const std::size_t line_feed = octets.substr(0, line_octets_max).find('\n');
  const std::size_t size = line_feed == std::string_view::npos
                               ? std::min(octets.size(), line_octets_max)
                               : line_feed + 1;
  const std::string_view piece = octets.substr(0, size);
  octets.remove_prefix(size);
  return piece;
}

// Octets that begin with a tag: whatever it is called, the state is the same.
void write_named(std::string_view octets, trace::Canonical& out) {
  const std::size_t space = octets.find(' ');
  const bool named = space != std::string_view::npos && is_tag(octets.substr(0, space));
  out.flag(named);
  if (named) out.name(octets.substr(0, space));
  out.text(named ? octets.substr(space) : octets);
}

}  // namespace

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
  return e;
}

void Observer::opened(trace::Trace& out) { out.events.push_back(event(Kind::opened)); }

void Observer::closed(bool by_server, trace::Trace& out) {
  flush_dialogue(out);
  Event e = event(Kind::closed);
  e.from_server = by_server;
  out.events.push_back(std::move(e));
}

void Observer::tls(trace::Trace& out, std::string_view user, std::uint64_t binding, bool valid) {
  flush_dialogue(out);
  if (partial_ != no_command) drop(partial_);
  partial_ = exchange_ = no_command;
  reading_ = Reading::command;
  blind_ = spoilt_ = skipping_ = dropping_ = in_data_ = false;
  literal_octets_ = carried_octets_ = skip_octets_ = server_literal_ = 0;
  nameless_ = step_ = 0;
  scanned_ = 0;
  data_digest_ = 0;
  data_.clear();
  client_.clear();
  server_.clear();
  words_.clear();
  Event e = event(Kind::tls);
  e.user = user;
  e.binding = binding;
  e.valid = valid;
  out.events.push_back(std::move(e));
}

void Observer::from_client(std::string_view octets, trace::Trace& out, Shared shared) {
  Sink sink{.events = out.events, .shared = shared};
  while (!octets.empty()) {
    const std::string_view piece = take_piece(octets);
    if (out.keep_dialogue) record(piece, false, out);
    if (blind_) continue;
    client_.append(piece);
    read_client(sink);
    if (client_.size() <= waiting_octets_max) continue;
    blind_ = true;
    client_.clear();
    out.events.push_back(event(Kind::malformed));
  }
}

void Observer::from_server(std::string_view octets, trace::Trace& out, Shared shared) {
  Sink sink{.events = out.events, .shared = shared};
  while (!octets.empty()) {
    const std::string_view piece = take_piece(octets);
    if (out.keep_dialogue) record(piece, true, out);
    read_server(piece, sink);
  }
}

// One line of the dialogue is what crossed between two LFs, so a literal's last line goes with what
// follows it. A line without end is cut.
void Observer::record(std::string_view piece, bool from_server, trace::Trace& out) {
  std::string& shown = from_server ? shown_server_ : shown_client_;
  while (!piece.empty()) {
    const std::string_view taken = piece.substr(0, line_octets_max - shown.size());
    shown.append(taken);
    piece.remove_prefix(taken.size());
    if (!shown.ends_with('\n') && shown.size() < line_octets_max) return;
    out.dialogue.push_back({.point = point_,
                            .id = id_,
                            .from_server = from_server,
                            .octets = std::string(without_line_end(shown)),
                            .first_event = out.events.size()});
    shown.clear();
  }
}

void Observer::flush_dialogue(trace::Trace& out) {
  if (!out.keep_dialogue) return;
  if (!shown_client_.empty()) record("\n", false, out);
  if (!shown_server_.empty()) record("\n", true, out);
}

void Observer::read_client(Sink& out) {
  bool more = true;
  while (more && !client_.empty()) {
    if (skipping_ && reading_ != Reading::leave) {
      more = skip_rest();
      continue;
    }
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
      case Reading::handshake:
        more = false;  // the server's turn
        break;
    }
  }
}

// Steps over the rest of what was reported already, with everything that its lines announce by
// {n+}. False: more octets are needed.
bool Observer::skip_rest() {
  if (skip_octets_ > 0) {
    const std::size_t size = std::min<std::size_t>(skip_octets_, client_.size());
    words_.read(std::string_view(client_).substr(0, size));
    client_.erase(0, size);
    skip_octets_ -= static_cast<std::uint32_t>(size);
    if (skip_octets_ > 0) return false;
    words_.end();
  }
  const std::size_t end = client_.find('\n');
  if (end == std::string::npos) {
    if (client_.size() > tail_octets) client_.erase(0, client_.size() - tail_octets);
    return false;
  }
  const auto literal = protocol_ == Protocol::imap
                           ? literal_at_end(without_cr(std::string_view(client_).substr(0, end)))
                           : std::nullopt;
  client_.erase(0, end + 1);
  if (literal && !literal->synchronizing) {
    skip_octets_ = literal->octets;
  } else if (literal && partial_ != no_command) {  // nobody refused it yet
    literal_octets_ = literal->octets;
    reading_ = Reading::leave;
  } else {
    skipping_ = false;
    partial_ = no_command;
  }
  return true;
}

void Observer::read_server(std::string_view piece, Sink& out) {
  if (server_literal_ > 0) {
    const std::size_t size = std::min<std::size_t>(server_literal_, piece.size());
    data_digest_ = trace::digest_of(piece.substr(0, size), data_digest_);
    server_literal_ -= static_cast<std::uint32_t>(size);
    piece.remove_prefix(size);
    if (piece.empty()) return;
  }
  const bool ends = piece.ends_with('\n');
  if (dropping_) {
    dropping_ = !ends;
    return;
  }
  // The usual piece is a whole line, and isn't copied.
  const bool direct = ends && server_.empty();
  if (!direct) server_.append(piece);
  const std::string_view line = direct ? piece : std::string_view(server_);
  if (line.size() - (ends ? 1 : 0) > line_octets_max) {
    malformed_from_server(line.substr(0, line_octets_max), out);
    server_.clear();
    dropping_ = !ends;
    in_data_ = false;
    data_.clear();
    return;
  }
  if (!ends) return;
  out.line_octets = static_cast<std::uint32_t>(line.size());
  if (protocol_ == Protocol::imap) {
    imap_line(without_line_end(line), out);
  } else {
    pop3_line(without_line_end(line), out);
  }
  server_.clear();
  read_client(out);  // an answer may settle how to read what waits
}

bool Observer::has_free_slot() const {
  return commands_.size() < commands_max ||
         std::ranges::any_of(commands_, [](const Command& c) { return !c.in_flight; });
}

// There is a free slot.
CommandSlot Observer::put_in_flight(Command command) {
  command.in_flight = true;
  command.behind_nameless = nameless_;
  std::size_t slot = 0;
  while (slot < commands_.size() && commands_[slot].in_flight) ++slot;
  if (slot == commands_.size()) commands_.emplace_back();
  commands_[slot] = std::move(command);
  order_.push_back(static_cast<CommandSlot>(slot));
  return static_cast<CommandSlot>(slot);
}

void Observer::pass_nameless(std::uint8_t count) {
  const auto less = [count](std::uint8_t& of) {
    of = static_cast<std::uint8_t>(of - std::min(of, count));
  };
  less(nameless_);
  for (Command& command : commands_) less(command.behind_nameless);
}

// It is in flight no longer.
void Observer::drop(CommandSlot slot) {
  commands_[slot] = Command{};
  std::erase(order_, slot);
}

// The command in `slot` is answered; what waited for that is `then` read.
void Observer::free(CommandSlot slot, Reading then, Sink& out) {
  // A response that is too long for the server may be refused before it ends.
  if (slot == exchange_ && reading_ == Reading::response &&
      client_.size() >= imap_line_octets_early && !skipping_) {
    Event e = event(Kind::malformed, slot);
    e.amount = static_cast<std::uint32_t>(client_.size());
    e.digest = trace::digest_of(client_);
    out.events.push_back(std::move(e));
    skipping_ = true;
  }
  if (commands_[slot].behind_literals) words_.clear();
  drop(slot);
  if (slot == partial_) {
    partial_ = no_command;
    if (reading_ == Reading::leave) {
      reading_ = Reading::command;
      literal_octets_ = 0;
      skipping_ = false;
    }
  }
  if (slot == exchange_) {
    exchange_ = no_command;
    step_ = 0;
    reading_ = then;
  }
}

// `slot` is no_command where the reply answers nothing that is in flight.
void Observer::complete(CommandSlot slot, Status status, std::string_view tag, const Reply& reply,
                        Sink& out) {
  if (slot == no_command && blind_) return;  // it may answer what wasn't read
  Event e = event(Kind::completion, slot);
  e.status = status;
  e.tag = tag;
  e.digest = reply.digest;
  e.amount = reply.octets;
  e.code = reply.code;
  if (slot == no_command) {
    e.from_literal = stands_in_literal(tag);
  } else {
    Command& command = commands_[slot];
    pass_nameless(command.behind_nameless);  // the server has come past what it didn't answer
    Identity& identity = command.identity;
    if (command.verb == Verb::user) user_ = status == Status::ok ? identity.user : std::string{};
    if (command.verb == Verb::pass) identity.user = user_;
    const bool logs_in =
        is_login(command.verb) && command.verb != Verb::user && !command.multi_line;
    logged_in_ = logged_in_ || (logs_in && status == Status::ok && point_ == trace::Point::backend);
    e.user = std::move(identity.user);
    e.authcid = std::move(identity.authcid);
    e.secret = identity.secret;
    const bool starts_tls = e.verb == Verb::starttls || e.verb == Verb::stls;
    free(slot, starts_tls && status == Status::ok ? Reading::handshake : Reading::command, out);
  }
  out.events.push_back(std::move(e));
}

Observer::Reply Observer::reply_of(std::string_view text, const Sink& out) {
  return {.digest = text.empty() ? 0 : trace::digest_of(text),
          .octets = out.line_octets,
          .code = code_of(text)};
}

void Observer::offer(trace::MechanismSet mechanisms, trace::CapabilitySet capabilities,
                     trace::OfferSource source, Sink& out) const {
  Event e = event(Kind::offer);
  e.mechanisms = mechanisms;
  e.capabilities = capabilities;
  e.source = source;
  out.events.push_back(std::move(e));
}

void Observer::malformed_from_server(std::string_view octets, Sink& out) const {
  Event e = event(Kind::malformed);
  e.from_server = true;
  e.digest = trace::digest_of(octets);
  out.events.push_back(std::move(e));
}

// Called for what shouldn't hold a secret: not for mail, in which anything may stand.
void Observer::disclose(std::string_view octets, Sink& out) const {
  if (out.shared.secrets == nullptr) return;
  const auto user = out.shared.secrets->find(octets);
  if (!user) return;
  Event e = event(Kind::disclosed);
  e.user = *user;
  out.events.push_back(std::move(e));
}

void Observer::canonical(trace::Canonical& out) const {
  for (const bool flag :
       {greeted_, blind_, spoilt_, skipping_, dropping_, in_data_, in_lines_, logged_in_}) {
    out.flag(flag);
  }
  out.enumerator(reading_);
  out.u8(nameless_);
  out.u8(step_);
  out.u8(exchange_);
  out.u8(partial_);
  for (std::size_t slot = 0; slot < commands_.size(); ++slot) {
    const Command& command = commands_[slot];
    if (!command.in_flight) continue;
    out.u8(static_cast<std::uint8_t>(slot));
    out.flag(command.malformed);
    out.flag(command.multi_line);
    out.flag(command.behind_literals);
    out.u8(command.behind_nameless);
    out.enumerator(command.verb);
    out.enumerator(command.mechanism);
    out.name(command.tag);
    out.text(command.identity.user);
    out.text(command.identity.authcid);
    out.u64(command.identity.secret);
    out.name(command.nonce);
  }
  out.u8(no_command);  // the end of the commands
  for (const CommandSlot slot : order_) out.u8(slot);
  out.u8(no_command);
  out.u32(literal_octets_);
  out.u32(carried_octets_);
  out.u32(skip_octets_);
  out.u32(server_literal_);
  // What is still to come of a literal, if anything: how far it is to the front may hang on the
  // tag.
  out.u64(scanned_ > client_.size() ? scanned_ - client_.size() : 0);
  out.u64(scanned_ == 0 ? 0 : client_.size() - std::min(scanned_, client_.size()) + 1);
  const bool tags = protocol_ == Protocol::imap && !skipping_ &&
                    (reading_ == Reading::command || reading_ == Reading::leave);
  if (tags) {
    write_named(client_, out);
  } else {
    out.text(client_);
  }
  if (protocol_ == Protocol::imap) {
    write_named(server_, out);
  } else {
    out.text(server_);
  }
  out.text(data_);
  out.u64(data_digest_);
  words_.canonical(out);
  out.text(user_);
  out.u64(lines_reply_.digest);
  out.u32(lines_reply_.octets);
  out.enumerator(lines_reply_.code);
  out.u32(list_mechanisms_.bits);
  out.u32(list_capabilities_.bits);
}

}  // namespace sallyport::observe
