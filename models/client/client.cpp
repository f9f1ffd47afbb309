// What a client says when it is told to.
#include "client/client.hpp"

#include <algorithm>
#include <array>

namespace sallyport::client {
namespace {

using trace::Protocol;

constexpr std::array<VerbFacts, verb_count> verb_facts{{
    {.name = "capability"},
    {.name = "mechanisms"},
    {.name = "login", .account = true},
    {.name = "authenticate", .mechanism = true, .account = true, .bound = true},
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
    {.name = "starttls-certificate", .account = true},
    {.name = "respond-long"},
    {.name = "respond-endless"},
    {.name = "replay"},
    {.name = "say", .account = true, .phrase = true},
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
    {.verb = Verb::starttls_certificate, .imap = "STARTTLS", .pop3 = "STLS"},
};

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
bool Client::stands_as(const Client& other) const {
  return challenged_ == other.challenged_ &&
         std::ranges::equal(in_flight_, other.in_flight_, [](const Pending& a, const Pending& b) {
           return a.verb == b.verb && a.step == b.step;
         });
}
bool Client::challenged() const { return challenged_; }
bool Client::greeted() const { return greeted_; }
bool Client::authenticated() const { return authenticated_; }
bool Client::wants_tls() const { return wants_tls_; }
std::optional<std::uint8_t> Client::certificate() const { return certificate_; }
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
    case Verb::respond_long:
    case Verb::respond_endless:
    case Verb::cancel:
      return challenged_;
    case Verb::replay:
      return challenged_ && !proof_.empty() && exchange()->number != proved_.number;
    default:
      break;
  }
  if (!greeted_ || challenged_ || wants_tls_ || in_flight_.size() >= in_flight_max) return false;
  switch (action.verb) {
    case Verb::login:
      return has_credential(action.account);
    case Verb::authenticate:
      return can_authenticate(action);
    case Verb::outlook_express:
      return action.account < credentials_->size() && !waiting();
    case Verb::starttls_certificate:
      return action.account < credentials_->size();
    case Verb::say:
      return can_say(action);
    default:
      return true;
  }
}

bool Client::can_authenticate(const Action& action) const {
  if (action.account >= credentials_->size() || !spoken.has(action.mechanism)) return false;
  const bool bearer = action.mechanism == trace::Mechanism::oauthbearer ||
                      action.mechanism == trace::Mechanism::xoauth2;
  return !bearer || !(*credentials_)[action.account].token.empty();
}

/// Of login and authenticate: see act().
bool Client::is_valid(const Action& action) const {
  if (!action.right || !action.bound || authenticated_ || raw_sent_ || !in_flight_.empty()) {
    return false;
  }
  if (action.verb == Verb::login) return true;
  switch (action.mechanism) {
    case trace::Mechanism::scram_sha_256_plus:
      return !binding_.empty();
    case trace::Mechanism::external:
      return certificate_ && user(*certificate_) == user(action.account);
    default:
      return true;
  }
}

Client::Acted Client::act(const Action& action, std::string& out) {
  if (action.verb == Verb::outlook_express || !can(action)) return {};
  Acted acted{.done = true};
  const bool responds = action.verb == Verb::respond || action.verb == Verb::respond_long;
  const bool disturbs = !responds || !action.right;
  if (attempt_valid_ && disturbs) {
    attempt_valid_ = false;
    acted.attempt = true;
    acted.mechanism = in_flight_.front().mechanism;
  }
  switch (action.verb) {
    case Verb::login:
    case Verb::authenticate:
      acted.attempt = true;
      acted.valid = is_valid(action);
      acted.mechanism = action.verb == Verb::login ? trace::Mechanism::none : action.mechanism;
      log_in(action, out);
      attempt_valid_ = acted.valid;
      break;
    case Verb::respond:
    case Verb::respond_long:
    case Verb::respond_endless:
    case Verb::replay:
    case Verb::cancel:
      respond(action, out);
      break;
    case Verb::say:
      say(action, out);
      break;
    case Verb::send:
      out.append(action.octets);
      raw_sent_ = true;
      note_raw(Verb::send, action.octets);
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
                                         .said = trace::Verb::none,
                                         .account = action.account,
                                         .step = 0,
                                         .right = action.right,
                                         .bound = action.bound,
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

void Client::tls_established(std::string_view binding) {
  wants_tls_ = false;
  binding_ = binding;
  in_flight_.clear();  // a server must not answer what was sent ahead of TLS
  listing_ = false;    // nor go on with it
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
    out.enumerator(pending.said);
    out.u8(pending.account);
    out.u8(pending.step);
    out.flag(pending.right);
    out.flag(pending.bound);
    out.flag(pending.listing);
  }
  out.lines(unread_);
  out.text(raw_line_);
  out.name(binding_);
  out.u8(certificate_ ? static_cast<std::uint8_t>(*certificate_ + 1) : 0);
  if (listing_) {  // otherwise the next list begins anew
    out.u32(offered_.bits);
    out.u32(capabilities_.bits);
  }
  canonical_exchange(out);
}

}  // namespace sallyport::client
