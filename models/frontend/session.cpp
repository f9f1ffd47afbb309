// What a session does in both protocols: lists, SASL exchanges, STARTTLS, its end.
#include <algorithm>

#include "frontend/frontend.hpp"
#include "wire/base64.hpp"

namespace sallyport::frontend {

using trace::Mechanism;
using trace::Protocol;
using trace::Status;
using trace::Verb;

namespace {

// Behind this many octets that are done with, the buffer is moved up.
constexpr std::size_t compact_octets = 16384;
// A client may pipeline this much while a back-end is slow, or send as much of a malformed line;
// then it is too much.
constexpr std::size_t input_octets_max = 262144;

}  // namespace

FrontEnd::FrontEnd(const Configuration& configuration) : configuration_(&configuration) {}

bool FrontEnd::clear_text_allowed(const Session& session) const {
  return session.tls || !configuration_->certificate ||
         !configuration_->profile.tls_before_clear_text;
}

// What AUTHENTICATE and AUTH take. PLAIN and what else reveals the password waits for TLS.
trace::MechanismSet FrontEnd::accepted(bool tls) const {
  trace::MechanismSet set = configuration_->profile.offers;
  if (configuration_->fault == Fault::relay_ntlm_over_free_connections) set.add(Mechanism::ntlm);
  const bool clear_text =
      tls || !configuration_->certificate || !configuration_->profile.tls_before_clear_text;
  if (!clear_text) set.remove(Mechanism::plain);
  return set;
}

trace::MechanismSet FrontEnd::shown(bool tls) const {
  trace::MechanismSet set = accepted(tls);
  if (configuration_->fault == Fault::advertise_ntlm) set.add(Mechanism::ntlm);
  if (configuration_->fault == Fault::offer_cram_md5_without_verifier) set.add(Mechanism::cram_md5);
  if (configuration_->fault == Fault::copy_backend_lists) set = set | learned_;
  return set;
}

trace::CapabilitySet FrontEnd::shown_capabilities(const Session& session) const {
  trace::CapabilitySet set;
  const bool before_login = !session.authenticated;
  if (configuration_->certificate && !session.tls && before_login) {
    set.add(trace::Capability::starttls);
  }
  if (session.protocol == Protocol::imap) {
    set.add(trace::Capability::literal_plus);
    if (configuration_->profile.initial_response) set.add(trace::Capability::sasl_ir);
    if (!clear_text_allowed(session) && before_login) set.add(trace::Capability::login_disabled);
  } else if (clear_text_allowed(session)) {
    set.add(trace::Capability::user);
  }
  return set;
}

trace::Event FrontEnd::policy(bool tls) const {
  trace::Event event{.kind = trace::Kind::policy, .point = trace::Point::given};
  event.mechanisms = shown(tls) - (learned_ - accepted(tls));
  // Both protocols' capabilities: the event speaks of the front-end, not of a session.
  for (const Protocol protocol : {Protocol::imap, Protocol::pop3}) {
    Session session;
    session.protocol = protocol;
    session.tls = tls;
    event.capabilities = event.capabilities | shown_capabilities(session);
  }
  return event;
}

void FrontEnd::client_opened(trace::SessionId id, Protocol protocol, bool tls, Host& host) {
  if (id >= sessions_.size()) sessions_.resize(id + std::size_t{1});
  Session& s = session(id);
  s = Session{};
  s.protocol = protocol;
  s.tls = tls;
  s.phase = Phase::ready;
  std::string greeting = protocol == Protocol::imap ? "* OK " : "+OK ";
  if (protocol == Protocol::imap && configuration_->profile.initial_response) {
    greeting += "[CAPABILITY " + imap_capabilities(s) + "] ";
  }
  greeting += configuration_->profile.product;
  greeting += " ready\r\n";
  host.to_client(id, greeting);
}

void FrontEnd::client_octets(trace::SessionId id, std::string_view octets, Host& host) {
  Session& s = session(id);
  if (s.phase == Phase::closed || s.phase == Phase::tls) return;
  s.input.append(octets);
  advance(id, host);
  Session& after = session(id);
  if (after.phase == Phase::closed) return;
  if (after.read == after.input.size()) {
    after.input.clear();
    after.read = 0;
  } else if (after.read > compact_octets) {
    after.input.erase(0, after.read);
    after.read = 0;
  }
  if (after.input.size() - after.read > input_octets_max) abandon(id, "too much input", host);
}

void FrontEnd::client_closed(trace::SessionId id, Host& host) {
  if (session(id).phase != Phase::closed) end_session(id, host);
}

void FrontEnd::tls_established(trace::SessionId id, Host& host) {
  Session& s = session(id);
  if (s.phase != Phase::tls) return;
  s.tls = true;
  s.phase = Phase::ready;
  advance(id, host);
}

// Reads commands and SASL messages while the session waits for nothing else.
void FrontEnd::advance(trace::SessionId id, Host& host) {
  while (true) {
    const Session& s = session(id);
    bool more = false;
    switch (s.phase) {
      case Phase::ready:
        more = s.protocol == Protocol::imap ? read_imap(id, host) : read_pop3(id, host);
        break;
      case Phase::exchange:
      case Phase::stepwise:
        more = read_exchange_line(id, host);
        break;
      case Phase::closed:
      case Phase::busy:
      case Phase::tls:
        break;
    }
    if (!more) return;
  }
}

bool FrontEnd::read_exchange_line(trace::SessionId id, Host& host) {
  Session& s = session(id);
  const std::string_view unread = std::string_view(s.input).substr(s.read);
  const auto state = s.lines.scan(unread, wire::pop3::Limits{}.exchange_octets);
  if (state == wire::pop3::LineFramer::State::incomplete) return false;
  const std::size_t size = s.lines.size();
  if (size == 0) return false;  // a malformed line whose end is still to come
  if (state == wire::pop3::LineFramer::State::error) {
    s.read += size;
    s.lines.reset();
    close_unfinished(id, host);
    complete(id, Status::bad, "malformed line", host);
    return true;
  }
  const std::string line(unread.substr(0, size - 2));
  s.read += size;
  s.lines.reset();
  exchange_line(id, line, host);
  return true;
}

void FrontEnd::exchange_line(trace::SessionId id, std::string_view line, Host& host) {
  Session& s = session(id);
  const auto message = wire::sasl::parse_line(line);
  if (!message) {  // strict base64 before any forwarding
    close_unfinished(id, host);
    return complete(id, Status::bad, "invalid base64", host);
  }
  if (message->cancel) return cancel_exchange(id, host);
  if (s.phase == Phase::stepwise) return relay_message(id, line, host);
  if (s.mechanism == Mechanism::cram_md5) {  // only the fault gets here: there is no verifier
    return complete(id, Status::no, "authentication failed", host);
  }
  plain_message(id, message->octets, host);
}

// AUTHENTICATE's and AUTH's arguments (RFC 3501 §6.2.2, RFC 4959, RFC 5034 §4).
void FrontEnd::start_exchange(trace::SessionId id, std::string_view arguments, Host& host) {
  Session& s = session(id);
  auto start = wire::sasl::parse_start(arguments);
  if (!start) return complete(id, Status::bad, "mechanism expected", host);
  const bool may_have_initial =
      s.protocol == Protocol::pop3 || configuration_->profile.initial_response;
  if (start->initial && !may_have_initial) {
    return complete(id, Status::bad, "no initial response expected", host);
  }
  s.mechanism = trace::mechanism(start->mechanism);
  if (configuration_->fault == Fault::offer_cram_md5_without_verifier &&
      s.mechanism == Mechanism::cram_md5) {
    s.phase = Phase::exchange;
    return challenge(id, "<1.0@frontend.example>", host);
  }
  const bool unoffered =
      configuration_->fault == Fault::start_unoffered_mechanism && s.mechanism == Mechanism::ntlm;
  if (!accepted(s.tls).has(s.mechanism) && !unoffered) {
    return complete(id, Status::no, "unsupported mechanism", host);
  }
  if (s.mechanism == Mechanism::plain) {
    if (start->initial) return plain_message(id, *start->initial, host);
    s.phase = Phase::exchange;
    return challenge(id, "", host);
  }
  if (start->initial) return complete(id, Status::bad, "no initial response expected", host);
  std::string command = s.protocol == Protocol::imap ? "AUTHENTICATE " : "AUTH ";
  command += trace::name(s.mechanism);
  relay_message(id, command, host);
}

void FrontEnd::plain_message(trace::SessionId id, std::string_view octets, Host& host) {
  auto message = wire::sasl::parse_plain(octets);
  if (!message) return complete(id, Status::bad, "malformed PLAIN message", host);
  if (!message->authzid.empty() && message->authzid != message->authcid) {
    return complete(id, Status::no, "no such authorization", host);
  }
  Session& s = session(id);
  s.user = std::move(message->authcid);
  s.password = std::move(message->password);
  begin_login(id, host);
}

void FrontEnd::cancel_exchange(trace::SessionId id, Host& host) {
  close_unfinished(id, host);
  const std::string tag = session(id).tag;
  complete(id, Status::bad, "authentication cancelled", host);
  if (configuration_->fault == Fault::complete_cancel_twice) {
    session(id).tag = tag;
    complete(id, Status::bad, "authentication cancelled", host);
  }
}

void FrontEnd::challenge(trace::SessionId id, std::string_view octets, Host& host) {
  const Session& s = session(id);
  const bool bare = s.protocol == Protocol::imap && configuration_->profile.bare_plus;
  host.to_client(id, wire::sasl::challenge(octets, bare) + "\r\n");
}

// Nothing that the client sent before the handshake may have effect behind it (CVE-2011-0411), so
// what is unread is forgotten.
void FrontEnd::start_tls(trace::SessionId id, Host& host) {
  Session& s = session(id);
  complete(id, Status::ok, "begin TLS negotiation now", host);
  s.input.clear();
  s.read = 0;
  s.framer.reset();
  s.lines.reset();
  s.user.clear();
  s.phase = Phase::tls;
  host.start_tls(id);
}

void FrontEnd::complete(trace::SessionId id, Status status, std::string_view text, Host& host) {
  Session& s = session(id);
  std::string reply;
  if (s.protocol == Protocol::imap) {
    reply = s.tag.empty() ? "*" : s.tag;
    reply += status == Status::ok ? " OK " : status == Status::no ? " NO " : " BAD ";
  } else {
    reply = status == Status::ok ? "+OK " : "-ERR ";
  }
  reply += text;
  reply += "\r\n";
  s.phase = Phase::ready;
  s.verb = Verb::none;
  s.mechanism = Mechanism::none;
  s.exchange_link = trace::no_link;
  s.tag.clear();
  s.password.clear();
  host.to_client(id, reply);
}

// The session is over; its connection goes back to the pool if it is as good as new for its user.
void FrontEnd::end_session(trace::SessionId id, Host& host) {
  close_unfinished(id, host);
  const trace::LinkId held = session(id).link;
  if (held != trace::no_link) {
    const Link& l = link(held);
    const bool reusable = l.protocol == Protocol::imap && l.state == LinkState::idle &&
                          l.key.has_value() && !l.selected;
    release(held, host);
    if (!reusable) close_link(held, host);
  }
  session(id) = Session{};
}

// Something went wrong that no completion can mend: say so and hang up.
void FrontEnd::abandon(trace::SessionId id, std::string_view why, Host& host) {
  std::string farewell = session(id).protocol == Protocol::imap ? "* BYE " : "-ERR ";
  farewell += why;
  farewell += "\r\n";
  host.to_client(id, farewell);
  end_session(id, host);
  host.close_client(id);
}

}  // namespace sallyport::frontend
