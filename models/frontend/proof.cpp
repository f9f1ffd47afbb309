// Proofs that the front-end verifies itself, since they are bound to a nonce or to the client's own
// channel and a relay would break them (trace/persistence.hpp, classes N and X):
//
//   CRAM-MD5   challenge → user SP HMAC-MD5                                      (RFC 2195)
//   SCRAM      client-first → server-first → client-final → server-final → ""   (RFC 5802, 7677)
//   EXTERNAL   authorization identity, by the client's certificate               (RFC 4422 app. A)
//
// Whoever proves who he is is then logged in to a back-end on the front-end's own credential. A
// user whom nobody knows costs the same work and fails at the same message as a wrong password.
#include "crypto/digests.hpp"
#include "crypto/ntlmv2.hpp"
#include "crypto/scram.hpp"
#include "frontend/frontend.hpp"
#include "frontend/replies.hpp"
#include "wire/scram.hpp"

namespace sallyport::frontend {

using trace::Mechanism;
using trace::Status;

namespace {

constexpr std::string_view host_name = "frontend.example";
constexpr std::string_view binding_type = "tls-exporter";  // RFC 9266
constexpr std::uint32_t iterations_of_nobody = 4096;

/// A user who isn't there has a salt too, always the same.
std::string salt_of_nobody(std::string_view user) {
  const crypto::Digest256 digest = crypto::sha256(std::string("salt of ") + std::string(user));
  return std::string(crypto::view(digest).substr(0, 16));
}

}  // namespace

/// Fresh for each exchange: SplitMix64's finaliser over a count, from a seed that the host chose.
std::string FrontEnd::nonce() {
  const std::uint32_t count = faulty(Fault::challenge_everybody_alike) ? 1 : ++exchanges_;
  std::uint64_t x = configuration_->nonce_seed + count + 0x9e3779b97f4a7c15;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  x ^= x >> 31;
  std::string text;
  for (int i = 0; i < 16; ++i, x >>= 4) text += "0123456789abcdef"[x & 15U];
  return text;
}

void FrontEnd::begin_proof(trace::SessionId id, const std::string* initial, Host& host) {
  Session& s = session(id);
  s.proof = {};
  if (s.mechanism != Mechanism::cram_md5) {
    return initial == nullptr ? challenge(id, "", host) : proof_message(id, *initial, host);
  }
  // The server speaks first (RFC 4422 §3.3).
  if (initial != nullptr && !faulty(Fault::challenge_behind_initial_response)) {
    return break_exchange(id, "no initial response expected", host);
  }
  s.proof.challenge = "<" + nonce() + "@" + std::string(host_name) + ">";
  if (faulty(Fault::reuse_challenge_in_a_session)) {
    if (s.last_challenge.empty()) s.last_challenge = s.proof.challenge;
    s.proof.challenge = s.last_challenge;
  }
  challenge(id, s.proof.challenge, host);
}

/// The client's next message. What it takes to judge it is looked up first.
void FrontEnd::proof_message(trace::SessionId id, std::string_view octets, Host& host) {
  Session& s = session(id);
  const std::uint8_t step = s.proof.step++;
  s.proof.message = octets;
  if (s.mechanism == Mechanism::cram_md5) {
    const std::size_t space = octets.rfind(' ');  // the user may have spaces, the digest has none
    if (space == std::string_view::npos) return break_exchange(id, "malformed response", host);
    s.claim = {.mechanism = s.mechanism, .authcid = std::string(octets.substr(0, space))};
    return look_up(id, s.claim.authcid, host);
  }
  if (s.mechanism == Mechanism::external) {
    s.claim = {.mechanism = s.mechanism, .authcid = s.certificate_user, .authzid = s.proof.message};
    if (faulty(Fault::take_external_from_anybody) && s.certificate_user.empty()) {
      s.claim = {.mechanism = s.mechanism, .authcid = s.proof.message};
    }
    return look_up(id, s.claim.authcid, host);
  }
  if (s.proof.granted) {
    if (octets.empty()) return accept_login(id, host);
    return break_exchange(id, "nothing more was expected", host);
  }
  if (step > 0) return scram_final(id, octets, host);
  const auto first = wire::scram::parse_client_first(octets);
  if (!first) {
    if (faulty(Fault::take_messages_in_any_order) && octets.starts_with("c=")) {
      return challenge(id, "", host);
    }
    return break_exchange(id, "malformed message", host);
  }
  s.claim = {.mechanism = s.mechanism, .authcid = first->user, .authzid = first->authzid};
  if (s.claim.authzid == s.claim.authcid) s.claim.authzid.clear();
  look_up(id, s.claim.authcid, host);
}

void FrontEnd::judge_proof(trace::SessionId id, const Account* account, Host& host) {
  Session& s = session(id);
  s.phase = Phase::exchange;
  if (account != nullptr) s.proof.account = *account;
  switch (s.mechanism) {
    case Mechanism::cram_md5:
      return cram_proof(id, account, host);
    case Mechanism::external:
      return external_proof(id, account, host);
    default:
      return scram_first(id, account, host);
  }
}

void FrontEnd::cram_proof(trace::SessionId id, const Account* account, Host& host) {
  Session& s = session(id);
  if (faulty(Fault::offer_cram_md5_without_verifier)) account = nullptr;
  const std::string_view password =
      account != nullptr ? std::string_view(account->password) : "nobody's password";
  const std::string digest = crypto::cram_md5(password, s.proof.challenge);
  const std::string_view given =
      std::string_view(s.proof.message).substr(s.proof.message.rfind(' ') + 1);
  const bool before =
      faulty(Fault::accept_proof_twice) && s.proof.message == shared().accepted_proof;
  const bool equal = (crypto::equal_constant_time(digest, given) && account != nullptr) || before;
  if (!equal) return fail_login(id, Status::no, login_failed(s.protocol), host);
  if (faulty(Fault::accept_proof_twice)) shared().accepted_proof = s.proof.message;
  grant(id, host);
}

/// The certificate has said who it is; the message at most for whom he acts.
void FrontEnd::external_proof(trace::SessionId id, const Account* account, Host& host) {
  Session& s = session(id);
  if (s.claim.authzid == s.claim.authcid) s.claim.authzid.clear();
  if (account == nullptr) return fail_login(id, Status::no, login_failed(s.protocol), host);
  grant(id, host);
}

/// server-first-message. Whether the client may bind its channel here is seen in its header: "p" it
/// does, "y" it could but thinks that we can't, which is a lie where -PLUS is offered.
void FrontEnd::scram_first(trace::SessionId id, const Account* account, Host& host) {
  Session& s = session(id);
  const auto first = wire::scram::parse_client_first(s.proof.message);
  const bool plus = s.mechanism == Mechanism::scram_sha_256_plus;
  const bool binds = first && first->binding == wire::scram::Binding::used;
  const bool downgraded = first && first->binding == wire::scram::Binding::supported &&
                          accepted(s).has(Mechanism::scram_sha_256_plus);
  const bool known_type = !binds || first->binding_name == binding_type;
  if (!first || plus != binds || downgraded || !known_type) {
    return break_exchange(id, "no such channel binding", host);
  }
  s.proof.nonce = first->nonce + nonce();
  s.proof.gs2_header = first->gs2_header;
  const std::string reply = wire::scram::build(wire::scram::ServerFirst{
      .nonce = s.proof.nonce,
      .salt = account != nullptr ? account->salt : salt_of_nobody(first->user),
      .iterations = account != nullptr ? account->iterations : iterations_of_nobody});
  s.proof.transcript = first->bare + "," + reply;
  challenge(id, reply, host);
}

void FrontEnd::scram_final(trace::SessionId id, std::string_view octets, Host& host) {
  Session& s = session(id);
  const auto final = wire::scram::parse_client_final(octets);
  if (!final) return break_exchange(id, "malformed message", host);
  const bool plus = s.mechanism == Mechanism::scram_sha_256_plus;
  const std::string bound = s.proof.gs2_header + (plus ? s.binding : "");
  const bool same_channel =
      final->binding == bound || (plus && faulty(Fault::ignore_channel_binding));
  const std::string transcript = s.proof.transcript + "," + final->without_proof;
  const crypto::ScramKeys keys = s.proof.account ? s.proof.account->scram : crypto::ScramKeys{};
  const bool proven =
      crypto::verify_client_proof(keys, transcript, final->proof) && s.proof.account.has_value();
  const bool right = same_channel && final->nonce == s.proof.nonce && proven;
  const crypto::Digest256 signature = crypto::server_signature(keys, transcript);
  s.proof.server_final = wire::scram::build_server_final(crypto::view(signature));
  if (right && faulty(Fault::send_stale_final_data)) {
    if (shared().final_data.empty()) shared().final_data = s.proof.server_final;
    s.proof.server_final = shared().final_data;
  }
  if (right) return grant(id, host);
  if (faulty(Fault::send_final_data_on_failure)) challenge(id, s.proof.server_final, host);
  s.proof.server_final.clear();
  fail_login(id, Status::no, login_failed(s.protocol), host);
}

/// The proof is right. May he?
void FrontEnd::grant(trace::SessionId id, Host& host) {
  Session& s = session(id);
  const Account* const account = s.proof.account ? &*s.proof.account : nullptr;
  s.claim.delegated = true;
  if (!may_log_in(s, account)) return fail_login(id, Status::no, login_failed(s.protocol), host);
  begin_login(id, account != nullptr ? account->route : std::uint8_t{0}, host);
}

}  // namespace sallyport::frontend
