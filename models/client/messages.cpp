// The messages of the mechanisms in client::spoken, in their order:
//
//   PLAIN     NUL user NUL password                      (RFC 4616)
//   LOGIN     user; password
//   CRAM-MD5  user SP HMAC-MD5(password, challenge)      (RFC 2195)
//   NTLM      message 1; message 3 with an NTLMv2 response to message 2's challenge
//             (MS-NLMP §3.1.5.1)
//   SCRAM     client-first; client-final; nothing, once the server has shown that it knows the
//             password as well (RFC 5802)
//   EXTERNAL  authorization identity, or nothing         (RFC 4422 appendix A)
//   OAUTHBEARER, XOAUTH2  user and token; ^A, XOAUTH2 nothing, when it is told what was wrong
//             (RFC 7628 §3). A token is good for its own user: nobody acts for others by it.
#include "client/messages.hpp"

#include "crypto/ntlmv2.hpp"
#include "crypto/scram.hpp"
#include "wire/ntlm.hpp"
#include "wire/oauth.hpp"
#include "wire/sasl.hpp"
#include "wire/scram.hpp"

namespace sallyport::client {
namespace {

using trace::Mechanism;
namespace ntlm = wire::ntlm;

constexpr crypto::Nonce client_challenge{0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa};
constexpr std::uint32_t ntlm_flags = ntlm::unicode | ntlm::oem | ntlm::request_target | ntlm::ntlm |
                                     ntlm::always_sign | ntlm::extended_session_security;

// AV_PAIR's identifiers (MS-NLMP §2.2.2.1).
constexpr std::uint16_t av_domain_name = 2;
constexpr std::uint16_t av_time = 7;

/// What message 3 takes from message 2's list.
struct Target {
  std::string domain;      // UTF-16LE
  std::uint64_t time = 0;  // FILETIME
  bool has_time = false;
};
std::optional<Target> read_target(const ntlm::Challenge& challenge) {
  Target target;
  if (challenge.target_info.empty()) return target;
  const auto pairs = ntlm::parse_target_info(challenge.target_info);
  if (!pairs) return std::nullopt;
  for (const ntlm::AvPair& pair : *pairs) {
    if (pair.id == av_domain_name) target.domain = pair.value;
    if (pair.id != av_time || pair.value.size() != 8) continue;
    target.has_time = true;
    target.time = 0;
    for (std::size_t i = 8; i-- > 0;) {
      target.time = target.time << 8 | static_cast<unsigned char>(pair.value[i]);
    }
  }
  return target;
}

/// Message 3. The user may name a domain, `DOMAIN\user`; else it is the server's. With the server's
/// time an LMv2 response must not be sent (MS-NLMP §3.1.5.1.2). No key exchange, no MIC.
std::optional<std::string> ntlm_authenticate(std::string_view user, std::string_view password,
                                             std::string_view octets) {
  const auto challenge = ntlm::parse_challenge(octets);
  if (!challenge) return std::nullopt;
  const auto target = read_target(*challenge);
  if (!target) return std::nullopt;
  std::string domain16 = target->domain;
  if (const std::size_t backslash = user.find('\\'); backslash != std::string_view::npos) {
    domain16 = ntlm::to_utf16le(user.substr(0, backslash));
    user = user.substr(backslash + 1);
  }
  const std::string user16 = ntlm::to_utf16le(user);
  const bool unicode = (challenge->flags & ntlm::unicode) != 0;
  const auto domain_oem = ntlm::from_utf16le(domain16);
  if (!domain_oem) return std::nullopt;

  const crypto::Digest128 key = crypto::ntowf_v2(user16, domain16, ntlm::to_utf16le(password));
  ntlm::Authenticate message;
  message.flags = challenge->flags & (ntlm_flags | ntlm::target_info);
  message.lm_response =
      target->has_time ? std::string(24, '\0')
                       : crypto::lmv2_response(key, challenge->server_challenge, client_challenge);
  message.nt_response = crypto::ntlmv2_response(key, challenge->server_challenge, client_challenge,
                                                target->time, challenge->target_info);
  message.domain = unicode ? domain16 : *domain_oem;
  message.user = unicode ? user16 : std::string(user);
  message.workstation = unicode ? ntlm::to_utf16le("CLIENT") : "CLIENT";
  return ntlm::build(message);
}

// How much a message is padded. In base64 it makes close to 9000 octets: more than any command
// line, less than the limit of a response.
constexpr std::size_t padding_octets = 6500;
constexpr std::string_view binding_type = "tls-exporter";  // RFC 9266

std::string scram_first(const Speaker& speaker, Scram& scram) {
  const bool plus = speaker.mechanism == Mechanism::scram_sha_256_plus;
  wire::scram::ClientFirst first{
      .binding = plus ? wire::scram::Binding::used : wire::scram::Binding::unsupported,
      .binding_name = plus ? std::string(binding_type) : "",
      .authzid = std::string(speaker.authzid),
      .user = std::string(speaker.user),
      .nonce = "nonce-" + std::to_string(speaker.number) + "-of-client",
      .gs2_header = {},
      .bare = {}};
  scram = {.gs2_header = wire::scram::gs2_header_of(first),
           .bare = wire::scram::bare_of(first),
           .nonce = first.nonce,
           .signature = {}};
  return build(first);
}

std::optional<std::string> scram_final(const Speaker& speaker, std::string_view challenge,
                                       Scram& scram) {
  const auto server = wire::scram::parse_server_first(challenge);
  // A nonce that the server has added nothing to is an old one (RFC 5802 §5.1).
  const bool fresh =
      server && server->nonce.starts_with(scram.nonce) && server->nonce.size() > scram.nonce.size();
  if (!fresh) return std::nullopt;
  constexpr std::uint32_t iterations_max = 100000;  // a server may not keep a client busy for ever
  if (server->iterations > iterations_max) return std::nullopt;
  const bool plus = speaker.mechanism == Mechanism::scram_sha_256_plus;
  wire::scram::ClientFinal final;
  final.binding = scram.gs2_header;
  if (plus) final.binding += speaker.binding;
  final.nonce = server->nonce;
  const std::string transcript =
      scram.bare + "," + std::string(challenge) + "," + wire::scram::without_proof_of(final);
  const crypto::Digest256 salted =
      crypto::salted_password(speaker.password, server->salt, server->iterations);
  final.proof = crypto::view(crypto::client_proof(salted, transcript));
  scram.signature = crypto::view(crypto::server_signature(crypto::scram_keys(salted), transcript));
  return build(final);
}

std::optional<std::string> scram_message(const Speaker& speaker, std::string_view challenge,
                                         Scram& scram) {
  if (speaker.step == 0) return scram_first(speaker, scram);
  if (speaker.step == 1) return scram_final(speaker, challenge, scram);
  const auto server = wire::scram::parse_server_final(challenge);
  const bool believed = speaker.step == 2 && server && server->error.empty() &&
                        crypto::equal_constant_time(server->signature, scram.signature);
  if (!believed) return std::nullopt;
  return std::string();
}

}  // namespace

std::optional<std::string> sasl_message(const Speaker& speaker, std::string_view challenge,
                                        Scram& scram) {
  const std::string user(speaker.user);
  switch (speaker.mechanism) {
    case Mechanism::ntlm:
      if (speaker.step == 0) return build(ntlm::Negotiate{.flags = ntlm_flags});
      if (speaker.step > 1) return std::nullopt;
      return ntlm_authenticate(speaker.user, speaker.password, challenge);
    case Mechanism::login:
      if (speaker.step > 1) return std::nullopt;
      return std::string(speaker.step == 0 ? speaker.user : speaker.password);
    case Mechanism::scram_sha_256:
    case Mechanism::scram_sha_256_plus:
      return scram_message(speaker, challenge, scram);
    default:
      break;
  }
  if (speaker.step == 1 && speaker.mechanism == Mechanism::oauthbearer) return "\x01";
  if (speaker.step == 1 && speaker.mechanism == Mechanism::xoauth2) return std::string();
  if (speaker.step > 0) return std::nullopt;
  const wire::oauth::Message token{.user = user,
                                   .host = "frontend.example",
                                   .port = std::string(speaker.port),
                                   .token = std::string(speaker.token)};
  switch (speaker.mechanism) {
    case Mechanism::plain:
      return wire::sasl::build_plain({.authzid = std::string(speaker.authzid),
                                      .authcid = user,
                                      .password = std::string(speaker.password)});
    case Mechanism::cram_md5:
      if (challenge.empty()) return std::nullopt;
      return user + " " + crypto::cram_md5(speaker.password, challenge);
    case Mechanism::external:
      return std::string(speaker.authzid);
    case Mechanism::oauthbearer:
      return wire::oauth::build_oauthbearer(token, speaker.padded ? padding_octets : 0);
    case Mechanism::xoauth2:
      return wire::oauth::build_xoauth2(token);
    default:
      return std::nullopt;
  }
}

bool needs_challenge(Mechanism mechanism, unsigned step) {
  const bool scram =
      mechanism == Mechanism::scram_sha_256 || mechanism == Mechanism::scram_sha_256_plus;
  return (mechanism == Mechanism::cram_md5 && step == 0) ||
         (mechanism == Mechanism::ntlm && step == 1) || (scram && step > 0);
}

bool proves(Mechanism mechanism, unsigned step) {
  const bool scram =
      mechanism == Mechanism::scram_sha_256 || mechanism == Mechanism::scram_sha_256_plus;
  if (scram || mechanism == Mechanism::ntlm) return step == 1;
  return mechanism == Mechanism::cram_md5 && step == 0;
}

}  // namespace sallyport::client
