#include "observe/messages.hpp"

#include "wire/base64.hpp"
#include "wire/ntlm.hpp"
#include "wire/sasl.hpp"

namespace sallyport::observe {

using trace::Blob;
using trace::Mechanism;

namespace {

namespace ntlm = wire::ntlm;

constexpr trace::MechanismSet scram{Mechanism::scram_sha_1, Mechanism::scram_sha_1_plus,
                                    Mechanism::scram_sha_256, Mechanism::scram_sha_256_plus};
constexpr trace::MechanismSet keyed_digests{Mechanism::cram_md5, Mechanism::digest_md5};

// What stands behind `key` in `message`, up to `end`; empty where `key` doesn't stand there.
std::string_view value_of(std::string_view message, std::string_view key, char end) {
  const std::size_t at = message.find(key);
  if (at == std::string_view::npos) return {};
  message.remove_prefix(at + key.size());
  return message.substr(0, message.find(end));
}

// Both identities, where the second may be left out.
void identify(Identity& identity, std::string_view authcid, std::string_view authzid) {
  const bool acts_for_another = !authzid.empty() && authzid != authcid;
  identity.user = acts_for_another ? authzid : authcid;
  identity.authcid = acts_for_another ? authcid : std::string_view{};
}

// saslname has its comma as =2C and its equals sign as =3D (RFC 5802 §5.1).
std::string decoded_name(std::string_view name) {
  std::string out;
  for (; !name.empty(); name.remove_prefix(1)) {
    const bool comma = name.starts_with("=2C");
    const bool escaped = comma || name.starts_with("=3D");
    out += comma ? ',' : name.front();
    if (escaped) name.remove_prefix(2);
  }
  return out;
}

// The place behind the second comma: gs2-header = cbind-flag "," ["a=" saslname] ",".
std::size_t end_of_gs2_header(std::string_view message) {
  const std::size_t first = message.find(',');
  if (first == std::string_view::npos) return first;
  const std::size_t second = message.find(',', first + 1);
  return second == std::string_view::npos ? second : second + 1;
}

// client-first = gs2-header "n=" saslname ",r=" nonce (RFC 5802 §7)
void read_scram_first(std::string_view message, Identity& identity, ClientMessage& read) {
  const std::size_t bare = end_of_gs2_header(message);
  if (bare == std::string_view::npos || !message.substr(bare).starts_with("n=")) return;
  const std::string_view nonce = value_of(message.substr(bare), ",r=", ',');
  if (nonce.empty()) return;
  read.blob = Blob::scram_client_first;
  read.nonce = nonce;
  identify(identity, decoded_name(value_of(message.substr(bare), "n=", ',')),
           decoded_name(value_of(message.substr(0, bare), ",a=", ',')));
}

// client-final = "c=" base64 ",r=" nonce ",p=" base64; c= has the gs2-header, and behind it, where
// that says p=, what the channel is known by.
void read_scram_final(std::string_view message, ClientMessage& read) {
  if (!message.contains(",r=") || !message.contains(",p=")) return;
  read.blob = Blob::scram_client_final;
  read.is_proof = true;
  const auto bound = wire::base64_decode(value_of(message, "c=", ','));
  if (!bound || !bound->starts_with("p=")) return;
  const std::size_t data = end_of_gs2_header(*bound);
  if (data != std::string::npos) read.binding = trace::digest_of(bound->substr(data));
}

ClientMessage read_scram(std::string_view message, Identity& identity) {
  ClientMessage read{.blob = Blob::malformed, .has_nonce = true};
  if (message.starts_with("c=")) {
    read_scram_final(message, read);
  } else if (message.starts_with("n,") || message.starts_with("y,") || message.starts_with("p=")) {
    read_scram_first(message, identity, read);
  }
  return read;
}

Blob ntlm_kind_of(std::string_view message) {
  const auto type = ntlm::message_type(message);
  if (!type) return Blob::other;
  switch (*type) {
    case ntlm::MessageType::negotiate:
      return Blob::ntlm_negotiate;
    case ntlm::MessageType::challenge:
      return Blob::ntlm_challenge;
    case ntlm::MessageType::authenticate:
      return Blob::ntlm_authenticate;
  }
  return Blob::other;
}

// NTLM's messages have a signature: they are known whatever the mechanism is called.
ClientMessage read_ntlm(std::string_view message, Mechanism mechanism, Identity& identity) {
  ClientMessage read{.blob = ntlm_kind_of(message)};
  read.is_proof = read.has_nonce = read.blob == Blob::ntlm_authenticate;
  if (mechanism != Mechanism::ntlm) return read;
  const auto proof = ntlm::parse_authenticate(message);
  if (!proof) return read;
  const bool unicode = (proof->flags & ntlm::unicode) != 0;
  const auto user = ntlm::from_utf16le(proof->user);
  identity.user = unicode && user ? *user : proof->user;
  return read;
}

// RFC 4616 §2
ClientMessage read_plain(std::string_view message, Identity& identity) {
  const auto plain = wire::sasl::parse_plain(message);
  if (!plain) return {.blob = Blob::malformed};
  identify(identity, plain->authcid, plain->authzid);
  identity.secret = trace::digest_of(plain->password);
  return {};
}

// OAUTHBEARER (RFC 7628 §3.1) and XOAUTH2: the token is the secret.
void read_bearer(std::string_view message, bool gs2, Identity& identity) {
  identity.user = gs2 ? decoded_name(value_of(message, ",a=", ','))
                      : std::string(value_of(message, "user=", '\x01'));
  const std::string_view token = value_of(message, "auth=Bearer ", '\x01');
  if (!token.empty()) identity.secret = trace::digest_of(token);
}

}  // namespace

ClientMessage read_client_message(std::string_view octets, Mechanism mechanism, std::uint8_t step,
                                  Identity& identity) {
  if (scram.has(mechanism)) return read_scram(octets, identity);
  switch (mechanism) {
    case Mechanism::plain:
      return read_plain(octets, identity);
    case Mechanism::login:
      if (step == 0) {
        identity.user = octets;
      } else {
        identity.secret = trace::digest_of(octets);
      }
      return {};
    case Mechanism::cram_md5:  // user SP digest; the user may have spaces (RFC 2195 §2)
      if (const std::size_t space = octets.rfind(' '); space != std::string_view::npos) {
        identity.user = octets.substr(0, space);
      }
      return {.has_nonce = true, .is_proof = true};
    case Mechanism::digest_md5:
      return {.has_nonce = true, .is_proof = true};
    case Mechanism::external:
      identity.user = octets;
      return {};
    case Mechanism::oauthbearer:
    case Mechanism::xoauth2:
      if (step == 0) read_bearer(octets, mechanism == Mechanism::oauthbearer, identity);
      return {};
    default:
      return read_ntlm(octets, mechanism, identity);
  }
}

ServerMessage read_server_message(std::string_view octets, Mechanism mechanism,
                                  std::string_view client_nonce) {
  if (scram.has(mechanism)) {
    ServerMessage read{.blob = Blob::malformed, .has_nonce = true};
    if (octets.starts_with("v=") || octets.starts_with("e=")) {
      read.blob = Blob::scram_server_final;
    } else if (octets.starts_with("r=") && octets.contains(",s=") && octets.contains(",i=")) {
      read.blob = Blob::scram_server_first;
      read.challenge = value_of(octets, "r=", ',');
      if (read.challenge.starts_with(client_nonce)) {
        read.challenge.remove_prefix(client_nonce.size());
      }
    }
    return read;
  }
  if (keyed_digests.has(mechanism)) {
    const bool challenges = !octets.starts_with("rspauth=");
    return {.has_nonce = true, .challenge = challenges ? octets : std::string_view{}};
  }
  ServerMessage read{.blob = ntlm_kind_of(octets)};
  read.has_nonce = read.blob == Blob::ntlm_challenge;
  // The server's challenge stands at 24 (MS-NLMP §2.2.1.2).
  if (read.has_nonce && octets.size() >= 32) read.challenge = octets.substr(24, 8);
  return read;
}

}  // namespace sallyport::observe
