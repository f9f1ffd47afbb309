// What a client does when it is asked for the next message of an exchange.
#include <algorithm>

#include "client/client.hpp"
#include "client/messages.hpp"
#include "crypto/digests.hpp"
#include "wire/base64.hpp"
#include "wire/ntlm.hpp"
#include "wire/scram.hpp"

namespace sallyport::client {
namespace {

using trace::Mechanism;

constexpr std::uint8_t cancelled = 0xff;       // a step that no exchange comes to
constexpr std::size_t endless_octets = 13000;  // of base64: beyond the limit of every response
static_assert(endless_octets > wire::pop3::Limits{}.exchange_octets && endless_octets % 4 == 0);

bool is_scram(Mechanism mechanism) {
  return mechanism == Mechanism::scram_sha_256 || mechanism == Mechanism::scram_sha_256_plus;
}

}  // namespace

/// The exchange in progress: the oldest one, since the server answers in order.
const Client::Pending* Client::exchange() const {
  const auto found = std::ranges::find(in_flight_, Verb::authenticate, &Pending::verb);
  return found == in_flight_.end() ? nullptr : &*found;
}

/// The next message. A wrong EXTERNAL names a user who isn't there: its certificate stands.
std::optional<std::string> Client::message(const Pending& pending, bool padded) {
  const Credential& credential = (*credentials_)[pending.account];
  const bool nobody = pending.mechanism == Mechanism::external && !pending.right;
  const std::string secret = password(pending);
  const std::string token = credential.token + (pending.right ? "" : "-not");
  const std::string authzid = nobody ? credential.user + "-not" : credential.authzid;
  return sasl_message({.mechanism = pending.mechanism,
                       .step = pending.step,
                       .user = credential.user,
                       .password = secret,
                       .authzid = authzid,
                       .token = token,
                       .port = protocol_ == trace::Protocol::imap ? "143" : "110",
                       .binding = pending.bound ? std::string_view(binding_) : "another channel",
                       .number = pending.number,
                       .padded = padded},
                      challenge_, scram_);
}

/// `respond` and its kin, and `cancel`.
void Client::respond(const Action& action, std::string& out) {
  const auto found = std::ranges::find(in_flight_, Verb::authenticate, &Pending::verb);
  if (found == in_flight_.end()) return;
  found->right = found->right && action.right;
  std::string line = "*";
  std::uint8_t step = cancelled;
  if (action.verb == Verb::replay) {
    line = wire::base64_encode(proof_);
  } else if (action.verb == Verb::respond_endless) {
    line = wire::base64_encode(std::string(endless_octets / 4 * 3, 'A'));
  } else if (action.verb != Verb::cancel && !unreadable_) {
    if (const auto said = message(*found, action.verb == Verb::respond_long)) {
      line = wire::base64_encode(*said);
      if (proves(found->mechanism, found->step)) {
        proof_ = *said;
        proved_ = *found;
      }
      step = static_cast<std::uint8_t>(found->step + 1);
    }
  }
  found->step = step;
  out.append(line).append("\r\n");
  forget_challenge();
}

void Client::forget_challenge() {
  challenged_ = false;
  unreadable_ = false;
  challenge_.clear();
}

/// The name of a challenge is the nonce that its server knows it by; the rest is plain text. Proofs
/// hold nonces, so they are names as a whole; whose they are is not.
void Client::canonical_exchange(trace::Canonical& out) const {
  out.name(proof_);
  if (!proof_.empty()) {
    out.enumerator(proved_.mechanism);
    out.u8(proved_.account);
    out.flag(proved_.right);
    out.flag(proved_.bound);
  }
  const Pending* const pending = exchange();
  if (pending == nullptr) return;
  out.flag(!proof_.empty() && proved_.number == pending->number);
  if (is_scram(pending->mechanism) && pending->step == 2) {
    out.name(wire::scram::build_server_final(scram_.signature));  // that it waits for
  }
  if (challenge_.empty()) return;
  if (pending->mechanism == Mechanism::ntlm) {
    const auto message = wire::ntlm::parse_challenge(challenge_);
    if (!message) return out.text(challenge_);
    out.name(crypto::view(message->server_challenge));
    out.u32(message->flags);
    return out.text(message->target_info);
  }
  if (is_scram(pending->mechanism) && pending->step == 1) {
    const auto message = wire::scram::parse_server_first(challenge_);
    if (!message) return out.text(challenge_);
    out.name(message->nonce);
    out.flag(message->nonce.starts_with(scram_.nonce));
    out.text(message->salt);
    return out.u32(message->iterations);
  }
  out.name(challenge_);
}

}  // namespace sallyport::client
