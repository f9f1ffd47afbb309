// What a client says when it is told to.
#include "client/client.hpp"

#include <algorithm>
#include <array>

#include "client/messages.hpp"
#include "crypto/digests.hpp"
#include "wire/base64.hpp"
#include "wire/ntlm.hpp"

namespace sallyport::client {
namespace {

using trace::Protocol;

constexpr std::array<VerbFacts, verb_count> verb_facts{{
    {.name = "capability"},
    {.name = "mechanisms"},
    {.name = "login", .account = true},
    {.name = "authenticate", .mechanism = true, .account = true},
    {.name = "respond"},
    {.name = "cancel"},
    {.name = "select"},
    {.name = "fetch"},
    {.name = "noop"},
    {.name = "logout"},
    {.name = "starttls"},
    {.name = "send", .octets = true},
    {.name = "close"},
    {.name = "outlook-express", .account = true},
}};

/// The commands that are nothing but a line.
struct Wording {
  Verb verb{};
  std::string_view imap;
  std::string_view pop3;
  bool listing = false;  // POP3: +OK is followed by lines
};
constexpr Wording wordings[] = {
    {.verb = Verb::capability, .imap = "CAPABILITY", .pop3 = "CAPA", .listing = true},
    {.verb = Verb::mechanisms, .imap = "CAPABILITY", .pop3 = "AUTH", .listing = true},
    {.verb = Verb::select, .imap = "SELECT INBOX", .pop3 = "STAT"},
    {.verb = Verb::fetch, .imap = "FETCH 1 BODY[]", .pop3 = "RETR 1", .listing = true},
    {.verb = Verb::noop, .imap = "NOOP", .pop3 = "NOOP"},
    {.verb = Verb::logout, .imap = "LOGOUT", .pop3 = "QUIT"},
    {.verb = Verb::starttls, .imap = "STARTTLS", .pop3 = "STLS"},
};

constexpr std::uint8_t cancelled = 0xff;          // a step that no exchange comes to
constexpr std::size_t raw_line_kept_octets = 12;  // enough to tell LIST from LIST 1
constexpr wire::imap::Limits response_limits{
    .line_octets = 65536, .literal_octets = 1U << 20, .frame_octets = 1U << 21};

std::string tag(std::uint32_t number) { return "a" + std::to_string(number); }

/// POP3 has no way to write these in a user name or a password.
bool fits_a_line(std::string_view value) {
  return std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// Splits what is an astring at the point where a literal's octets must wait for the server.
void append_in_parts(std::vector<std::string>& parts, std::string_view value) {
  std::string encoded;
  wire::imap::append_astring(encoded, value);
  const std::size_t wait = encoded.starts_with('{') ? encoded.find("\r\n") + 2 : 0;
  parts.back().append(encoded, 0, wait);
  if (wait > 0) parts.emplace_back();
  parts.back().append(encoded, wait);
}

}  // namespace

const VerbFacts& facts(Verb verb) { return verb_facts[static_cast<std::size_t>(verb)]; }

Client::Client(Protocol protocol, const std::vector<Credential>& credentials)
    : credentials_(&credentials), framer_(response_limits, false), protocol_(protocol) {}

bool Client::waiting() const {
  if (ended_) return false;
  return !greeted_ || in_flight_.size() > (challenged_ ? 1U : 0U);
}
bool Client::challenged() const { return challenged_; }
bool Client::greeted() const { return greeted_; }
bool Client::authenticated() const { return authenticated_; }
bool Client::wants_tls() const { return wants_tls_; }
bool Client::ended() const { return ended_; }
trace::MechanismSet Client::offered() const { return offered_; }
trace::CapabilitySet Client::capabilities() const { return capabilities_; }
trace::Status Client::last_status() const { return last_status_; }
std::string_view Client::last_text() const { return last_text_; }
std::string_view Client::user(std::uint8_t account) const {
  return account < credentials_->size() ? std::string_view((*credentials_)[account].user)
                                        : std::string_view{};
}

bool Client::has_credential(std::uint8_t account) const {
  if (account >= credentials_->size()) return false;
  const Credential& credential = (*credentials_)[account];
  return protocol_ == Protocol::imap ||
         (fits_a_line(credential.user) && fits_a_line(credential.password));
}

bool Client::can(const Action& action) const {
  if (ended_) return false;
  switch (action.verb) {
    case Verb::close:
      return true;
    case Verb::send:
      return !action.octets.empty();
    case Verb::respond:
    case Verb::cancel:
      return challenged_;
    default:
      break;
  }
  if (!greeted_ || challenged_ || wants_tls_ || in_flight_.size() >= in_flight_max) return false;
  switch (action.verb) {
    case Verb::login:
      return has_credential(action.account);
    case Verb::authenticate:
      return action.account < credentials_->size() && spoken.has(action.mechanism);
    case Verb::outlook_express:
      return action.account < credentials_->size() && !waiting();
    default:
      return true;
  }
}

Client::Acted Client::act(const Action& action, std::string& out) {
  if (action.verb == Verb::outlook_express || !can(action)) return {};
  Acted acted{.done = true};
  const bool disturbs = action.verb != Verb::respond || !action.right;
  if (attempt_valid_ && disturbs) {
    attempt_valid_ = false;
    acted.attempt = true;
    acted.mechanism = in_flight_.front().mechanism;
  }
  switch (action.verb) {
    case Verb::login:
    case Verb::authenticate:
      acted.attempt = true;
      acted.valid = action.right && !authenticated_ && in_flight_.empty() && !raw_sent_;
      acted.mechanism = action.verb == Verb::login ? trace::Mechanism::none : action.mechanism;
      log_in(action, out);
      attempt_valid_ = acted.valid;
      break;
    case Verb::respond:
    case Verb::cancel:
      respond(action, out);
      break;
    case Verb::send:
      out.append(action.octets);
      note_raw(action.octets);
      break;
    case Verb::close:
      acted.closes = true;
      ended_ = true;
      break;
    default: {
      const auto* const wording = std::ranges::find(wordings, action.verb, &Wording::verb);
      if (wording->verb == Verb::capability || wording->verb == Verb::mechanisms) offered_ = {};
      command(action, protocol_ == Protocol::imap ? wording->imap : wording->pop3, wording->listing,
              out);
    }
  }
  return acted;
}

Client::Pending& Client::begin(const Action& action, bool listing) {
  return in_flight_.emplace_back(Pending{.number = ++commands_,
                                         .verb = action.verb,
                                         .mechanism = action.mechanism,
                                         .account = action.account,
                                         .step = 0,
                                         .right = action.right,
                                         .listing = listing});
}

void Client::command(const Action& action, std::string_view text, bool listing, std::string& out) {
  const Pending& pending = begin(action, listing);
  if (protocol_ == Protocol::imap) out.append(tag(pending.number)).append(" ");
  out.append(text).append("\r\n");
}

void Client::log_in(const Action& action, std::string& out) {
  if (action.verb == Verb::authenticate) {
    const std::string_view verb = protocol_ == Protocol::imap ? "AUTHENTICATE " : "AUTH ";
    return command(action, std::string(verb).append(trace::name(action.mechanism)), false, out);
  }
  Pending& pending = begin(action, false);
  pending.mechanism = trace::Mechanism::none;
  out.append(login_parts(pending).front());
  pending.step = 1;
}

/// The right password, or one that is nobody's.
std::string Client::password(const Pending& pending) const {
  const std::string& right = (*credentials_)[pending.account].password;
  return pending.right ? right : right + "-not";
}

/// What login sends, cut where the server must say go ahead: POP3's +OK, IMAP's "+".
std::vector<std::string> Client::login_parts(const Pending& pending) const {
  const std::string& user = (*credentials_)[pending.account].user;
  if (protocol_ == Protocol::pop3) {
    return {"USER " + user + "\r\n", "PASS " + password(pending) + "\r\n"};
  }
  std::vector<std::string> parts{tag(pending.number) + " LOGIN "};
  append_in_parts(parts, user);
  parts.back().append(" ");
  append_in_parts(parts, password(pending));
  parts.back().append("\r\n");
  return parts;
}

/// The exchange in progress: the oldest one, since the server answers in order.
const Client::Pending* Client::exchange() const {
  const auto found = std::ranges::find(in_flight_, Verb::authenticate, &Pending::verb);
  return found == in_flight_.end() ? nullptr : &*found;
}

/// `respond` and `cancel`.
void Client::respond(const Action& action, std::string& out) {
  const auto found = std::ranges::find(in_flight_, Verb::authenticate, &Pending::verb);
  if (found == in_flight_.end()) return;
  found->right = found->right && action.right;
  std::optional<std::string> message;
  if (action.verb == Verb::respond && !unreadable_) {
    message = sasl_message(found->mechanism, found->step, user(found->account), password(*found),
                           challenge_);
  }
  found->step = message ? static_cast<std::uint8_t>(found->step + 1) : cancelled;
  out.append(message ? wire::base64_encode(*message) : "*").append("\r\n");
  forget_challenge();
}

void Client::forget_challenge() {
  challenged_ = false;
  unreadable_ = false;
  challenge_.clear();
}

/// Raw octets: a line that is sent while challenged is the response. POP3 owes a reply to every
/// other line, and these must be told from the replies to the client's own commands.
void Client::note_raw(std::string_view octets) {
  raw_sent_ = true;
  for (const char c : octets) {
    if (c == '\n') {
      note_raw_line();
      raw_line_.clear();
    } else if (protocol_ == Protocol::pop3 && raw_line_.size() < raw_line_kept_octets) {
      raw_line_.push_back(c);
    }
  }
}

void Client::note_raw_line() {
  if (challenged_) return forget_challenge();
  if (protocol_ == Protocol::imap || in_flight_.size() >= in_flight_max) return;
  const std::string_view line = std::string_view(raw_line_).substr(0, raw_line_.find('\r'));
  const std::size_t space = line.find(' ');
  const bool alone = space == std::string_view::npos || space + 1 == line.size();
  bool listing = false;
  switch (trace::verb(line.substr(0, space))) {
    case trace::Verb::capa:
    case trace::Verb::retr:
    case trace::Verb::top:
      listing = true;
      break;
    case trace::Verb::list:
    case trace::Verb::uidl:
    case trace::Verb::auth:
      listing = alone;
      break;
    default:
      break;
  }
  begin({.verb = Verb::send}, listing);
}

void Client::tls_established() {
  wants_tls_ = false;
  in_flight_.clear();  // a server must not answer what was sent ahead of TLS
  forget_challenge();
  attempt_valid_ = false;
  offered_ = {};  // RFC 3501 §6.2.1, RFC 2595 §4: what was said before doesn't count
  capabilities_ = {};
  unread_.clear();
  framer_.reset();
  line_framer_.reset();
}

// The framers' state follows from the unread octets, so it isn't written.
void Client::canonical(trace::Canonical& out) const {
  for (const bool flag : {greeted_, authenticated_, challenged_, unreadable_, listing_, wants_tls_,
                          ended_, lost_, raw_sent_, attempt_valid_}) {
    out.flag(flag);
  }
  out.u8(static_cast<std::uint8_t>(in_flight_.size()));
  for (const Pending& pending : in_flight_) {
    if (protocol_ == Protocol::imap) out.name(tag(pending.number));
    out.enumerator(pending.verb);
    out.enumerator(pending.mechanism);
    out.u8(pending.account);
    out.u8(pending.step);
    out.flag(pending.right);
    out.flag(pending.listing);
  }
  out.text(unread_);
  out.text(raw_line_);
  if (waiting()) {
    out.u32(offered_.bits);
    out.u32(capabilities_.bits);
  }
  if (challenge_.empty()) return;
  // The name of a challenge is the nonce that its server knows it by; the rest is plain text.
  const Pending* const pending = exchange();
  const bool ntlm = pending != nullptr && pending->mechanism == trace::Mechanism::ntlm;
  const auto message = ntlm ? wire::ntlm::parse_challenge(challenge_)
                            : wire::Result<wire::ntlm::Challenge>(std::unexpected(wire::Error{}));
  if (!message) return ntlm ? out.text(challenge_) : out.name(challenge_);
  out.name(crypto::view(message->server_challenge));
  out.u32(message->flags);
  out.text(message->target_info);
}

}  // namespace sallyport::client
