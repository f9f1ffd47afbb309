// SASL exchanges as IMAP and POP3 frame them: start, the client's messages, cancelling. What the
// front-end gathers whole and passes on is here, what it verifies itself in proof.cpp.
#include "frontend/frontend.hpp"
#include "wire/oauth.hpp"

namespace sallyport::frontend {

using trace::Mechanism;
using trace::Protocol;
using trace::Status;

namespace {

/// Without what stands outside of base64's alphabet: what a lenient decoder makes of a line.
std::string alphabet_only(std::string_view line) {
  std::string kept;
  for (const char c : line) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (letter || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=') kept += c;
  }
  return kept;
}

/// Up to the third NUL, as a C string's end.
std::string_view up_to_third_nul(std::string_view octets) {
  std::size_t at = 0;
  for (int nuls = 0; at < octets.size(); ++at) {
    if (octets[at] == '\0' && ++nuls == 3) break;
  }
  return octets.substr(0, at);
}

}  // namespace

bool FrontEnd::read_exchange_line(trace::SessionId id, Host& host) {
  Session& s = session(id);
  const std::string_view unread = std::string_view(s.input).substr(s.read);
  const std::size_t limit = faulty(Fault::read_exchange_into_command_buffer)
                                ? wire::pop3::Limits{}.command_octets
                                : wire::pop3::Limits{}.exchange_octets;
  const auto state = s.lines.scan(unread, limit);
  if (state == wire::pop3::LineFramer::State::incomplete) return false;
  const std::size_t size = s.lines.size();
  if (size == 0) {  // a malformed line whose end is still to come; it needn't be kept
    s.lines.discard();
    return discard_input(id, host);
  }
  const std::string line(unread.substr(0, size));
  s.read += size;
  s.lines.reset();
  if (state == wire::pop3::LineFramer::State::error) {
    break_exchange(id, "malformed line", host);
  } else {
    exchange_line(id, std::string_view(line).substr(0, line.size() - 2), host);
  }
  return true;
}

void FrontEnd::exchange_line(trace::SessionId id, std::string_view line, Host& host) {
  Session& s = session(id);
  auto message = wire::sasl::parse_line(line);
  if (!message && faulty(Fault::decode_base64_leniently)) {
    message = wire::sasl::parse_line(alphabet_only(line));
  }
  if (!message) {  // strict base64 before any forwarding
    if (faulty(Fault::end_all_exchanges_on_bad_base64)) {
      for (trace::SessionId other = 0; other < sessions_.size(); ++other) {
        if (session(other).phase != Phase::exchange || other == id) continue;
        complete(other, Status::no, "authentication failed", host);
      }
    }
    return break_exchange(id, "invalid base64", host);
  }
  if (message->cancel) {
    if (faulty(Fault::answer_cancel_with_challenge)) return challenge(id, "", host);
    return cancel_exchange(id, host);
  }
  if (s.phase == Phase::stepwise) return relay_message(id, line, host);
  exchange_message(id, message->octets, host);
}

// AUTHENTICATE's and AUTH's arguments (RFC 3501 §6.2.2, RFC 4959, RFC 5034 §4).
void FrontEnd::start_exchange(trace::SessionId id, std::string_view arguments, Host& host) {
  Session& s = session(id);
  auto start = wire::sasl::parse_start(arguments);
  if (!start && faulty(Fault::decode_base64_leniently)) {
    const std::size_t space = arguments.find(' ');
    if (space != std::string_view::npos) {
      const std::string plain =
          std::string(arguments.substr(0, space + 1)) + alphabet_only(arguments.substr(space + 1));
      start = wire::sasl::parse_start(plain);
      if (start) start->mechanism = arguments.substr(0, space);
    }
  }
  if (!start) return refuse_line(id, "mechanism expected", host);
  const bool may_have_initial =
      s.protocol == Protocol::pop3 || configuration_->profile.initial_response;
  if (start->initial && !may_have_initial) {
    return refuse_line(id, "no initial response expected", host);
  }
  if (start->initial && start->initial->empty() && faulty(Fault::take_equals_for_nothing)) {
    start->initial.reset();
  }
  if (start->initial && !start->initial->empty() && faulty(Fault::ask_again_for_initial_response)) {
    start->initial.reset();
  }
  s.mechanism = trace::mechanism(start->mechanism);
  const bool unoffered = faulty(Fault::start_unoffered_mechanism) && s.mechanism == Mechanism::ntlm;
  if (!accepted(s).has(s.mechanism) && !unoffered) {
    s.mechanism = Mechanism::none;
    return complete(id, Status::no, "unsupported mechanism", host);
  }
  const bool relayed = unoffered || configuration_->profile.stepwise.has(s.mechanism) ||
                       s.mechanism == Mechanism::ntlm ||
                       (faulty(Fault::relay_cram_md5) && s.mechanism == Mechanism::cram_md5);
  if (relayed) {
    if (start->initial) return break_exchange(id, "no initial response expected", host);
    std::string command = s.protocol == Protocol::imap ? "AUTHENTICATE " : "AUTH ";
    command += trace::name(s.mechanism);
    return relay_message(id, command, host);
  }
  s.phase = Phase::exchange;
  if (terminated().has(s.mechanism)) {
    return begin_proof(id, start->initial ? &*start->initial : nullptr, host);
  }
  if (start->initial) return exchange_message(id, *start->initial, host);
  challenge(id, "", host);
}

/// A decoded message of the exchange in progress.
void FrontEnd::exchange_message(trace::SessionId id, std::string_view octets, Host& host) {
  const Mechanism mechanism = session(id).mechanism;
  if (terminated().has(mechanism)) return proof_message(id, octets, host);
  if (mechanism == Mechanism::oauthbearer || mechanism == Mechanism::xoauth2) {
    return bearer_message(id, octets, host);
  }
  plain_message(id, octets, host);
}

// RFC 4616. Whether one may act for the other is for the account to say.
void FrontEnd::plain_message(trace::SessionId id, std::string_view octets, Host& host) {
  if (faulty(Fault::cut_plain_at_third_nul)) octets = up_to_third_nul(octets);
  auto message = wire::sasl::parse_plain(octets);
  if (!message) return break_exchange(id, "malformed PLAIN message", host);
  Session& s = session(id);
  s.claim = {.mechanism = Mechanism::plain,
             .authcid = std::move(message->authcid),
             .authzid = std::move(message->authzid),
             .secret = std::move(message->password)};
  if (s.claim.authzid == s.claim.authcid) s.claim.authzid.clear();
  look_up(id, s.claim.authcid, host);
}

// RFC 7628 and XOAUTH2: the token goes to the back-end, which has the keys to judge it by.
void FrontEnd::bearer_message(trace::SessionId id, std::string_view octets, Host& host) {
  Session& s = session(id);
  const bool bearer = s.mechanism == Mechanism::oauthbearer;
  auto message =
      bearer ? wire::oauth::parse_oauthbearer(octets) : wire::oauth::parse_xoauth2(octets);
  if (!message || message->user.empty()) return break_exchange(id, "malformed token message", host);
  s.claim = {.mechanism = s.mechanism,
             .authcid = std::move(message->user),
             .authzid = {},
             .secret = std::move(message->token)};
  look_up(id, s.claim.authcid, host);
}

void FrontEnd::cancel_exchange(trace::SessionId id, Host& host) {
  const std::string tag = session(id).tag;
  break_exchange(id, "authentication cancelled", host);
  if (faulty(Fault::complete_cancel_twice) && session(id).phase == Phase::ready) {
    session(id).tag = tag;
    complete(id, Status::bad, "authentication cancelled", host);
  }
}

// The client ended the exchange, or said something that no exchange knows: nothing of it remains.
void FrontEnd::break_exchange(trace::SessionId id, std::string_view why, Host& host) {
  close_unfinished(id, host);
  if (const trace::LinkId held = session(id).link; held != trace::no_link) {
    // Logged in for a SCRAM exchange that the client ends at its last message.
    give_back(held, host);
  }
  refuse_line(id, why, host);
}

void FrontEnd::challenge(trace::SessionId id, std::string_view octets, Host& host) {
  const Session& s = session(id);
  const bool bare = s.protocol == Protocol::imap && configuration_->profile.bare_plus;
  host.to_client(id, wire::sasl::challenge(octets, bare) + "\r\n");
}

}  // namespace sallyport::frontend
